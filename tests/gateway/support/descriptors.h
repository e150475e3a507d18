#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gateway/catalog/catalog.h"
#include "gateway/transcode/binding.h"
#include "google/protobuf/descriptor.pb.h"

namespace wenming::gateway {

// The descriptor set of testdata/*.proto. `only_service` keeps, of the file broken.proto, just that service; without it
// broken.proto has none.
google::protobuf::FileDescriptorSet TestDescriptors(std::string_view only_service = {});

// The catalog of testdata/library.proto.
std::unique_ptr<const Catalog> LibraryCatalog();

// A route of that catalog by the full name of its method, "Library.GetBook"; the n-th of its bindings.
Binding LibraryBinding(const Catalog& catalog, std::string_view method, size_t n = 0);

}  // namespace wenming::gateway
