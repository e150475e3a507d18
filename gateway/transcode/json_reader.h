#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/errors/errors.h"
#include "gateway/catalog/catalog.h"
#include "google/protobuf/message.h"

namespace wenming::gateway {

// What a caller of ReadJson wants to know besides the message.
struct JsonReadOptions {
  // Put before every field path of a violation: "unit" gives "unit.display_name".
  std::string prefix = {};
  // When not null, the text is the value of this field of the message instead of the whole message.
  const google::protobuf::FieldDescriptor* field = nullptr;
  // Filled, when not null, with the path of every field that the text sets: the update mask of a PATCH. Fields that
  // only the server may set (google.api.field_behavior OUTPUT_ONLY) are left out.
  std::vector<std::string>* set_fields = nullptr;
};

// Reads proto3 JSON into a message, strictly: unknown fields, fields or keys given twice, two members of one oneof,
// wrong types, numbers out of range, trailing bytes, invalid UTF-8, deep nesting and more
// than 250,000 values are violations, each with the path
// of its field. Returns all that were found (none: the message is complete), at most twenty.
//
// The library's own json_util is lenient in several of these and names no field; `tests/gateway` compares the two on
// what is valid.
std::vector<errors::FieldViolation> ReadJson(std::string_view json, const TypeSource& types,
                                             const JsonReadOptions& options, google::protobuf::Message& message);

}  // namespace wenming::gateway
