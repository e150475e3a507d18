#include "gateway/server/documents.h"

#include <string>

#include "gateway/docs/assets.h"
#include "gateway/docs/comments.h"
#include "gateway/docs/openapi.h"

namespace wenming::gateway {

void AddDocuments(const Catalog& catalog, const std::vector<Binding>& bindings,
                  const std::vector<google::protobuf::FileDescriptorSet>& sets, LocalPages& pages) {
  pages.Add("/openapi.json", docs::OpenApi(catalog, bindings, docs::Comments(sets)), "application/json");
  for (const docs::Asset& asset : docs::Assets()) {
    pages.AddPacked(std::string(asset.path), asset.packed, std::string(asset.content_type), docs::kPagePolicy);
  }
}

}  // namespace wenming::gateway
