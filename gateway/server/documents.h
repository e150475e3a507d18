#pragma once

#include <vector>

#include "gateway/catalog/catalog.h"
#include "gateway/server/local_pages.h"
#include "gateway/transcode/binding.h"

namespace wenming::gateway {

// Adds /openapi.json and the page /docs that shows it. `sets` are those of the catalog, with the comments that it
// leaves out; they are not needed afterwards.
void AddDocuments(const Catalog& catalog, const std::vector<Binding>& bindings,
                  const std::vector<google::protobuf::FileDescriptorSet>& sets, LocalPages& pages);

}  // namespace wenming::gateway
