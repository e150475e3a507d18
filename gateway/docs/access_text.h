#pragma once

#include <string>

#include "google/protobuf/descriptor.h"

namespace wenming::gateway::docs {

// Who may call a method, in words, by its (wenming.type.access); empty for a method without it.
std::string AccessText(const google::protobuf::MethodDescriptor& method);

// Whether a call may come without a token, by the same rule.
bool IsPublic(const google::protobuf::MethodDescriptor& method);

}  // namespace wenming::gateway::docs
