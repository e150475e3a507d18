#pragma once

#include <string>

#include "gateway/docs/comments.h"
#include "gateway/docs/json_out.h"
#include "gateway/docs/schemas.h"
#include "gateway/transcode/binding.h"

namespace wenming::gateway::docs {

// A route, and the page that browsers get instead where there is one.
struct Route {
  const Binding* json = nullptr;
  const Binding* page = nullptr;
};

// Writes the OpenAPI operation of a route.
void WriteOperation(const Route& route, const std::string& operation_id, const Comments& comments, Schemas& schemas,
                    JsonOut& out);

}  // namespace wenming::gateway::docs
