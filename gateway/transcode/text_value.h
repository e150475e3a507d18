#pragma once

#include <string_view>

#include "gateway/transcode/problem.h"
#include "gateway/transcode/slot.h"

namespace wenming::gateway {

// Puts a value given as text (a path variable, a query parameter, a JSON string or a JSON map key) into a field by the
// rules of proto3 JSON, strictly: the whole text must be the value, without blanks, in range, and UTF-8.
//
// Besides scalars it takes the messages that have a text form: Timestamp, Duration, FieldMask (in camel or snake case)
// and the wrappers.
MaybeProblem PutText(Slot slot, std::string_view text);

// The field by its name in the proto or in JSON; null where there is none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& type, std::string_view name);

// Whether PutText knows a form for the field's type.
bool HasTextForm(const google::protobuf::FieldDescriptor& field);

// Fills a Timestamp, Duration or FieldMask from its JSON string.
MaybeProblem PutWellKnownText(google::protobuf::Message& message, std::string_view text);

// What a value of this field looks like, for the message about one that does not.
Problem ExpectedValue(const google::protobuf::FieldDescriptor& field);

}  // namespace wenming::gateway
