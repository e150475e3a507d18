#include "common/rpc/validate.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "common/ids/ids.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/message_differencer.h"

namespace wenming::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Requests nest a resource, and that a value or two; a recursive message ends here.
constexpr int kMaxDepth = 5;

bool AllOf(std::string_view text, std::string_view extra, bool upper) {
  return std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (upper && c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool Digits(std::string_view text, size_t count) {
  return text.size() == count &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= '0' && c <= '9'; });
}

// GB 11643: the last character makes the weighted sum of all 18 leave 1 modulo 11.
bool ResidentIdChecks(std::string_view id) {
  static constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  if (id.size() != 18 || !Digits(id.substr(0, 17), 17)) return false;
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += (id[i] - '0') * kWeights[i];
  return id[17] == "10X98765432"[sum % 11];
}

struct FormatTexts {
  const char* zh;
  const char* en;
};

FormatTexts TextsOf(type::Format format) {
  switch (format) {
    case type::FORMAT_CODE:
      return {"应为 1 至 32 位字母、数字、短横线或下划线", "1 to 32 letters, digits, '-' or '_'"};
    case type::FORMAT_REQUEST_ID:
      return {"应为 8 至 64 位字母、数字、短横线或下划线", "8 to 64 letters, digits, '-' or '_'"};
    case type::FORMAT_MOBILE:
      return {"应为 11 位手机号", "a mobile number of 11 digits"};
    case type::FORMAT_DIVISION_CODE:
      return {"应为 12 位区划代码", "a division code of 12 digits"};
    case type::FORMAT_RESIDENT_ID:
      return {"应为校验码正确的 18 位居民身份证号", "a resident ID number of 18 characters with a valid check digit"};
    case type::FORMAT_USERNAME:
      return {"应为 3 至 32 位小写字母、数字、点、短横线或下划线",
              "3 to 32 lower-case letters, digits, '.', '-' or '_'"};
    default:
      return {"任意文本", "any text"};
  }
}

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

// Nothing that a person types on purpose; it would confuse lists, logs and exports.
bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f; });
}

double NumberOf(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->GetInt32(message, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return static_cast<double>(reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection->GetUInt32(message, field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return static_cast<double>(reflection->GetUInt64(message, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return reflection->GetFloat(message, field);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection->GetDouble(message, field);
    default:
      return 0;
  }
}

std::string Bound(double value) { return absl::StrCat(value); }

void CheckText(const std::string& text, const type::FieldRules& rules, const std::string& path,
               std::vector<errors::FieldViolation>& violations) {
  if (text.empty()) return;
  if (HasControlCharacter(text)) {
    violations.push_back({path, type::REASON_CONTROL_CHARACTER});
  } else if (rules.min_chars() > 0 && CodePoints(text) < rules.min_chars()) {
    violations.push_back({path, type::REASON_TOO_SHORT, {{"min", absl::StrCat(rules.min_chars())}}});
  } else if (rules.max_chars() > 0 && CodePoints(text) > rules.max_chars()) {
    violations.push_back({path, type::REASON_TOO_LONG, {{"max", absl::StrCat(rules.max_chars())}}});
  } else if (rules.format() != type::FORMAT_UNSPECIFIED && !HasFormat(rules.format(), text)) {
    const FormatTexts texts = TextsOf(rules.format());
    violations.push_back({path, type::REASON_BAD_FORMAT, {{"expected_zh", texts.zh}, {"expected_en", texts.en}}});
  } else if (!rules.resource().empty() && !ids::ParseName(rules.resource(), text)) {
    violations.push_back({path, type::REASON_BAD_RESOURCE_NAME, {{"collection", rules.resource()}}});
  }
}

bool IsEnumKnown(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection* reflection = message.GetReflection();
  const int number =
      index < 0 ? reflection->GetEnumValue(message, field) : reflection->GetRepeatedEnumValue(message, field, index);
  // A repeated field has no use for "unspecified".
  return field->enum_type()->FindValueByNumber(number) != nullptr && (index < 0 || number != 0);
}

bool IsEmpty(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  return field->is_repeated() ? reflection->FieldSize(message, field) == 0 : !reflection->HasField(message, field);
}

// A well-known time must be in the range that RFC 3339 can write.
bool TimeInRange(const Message& message) {
  if (message.GetDescriptor()->full_name() != "google.protobuf.Timestamp") return true;
  const auto* reflection = message.GetReflection();
  const auto* descriptor = message.GetDescriptor();
  const int64_t seconds = reflection->GetInt64(message, descriptor->FindFieldByName("seconds"));
  const int32_t nanos = reflection->GetInt32(message, descriptor->FindFieldByName("nanos"));
  return seconds >= -62135596800 && seconds <= 253402300799 && nanos >= 0 && nanos < 1000000000;
}

}  // namespace

bool HasFormat(type::Format format, std::string_view text) {
  switch (format) {
    case type::FORMAT_CODE:
      return text.size() >= 1 && text.size() <= 32 && AllOf(text, "-_", true);
    case type::FORMAT_REQUEST_ID:
      return text.size() >= 8 && text.size() <= 64 && AllOf(text, "-_", true);
    case type::FORMAT_MOBILE:
      return Digits(text, 11) && text[0] == '1';
    case type::FORMAT_DIVISION_CODE:
      return Digits(text, 12);
    case type::FORMAT_RESIDENT_ID:
      return ResidentIdChecks(text);
    case type::FORMAT_USERNAME:
      return text.size() >= 3 && text.size() <= 32 && AllOf(text, ".-_", false);
    default:
      return true;
  }
}

Validator::Validator(const Descriptor& message) { Build(message, 0); }
Validator::Validator(const Descriptor& message, int depth) { Build(message, depth); }

void Validator::Build(const Descriptor& message, int depth) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* field = message.field(i);
    const auto& options = field->options();
    Field compiled{field, options.GetExtension(type::rules), false, nullptr};
    bool output_only = false;
    for (int j = 0; j < options.ExtensionSize(google::api::field_behavior); ++j) {
      const auto behavior = options.GetExtension(google::api::field_behavior, j);
      compiled.required |= behavior == google::api::REQUIRED;
      output_only |= behavior == google::api::OUTPUT_ONLY;
    }
    if (output_only) continue;
    if (field->message_type() != nullptr && !field->is_map() && depth < kMaxDepth) {
      compiled.nested.reset(new Validator(*field->message_type(), depth + 1));
    }
    const bool ruled = field->options().HasExtension(type::rules) || compiled.required ||
                       field->enum_type() != nullptr || compiled.nested != nullptr ||
                       field->type() == FieldDescriptor::TYPE_STRING;
    if (ruled) fields_.push_back(std::move(compiled));
  }
}

absl::Status Validator::Check(const Message& message) const {
  Violations violations;
  Check(message, "", violations);
  return violations.empty() ? absl::OkStatus() : errors::InvalidFields(violations);
}

void Validator::Check(const Message& message, const std::string& prefix, Violations& violations) const {
  const Reflection* reflection = message.GetReflection();
  // An update names a part of its resource; what it leaves out is not missing.
  const bool partial = prefix.empty() && message.GetDescriptor()->FindFieldByName("update_mask") != nullptr;
  for (const Field& field : fields_) {
    const FieldDescriptor* descriptor = field.descriptor;
    const auto path = [&] { return absl::StrCat(prefix, descriptor->name()); };
    if (IsEmpty(message, descriptor)) {
      if (field.required) violations.push_back({path(), type::REASON_REQUIRED});
      continue;
    }
    const int size = descriptor->is_repeated() ? reflection->FieldSize(message, descriptor) : -1;
    if (field.rules.max_items() > 0 && size > static_cast<int>(field.rules.max_items())) {
      violations.push_back({path(), type::REASON_TOO_MANY_ITEMS, {{"max", absl::StrCat(field.rules.max_items())}}});
      continue;
    }
    for (int i = size < 0 ? -1 : 0; i < size || (size < 0 && i < 0); ++i) {
      const auto element = [&] { return i < 0 ? path() : absl::StrCat(path(), "[", i, "]"); };
      std::string scratch;
      switch (descriptor->cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING:
          if (descriptor->type() == FieldDescriptor::TYPE_BYTES) break;
          CheckText(i < 0 ? reflection->GetStringReference(message, descriptor, &scratch)
                          : reflection->GetRepeatedStringReference(message, descriptor, i, &scratch),
                    field.rules, element(), violations);
          break;
        case FieldDescriptor::CPPTYPE_ENUM:
          if (!IsEnumKnown(message, descriptor, i)) violations.push_back({element(), type::REASON_UNKNOWN_VALUE});
          break;
        case FieldDescriptor::CPPTYPE_MESSAGE: {
          const Message& nested = i < 0 ? reflection->GetMessage(message, descriptor)
                                        : reflection->GetRepeatedMessage(message, descriptor, i);
          if (!TimeInRange(nested)) {
            violations.push_back({element(),
                                  type::REASON_OUT_OF_RANGE,
                                  {{"min", "0001-01-01T00:00:00Z"}, {"max", "9999-12-31T23:59:59Z"}}});
          } else if (field.nested != nullptr) {
            Violations inner;
            field.nested->Check(nested, absl::StrCat(element(), "."), inner);
            for (auto& violation : inner) {
              if (!partial || violation.reason != type::REASON_REQUIRED) violations.push_back(std::move(violation));
            }
          }
          break;
        }
        default:
          if (i < 0 && (field.rules.has_min() || field.rules.has_max())) {
            const double number = NumberOf(message, descriptor);
            const bool below = field.rules.has_min() && number < field.rules.min();
            const bool above = field.rules.has_max() && number > field.rules.max();
            // Written so that NaN is out of range too.
            if (below || above || number != number) {
              violations.push_back({path(),
                                    type::REASON_OUT_OF_RANGE,
                                    {{"min", field.rules.has_min() ? Bound(field.rules.min()) : "-∞"},
                                     {"max", field.rules.has_max() ? Bound(field.rules.max()) : "∞"}}});
            }
          }
      }
    }
  }
}

absl::StatusOr<std::vector<std::string>> FieldsToUpdate(const google::protobuf::FieldMask& mask,
                                                        const Message& resource,
                                                        const std::vector<std::string>& updatable) {
  const auto may = [&updatable](const std::string& path) {
    return std::find(updatable.begin(), updatable.end(), path) != updatable.end();
  };
  std::vector<std::string> fields;
  if (mask.paths().empty()) {
    for (const std::string& path : updatable) {
      const auto* field = resource.GetDescriptor()->FindFieldByName(path);
      if (!IsEmpty(resource, field)) fields.push_back(path);
    }
    return fields;
  }
  std::vector<errors::FieldViolation> violations;
  for (const std::string& path : mask.paths()) {
    if (path == "*") return updatable;
    if (may(path)) {
      if (std::find(fields.begin(), fields.end(), path) == fields.end()) fields.push_back(path);
    } else {
      const bool known = resource.GetDescriptor()->FindFieldByName(path) != nullptr;
      violations.push_back(
          {absl::StrCat("update_mask.", path), known ? type::REASON_NOT_SETTABLE : type::REASON_UNKNOWN_VALUE});
    }
  }
  if (!violations.empty()) return errors::InvalidFields(violations);
  return fields;
}

}  // namespace wenming::rpc
