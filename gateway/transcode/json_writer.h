#pragma once

#include <string>
#include <string_view>

#include "gateway/catalog/catalog.h"
#include "google/protobuf/message.h"

namespace wenming::gateway {

// Appends a message as proto3 JSON on one line: lowerCamelCase names, 64-bit integers as strings, fields without
// presence shown with their defaults, enums by name, messages and optional fields only where they are set.
//
// False when a value has no JSON form: a Timestamp or Duration out of range, a Value with no kind, an Any whose type is
// unknown or whose bytes are broken. `out` is then of no use.
bool WriteJson(const google::protobuf::Message& message, const TypeSource& types, std::string& out);

// The same for one field of a message: an array or object for a repeated field or map, and "{}" or the default for one
// that is not set.
bool WriteJsonField(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                    const TypeSource& types, std::string& out);

// Appends text as a JSON string with its quotes.
void WriteJsonString(std::string_view text, std::string& out);

}  // namespace wenming::gateway
