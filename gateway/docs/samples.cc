#include "gateway/docs/samples.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/docs/field_traits.h"
#include "gateway/docs/json_out.h"
#include "gateway/docs/path_text.h"
#include "wenming/type/field_rules.pb.h"

namespace wenming::gateway::docs {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

constexpr int kMaxDepth = 4;
constexpr int kPlainFields = 3;

std::string TextSample(const FieldDescriptor& field) {
  const auto& rules = field.options().GetExtension(type::rules);
  if (!rules.resource().empty()) return absl::StrCat(rules.resource(), "/ID");
  switch (rules.format()) {
    case type::FORMAT_MOBILE:
      return "12400000000";
    case type::FORMAT_DIVISION_CODE:
      return "141024000000";
    case type::FORMAT_CODE:
    case type::FORMAT_REQUEST_ID:
      return "code-0001";
    case type::FORMAT_USERNAME:
      return "user1";
    default:
      return "…";
  }
}

const std::string& EnumSample(const EnumDescriptor& type) { return type.value(type.value_count() > 1 ? 1 : 0)->name(); }

bool IsPlain(const FieldDescriptor& field) {
  return !Behaves(field, google::api::OUTPUT_ONLY) && !field.is_repeated() &&
         field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
}

bool AnyOf(const Descriptor& type, bool (*holds)(const FieldDescriptor&)) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (holds(*type.field(i))) return true;
  }
  return false;
}

bool IsRequired(const FieldDescriptor& field) { return Behaves(field, google::api::REQUIRED); }
bool DeclaresBehaviour(const FieldDescriptor& field) {
  return field.options().ExtensionSize(google::api::field_behavior) > 0;
}

// What a PATCH changes in the example: the first plain field that can be changed; null when there is none.
const FieldDescriptor* PatchedField(const Binding& binding) {
  if (binding.update_mask == nullptr) return nullptr;
  const auto& type = *binding.body_field->message_type();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    bool in_path = std::any_of(binding.variables.begin(), binding.variables.end(),
                               [&](const FieldPath& variable) { return variable.fields.back() == &field; });
    if (IsPlain(field) && !in_path && !Behaves(field, google::api::IMMUTABLE)) return &field;
  }
  return nullptr;
}

class Sample {
 public:
  // `with_path`: what the path gives is shown too.
  Sample(const Binding& binding, bool with_path)
      : binding_(binding), with_path_(with_path), patched_(PatchedField(binding)) {}

  std::string Of(const Descriptor& type, const std::string& prefix) {
    Message(type, prefix, 0);
    return out_.Result();
  }
  std::string Of(const FieldDescriptor& field) {
    Value(field, field.name(), 0);
    return out_.Result();
  }

 private:
  const PathTemplate::Variable* Variable(const std::string& name) const {
    for (size_t i = 0; i < binding_.variables.size(); ++i) {
      if (binding_.variables[i].name == name) return &binding_.path.variables[i];
    }
    return nullptr;
  }
  bool HoldsVariable(const std::string& name) const {
    return std::any_of(binding_.variables.begin(), binding_.variables.end(), [&](const FieldPath& variable) {
      return absl::StartsWith(variable.name, absl::StrCat(name, "."));
    });
  }

  void Message(const Descriptor& type, const std::string& prefix, int depth) {
    // A request whose fields are all optional is complete as it is; a resource is not.
    bool by_behaviour = AnyOf(type, prefix.empty() ? DeclaresBehaviour : IsRequired);
    int plain = 0;
    out_.BeginObject();
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      std::string name = prefix.empty() ? field.name() : absl::StrCat(prefix, ".", field.name());
      if (const auto* variable = Variable(name)) {
        if (with_path_) PathValue(*variable, field);
        continue;
      }
      bool body = prefix.empty() && &field == binding_.body_field;
      if (&field == binding_.update_mask && patched_ != nullptr) {
        out_.Text(field.json_name(), patched_->json_name());
        continue;
      }
      bool patch = patched_ != nullptr && &type == patched_->containing_type();
      bool wanted = patch          ? &field == patched_
                    : by_behaviour ? IsRequired(field)
                                   : IsPlain(field) && plain++ < kPlainFields;
      if (!body && !wanted && !(with_path_ && HoldsVariable(name))) continue;
      out_.Key(field.json_name());
      Value(field, name, depth);
    }
    out_.EndObject();
  }

  void PathValue(const PathTemplate::Variable& variable, const FieldDescriptor& field) {
    auto index = static_cast<size_t>(&variable - binding_.path.variables.data());
    out_.Text(field.json_name(), VariableText(binding_.path, index, /*upper=*/true));
  }

  void Value(const FieldDescriptor& field, const std::string& name, int depth) {
    if (field.is_map()) {
      out_.BeginObject();
      out_.EndObject();
    } else if (field.is_repeated()) {
      out_.BeginArray();
      One(field, name, depth);
      out_.EndArray();
    } else {
      One(field, name, depth);
    }
  }

  void One(const FieldDescriptor& field, const std::string& name, int depth) {
    const auto& rules = field.options().GetExtension(type::rules);
    int64_t number = rules.has_min() ? static_cast<int64_t>(rules.min()) : 1;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return out_.Flag(true);
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT64:
        return out_.Text(absl::StrCat(number));
      case FieldDescriptor::CPPTYPE_ENUM:
        return out_.Text(EnumSample(*field.enum_type()));
      case FieldDescriptor::CPPTYPE_STRING:
        return out_.Text(field.type() == FieldDescriptor::TYPE_BYTES ? "AA==" : TextSample(field));
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Inner(*field.message_type(), name, depth);
      default:
        return out_.Count(number);
    }
  }

  void Inner(const Descriptor& type, const std::string& name, int depth) {
    switch (type.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        return out_.Text("2026-05-01T08:00:00Z");
      case Descriptor::WELLKNOWNTYPE_DURATION:
        return out_.Text("3600s");
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      case Descriptor::WELLKNOWNTYPE_VALUE:
        return out_.Text("…");
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        out_.BeginArray();
        return out_.EndArray();
      case Descriptor::WELLKNOWNTYPE_STRUCT:
      case Descriptor::WELLKNOWNTYPE_ANY:
        out_.BeginObject();
        return out_.EndObject();
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        if (depth < kMaxDepth) return Message(type, name, depth + 1);
        out_.BeginObject();
        return out_.EndObject();
      default:
        return One(*type.FindFieldByNumber(1), name, depth);
    }
  }

  const Binding& binding_;
  const bool with_path_;
  const FieldDescriptor* const patched_;
  JsonOut out_;
};

}  // namespace

std::string SampleBody(const Binding& binding) {
  if (binding.body == Binding::Body::kNone) return "";
  Sample sample(binding, /*with_path=*/false);
  if (binding.body == Binding::Body::kField) return sample.Of(*binding.body_field);
  return sample.Of(*binding.method->descriptor->input_type(), "");
}

std::string SampleRequest(const Binding& binding) {
  return Sample(binding, /*with_path=*/true).Of(*binding.method->descriptor->input_type(), "");
}

std::string SampleQuery(const Binding& binding) {
  if (binding.body == Binding::Body::kWhole) return "";
  const auto& type = *binding.method->descriptor->input_type();
  std::string query;
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    bool in_path = std::any_of(binding.variables.begin(), binding.variables.end(),
                               [&](const FieldPath& variable) { return variable.fields.front() == &field; });
    if (in_path || &field == binding.body_field || !IsRequired(field)) continue;
    if (IsPlainMessage(field)) continue;  // its parts are parameters of their own
    absl::StrAppend(&query, query.empty() ? "?" : "&", field.json_name(), "=VALUE");
  }
  return query;
}

}  // namespace wenming::gateway::docs
