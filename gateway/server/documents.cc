#include "gateway/server/documents.h"

#include "gateway/docs/comments.h"
#include "gateway/docs/openapi.h"

namespace wenming::gateway {

void AddDocuments(const Catalog& catalog, const std::vector<Binding>& bindings,
                  const std::vector<google::protobuf::FileDescriptorSet>& sets, LocalPages& pages) {
  pages.Add("/openapi.json", docs::OpenApi(catalog, bindings, docs::Comments(sets)), "application/json");
}

}  // namespace wenming::gateway
