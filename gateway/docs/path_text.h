#pragma once

#include <string>
#include <vector>

#include "gateway/routes/path_template.h"

namespace wenming::gateway::docs {

// A path as OpenAPI writes it: "/v1/units/{unit}:move". Paths of the same shape are written the same, whatever fields
// of the requests they fill.
struct DocumentPath {
  struct Parameter {
    std::string name;        // "unit", by the text before it
    std::string field_path;  // "name": the field that it is a part of; empty when it fills none
    bool rest = false;       // may hold slashes
  };
  std::string text;
  std::vector<Parameter> parameters;  // one a "*" or "**", in their order
};

DocumentPath DescribePath(const PathTemplate& path);

// What a variable holds: "units/{unit}"; with `upper` "units/UNIT", for examples.
std::string VariableText(const PathTemplate& path, size_t variable, bool upper);

// The whole path in that form: "/v1/units/UNIT:move".
std::string ExamplePath(const PathTemplate& path);

}  // namespace wenming::gateway::docs
