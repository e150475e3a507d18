// Checks a request against the rules that its proto declares: field_behavior REQUIRED and wenming.type.rules. No
// text may hold control characters but tab and line ends.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/errors/errors.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "wenming/type/field_rules.pb.h"

namespace wenming::rpc {

// Immutable; thread-safe. Output-only fields are not looked at: a handler never reads them.
class Validator {
 public:
  explicit Validator(const google::protobuf::Descriptor& message);

  // INVALID_ARGUMENT naming every field that is wrong, and the rule.
  absl::Status Check(const google::protobuf::Message& message) const;

 private:
  struct Field {
    const google::protobuf::FieldDescriptor* descriptor;
    type::FieldRules rules;
    bool required;
    std::shared_ptr<const Validator> nested;
  };
  using Violations = std::vector<errors::FieldViolation>;

  Validator(const google::protobuf::Descriptor& message, int depth);
  void Build(const google::protobuf::Descriptor& message, int depth);
  void Check(const google::protobuf::Message& message, const std::string& prefix, Violations& violations) const;

  std::vector<Field> fields_;
};

// Whether a string has a format; `expected` of a violation comes from FormatText.
bool HasFormat(type::Format format, std::string_view text);

// The fields an update may touch: those of `mask` (refused where not in `updatable`), or, with an empty mask, those of
// `updatable` that are set in `resource`. Paths in the proto's spelling; "*" means all of `updatable`.
absl::StatusOr<std::vector<std::string>> FieldsToUpdate(const google::protobuf::FieldMask& mask,
                                                        const google::protobuf::Message& resource,
                                                        const std::vector<std::string>& updatable);

}  // namespace wenming::rpc
