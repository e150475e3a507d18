#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/descriptor.pb.h"

namespace wenming::gateway::docs {

// What the authors of protos wrote above (or else behind) their services, methods, messages, fields, enums and values.
// Immutable and thread-safe.
class Comments {
 public:
  // Sets made without --include_source_info give none.
  explicit Comments(const std::vector<google::protobuf::FileDescriptorSet>& sets);

  // By full name as descriptors have it; empty when there is none. Lines are joined as they stand, without the comment
  // marks and their blank.
  std::string_view Of(std::string_view full_name) const;

 private:
  absl::flat_hash_map<std::string, std::string> by_name_;
};

// The text up to the end of its first sentence, without the full stop.
std::string FirstSentence(std::string_view text);

}  // namespace wenming::gateway::docs
