#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/catalog/catalog.h"
#include "gateway/routes/path_template.h"

namespace wenming::gateway {

// A field of a message inside a message: the descriptors from the request down.
struct FieldPath {
  std::string name;  // "unit.name", in proto names
  std::vector<const google::protobuf::FieldDescriptor*> fields;
};

// One HTTP route of a method: a google.api.http rule with its field paths looked up. Immutable.
struct Binding {
  enum class Body { kNone, kWhole, kField };

  const Method* method = nullptr;
  std::string http_method;  // "GET"; "*" of a custom rule fits every method
  PathTemplate path;
  std::vector<FieldPath> variables = {};  // in the order of path.variables
  Body body = Body::kNone;
  const google::protobuf::FieldDescriptor* body_field = nullptr;      // of kField
  const google::protobuf::FieldDescriptor* response_field = nullptr;  // null: the whole response
  const google::protobuf::FieldDescriptor* update_mask = nullptr;     // filled from a PATCH's body
  const google::protobuf::FieldDescriptor* request_id = nullptr;      // filled from Idempotency-Key
  FieldPath etag = {};  // filled from If-Match: of the request, else of the message in a PUT's or PATCH's body
  const google::protobuf::FieldDescriptor* answer_etag = nullptr;  // of what is answered
  // Whether the answer may hold a token or a password: compressed beside what the caller sent, its length would tell of
  // it (BREACH).
  bool answers_secret = false;
};

// The routes of a method: its google.api.http rule and the additional bindings; none when it has no rule.
// INVALID_ARGUMENT, naming the method and the rule, when a template cannot be parsed, a field path does not exist or
// cannot stand in a path, the body of the rule is no field, or the method takes a stream.
absl::StatusOr<std::vector<Binding>> CompileBindings(const Method& method);

// Looks a field path up, each name in proto or JSON form; a repeated or map field can only be last. Empty `fields` when
// there is no such field.
FieldPath ResolveFieldPath(const google::protobuf::Descriptor& type, std::string_view path);

}  // namespace wenming::gateway
