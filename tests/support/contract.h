// Every method of every service of the platform, from the descriptors.
#pragma once

#include <vector>

#include "google/protobuf/descriptor.h"

namespace wenming::test {

// In the order of their full names.
std::vector<const google::protobuf::MethodDescriptor*> AllMethods();

}  // namespace wenming::test
