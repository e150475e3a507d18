#pragma once

#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"

namespace wenming::gateway::docs {

// Whether the field declares the google.api.field_behavior.
bool Behaves(const google::protobuf::FieldDescriptor& field, google::api::FieldBehavior behavior);

// Whether the field holds one message, of an ordinary type.
bool IsPlainMessage(const google::protobuf::FieldDescriptor& field);

// Whether the type is google.api.HttpBody; null is not.
bool IsHttpBody(const google::protobuf::Descriptor* type);

}  // namespace wenming::gateway::docs
