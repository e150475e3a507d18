#pragma once

#include <string>
#include <vector>

#include "gateway/catalog/catalog.h"
#include "gateway/docs/comments.h"
#include "gateway/transcode/binding.h"

namespace wenming::gateway::docs {

// The OpenAPI 3.1 document of all routes, with the comments of their protos. Methods without a route are named in the
// description of their service; a route whose HTTP method OpenAPI does not know stands under "x-" and its name.
// Pure; the same input gives the same bytes.
std::string OpenApi(const Catalog& catalog, const std::vector<Binding>& bindings, const Comments& comments);

}  // namespace wenming::gateway::docs
