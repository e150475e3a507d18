// What a request says, as 32 bytes to compare.
#ifndef WENMING_COMMON_IDS_FINGERPRINT_H_
#define WENMING_COMMON_IDS_FINGERPRINT_H_

#include <string>

#include "google/protobuf/message.h"

namespace wenming::ids {

// SHA-256 (binary) of the message's type and content; equal for equal messages of one build, maps included.
std::string Fingerprint(const google::protobuf::Message& message);

}  // namespace wenming::ids

#endif  // WENMING_COMMON_IDS_FINGERPRINT_H_
