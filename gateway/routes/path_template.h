#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wenming::gateway {

// A parsed path of google.api.http, for example "/v1/{name=units/*}:move".
//
// Variables are flattened: the segments of "{name=units/*}" are "units" and "*", and the variable remembers that it
// covers them. A value type; safe to share between threads.
struct PathTemplate {
  // One place between two slashes.
  struct Segment {
    enum class Kind { kLiteral, kOne, kRest };  // text, "*", "**"
    Kind kind = Kind::kLiteral;
    std::string literal;  // of kLiteral only
  };

  // A part of the path that becomes a field of the request.
  struct Variable {
    std::string field_path;  // "unit.name"
    size_t begin = 0;        // first segment covered
    size_t end = 0;          // one past the last segment covered
    bool multi = false;      // may cover several segments, so that "%2F" stays as it is
  };

  std::string text;  // as written; the label of the route in metrics
  std::vector<Segment> segments;
  std::vector<Variable> variables;
  std::string verb;  // "move", or empty

  // INVALID_ARGUMENT with the template and the reason when `text` is not a template of google.api.http: a "**" that is
  // not last, nested variables, a variable named twice, an empty segment.
  static absl::StatusOr<PathTemplate> Parse(std::string_view text);
};

}  // namespace wenming::gateway
