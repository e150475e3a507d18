#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "gateway/docs/comments.h"
#include "gateway/docs/json_out.h"
#include "google/protobuf/descriptor.h"

namespace wenming::gateway::docs {

// Writes JSON Schemas (2020-12, as OpenAPI 3.1 has them) of messages and fields in proto3 JSON, and remembers the types
// that they refer to.
class Schemas {
 public:
  explicit Schemas(const Comments& comments) : comments_(comments) {}

  // The schema of a field as a member of its message: with comment, behaviour and rules.
  void Field(const google::protobuf::FieldDescriptor& field, JsonOut& out);
  // The schema of a field's value alone.
  void FieldValue(const google::protobuf::FieldDescriptor& field, JsonOut& out);
  // A reference to a message, or what a well-known type looks like.
  void Message(const google::protobuf::Descriptor& type, JsonOut& out);
  // A message whose fields of these names are left out.
  void MessageWithout(const google::protobuf::Descriptor& type, const std::vector<std::string>& left_out, JsonOut& out);
  // The members of "components.schemas": every type that was referred to, and all that these refer to, in the order of
  // their names.
  void Components(JsonOut& out);

 private:
  void Described(std::string_view full_name, JsonOut& out);
  void MessageMembers(const google::protobuf::Descriptor& type, JsonOut& out);
  void ValueMembers(const google::protobuf::FieldDescriptor& field, JsonOut& out);
  void OneMembers(const google::protobuf::FieldDescriptor& field, JsonOut& out);
  void Object(const google::protobuf::Descriptor& type, const std::vector<std::string>& left_out, JsonOut& out);
  void Enum(const google::protobuf::EnumDescriptor& type, JsonOut& out);
  void Refer(const std::string& name, std::function<void(JsonOut&)> write, JsonOut& out);

  const Comments& comments_;
  absl::flat_hash_set<std::string> known_;
  std::map<std::string, std::function<void(JsonOut&)>> pending_;
};

}  // namespace wenming::gateway::docs
