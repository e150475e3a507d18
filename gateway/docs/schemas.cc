#include "gateway/docs/schemas.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/docs/field_traits.h"
#include "wenming/type/field_rules.pb.h"

namespace wenming::gateway::docs {
namespace {

namespace pb = google::protobuf;
using pb::Descriptor;
using pb::FieldDescriptor;

constexpr char kDuration[] = "^-?[0-9]+(\\.[0-9]{1,9})?s$";

const char* PatternOf(type::Format format) {
  switch (format) {
    case type::FORMAT_CODE:
      return "^[A-Za-z0-9_-]{1,32}$";
    case type::FORMAT_REQUEST_ID:
      return "^[A-Za-z0-9_-]{8,64}$";
    case type::FORMAT_MOBILE:
      return "^1[0-9]{10}$";
    case type::FORMAT_DIVISION_CODE:
      return "^[0-9]{12}$";
    case type::FORMAT_RESIDENT_ID:
      return "^[0-9]{17}[0-9Xx]$";
    case type::FORMAT_USERNAME:
      return "^[a-z0-9._-]{3,32}$";
    default:
      return nullptr;
  }
}

// The rules of (wenming.type.rules) for one value.
void Rules(const FieldDescriptor& field, JsonOut& out) {
  const auto& rules = field.options().GetExtension(type::rules);
  if (rules.min_chars() > 0 && Behaves(field, google::api::REQUIRED)) out.Count("minLength", rules.min_chars());
  if (rules.max_chars() > 0) out.Count("maxLength", rules.max_chars());
  if (rules.has_min()) out.Number("minimum", rules.min());
  if (rules.has_max()) out.Number("maximum", rules.max());
  if (const char* pattern = PatternOf(rules.format())) out.Text("pattern", pattern);
  if (rules.resource().empty()) return;
  out.BeginArray("examples");
  out.Text(absl::StrCat(rules.resource(), "/0SAPQ8AT4S701"));
  out.EndArray();
}

void Integer(const FieldDescriptor& field, const char* format, JsonOut& out) {
  out.Text("type", "integer");
  out.Text("format", format);
  bool is_unsigned = field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32;
  if (is_unsigned && !field.options().GetExtension(type::rules).has_min()) out.Count("minimum", 0);
}

void TextOf(const char* format, JsonOut& out) {
  out.Text("type", "string");
  out.Text("format", format);
}

// Every pair of a oneof excludes each other.
void OneofRule(const Descriptor& type, const std::vector<std::string>& left_out, JsonOut& out) {
  std::vector<std::pair<const FieldDescriptor*, const FieldDescriptor*>> pairs;
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    std::vector<const FieldDescriptor*> fields;
    for (int j = 0; j < type.oneof_decl(i)->field_count(); ++j) {
      const auto* field = type.oneof_decl(i)->field(j);
      bool left = std::find(left_out.begin(), left_out.end(), field->name()) != left_out.end();
      for (const auto* other : fields) {
        if (!left) pairs.emplace_back(other, field);
      }
      if (!left) fields.push_back(field);
    }
  }
  if (pairs.empty()) return;
  out.BeginObject("not");
  out.BeginArray("anyOf");
  for (const auto& [a, b] : pairs) {
    out.BeginObject();
    out.BeginArray("required");
    out.Text(a->json_name());
    out.Text(b->json_name());
    out.EndArray();
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
}

}  // namespace

void Schemas::Described(std::string_view full_name, JsonOut& out) {
  std::string_view text = comments_.Of(full_name);
  if (!text.empty()) out.Text("description", text);
}

void Schemas::Refer(const std::string& name, std::function<void(JsonOut&)> write, JsonOut& out) {
  out.Text("$ref", absl::StrCat("#/components/schemas/", name));
  if (known_.insert(name).second) pending_.emplace(name, std::move(write));
}

void Schemas::Message(const Descriptor& type, JsonOut& out) {
  out.BeginObject();
  MessageMembers(type, out);
  out.EndObject();
}

void Schemas::MessageMembers(const Descriptor& type, JsonOut& out) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return TextOf("date-time", out);
    case Descriptor::WELLKNOWNTYPE_DURATION:
      out.Text("type", "string");
      return out.Text("pattern", kDuration);
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return out.Text("type", "string");
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return out.Text("type", "object");
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return out.Text("type", "array");
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return;  // anything
    case Descriptor::WELLKNOWNTYPE_ANY:
      out.Text("type", "object");
      out.BeginObject("properties");
      out.BeginObject("@type");
      out.Text("type", "string");
      out.EndObject();
      return out.EndObject();
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
      return Refer(
          type.full_name(), [this, &type](JsonOut& target) { Object(type, {}, target); }, out);
    default:  // wrappers
      out.BeginArray("anyOf");
      FieldValue(*type.FindFieldByNumber(1), out);
      out.BeginObject();
      out.Text("type", "null");
      out.EndObject();
      return out.EndArray();
  }
}

void Schemas::OneMembers(const FieldDescriptor& field, JsonOut& out) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Integer(field, "int32", out);
    case FieldDescriptor::CPPTYPE_UINT32:
      return Integer(field, "uint32", out);
    case FieldDescriptor::CPPTYPE_INT64:
      return TextOf("int64", out);
    case FieldDescriptor::CPPTYPE_UINT64:
      return TextOf("uint64", out);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      out.Text("type", "number");
      return out.Text("format", "double");
    case FieldDescriptor::CPPTYPE_FLOAT:
      out.Text("type", "number");
      return out.Text("format", "float");
    case FieldDescriptor::CPPTYPE_BOOL:
      return out.Text("type", "boolean");
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto& type = *field.enum_type();
      if (type.full_name() == "google.protobuf.NullValue") return out.Text("type", "null");
      return Refer(
          type.full_name(), [this, &type](JsonOut& target) { Enum(type, target); }, out);
    }
    case FieldDescriptor::CPPTYPE_STRING:
      out.Text("type", "string");
      if (field.type() == FieldDescriptor::TYPE_BYTES) out.Text("contentEncoding", "base64");
      return;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageMembers(*field.message_type(), out);
  }
}

void Schemas::ValueMembers(const FieldDescriptor& field, JsonOut& out) {
  if (!field.is_repeated()) {
    OneMembers(field, out);
    return Rules(field, out);
  }
  const auto& one = field.is_map() ? *field.message_type()->map_value() : field;
  out.Text("type", field.is_map() ? "object" : "array");
  uint32_t most = field.options().GetExtension(type::rules).max_items();
  if (most > 0) out.Count(field.is_map() ? "maxProperties" : "maxItems", most);
  out.BeginObject(field.is_map() ? "additionalProperties" : "items");
  OneMembers(one, out);
  Rules(field, out);
  out.EndObject();
}

void Schemas::FieldValue(const FieldDescriptor& field, JsonOut& out) {
  out.BeginObject();
  ValueMembers(field, out);
  out.EndObject();
}

void Schemas::Field(const FieldDescriptor& field, JsonOut& out) {
  out.BeginObject();
  ValueMembers(field, out);
  std::string text(comments_.Of(field.full_name()));
  if (Behaves(field, google::api::IMMUTABLE)) absl::StrAppend(&text, text.empty() ? "" : "\n\n", "Set once.");
  if (const auto* oneof = field.real_containing_oneof()) {
    std::vector<std::string> names;
    for (int i = 0; i < oneof->field_count(); ++i)
      names.push_back(absl::StrCat("`", oneof->field(i)->json_name(), "`"));
    absl::StrAppend(&text, text.empty() ? "" : "\n\n", "At most one of ", absl::StrJoin(names, ", "), " is set.");
  }
  if (!text.empty()) out.Text("description", text);
  if (Behaves(field, google::api::OUTPUT_ONLY)) out.Flag("readOnly", true);
  if (Behaves(field, google::api::INPUT_ONLY)) out.Flag("writeOnly", true);
  if (field.options().deprecated()) out.Flag("deprecated", true);
  out.EndObject();
}

void Schemas::MessageWithout(const Descriptor& type, const std::vector<std::string>& left_out, JsonOut& out) {
  if (left_out.empty() || type.well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) return Message(type, out);
  out.BeginObject();
  Object(type, left_out, out);
  out.EndObject();
}

void Schemas::Object(const Descriptor& type, const std::vector<std::string>& left_out, JsonOut& out) {
  auto shown = [&](const FieldDescriptor& field) {
    return std::find(left_out.begin(), left_out.end(), field.name()) == left_out.end();
  };
  out.Text("type", "object");
  Described(type.full_name(), out);
  std::vector<const FieldDescriptor*> required;
  out.BeginObject("properties");
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (!shown(field)) continue;
    if (Behaves(field, google::api::REQUIRED)) required.push_back(&field);
    out.Key(field.json_name());
    Field(field, out);
  }
  out.EndObject();
  if (!required.empty()) {
    out.BeginArray("required");
    for (const auto* field : required) out.Text(field->json_name());
    out.EndArray();
  }
  OneofRule(type, left_out, out);
}

void Schemas::Enum(const pb::EnumDescriptor& type, JsonOut& out) {
  out.Text("type", "string");
  std::string text(comments_.Of(type.full_name()));
  for (int i = 0; i < type.value_count(); ++i) {
    std::string_view comment = comments_.Of(type.value(i)->full_name());
    absl::StrAppend(&text, i == 0 ? "\n\n" : "\n", "- `", type.value(i)->name(), "`", comment.empty() ? "" : ": ",
                    std::string(comment));
  }
  out.Text("description", text);
  out.BeginArray("enum");
  for (int i = 0; i < type.value_count(); ++i) out.Text(type.value(i)->name());
  out.EndArray();
}

void Schemas::Components(JsonOut& out) {
  // Written once to learn what they refer to, then once in order.
  std::map<std::string, std::function<void(JsonOut&)>> all;
  while (!pending_.empty()) {
    auto batch = std::exchange(pending_, {});
    for (auto& [name, write] : batch) {
      JsonOut probe;
      probe.BeginObject();
      write(probe);
      probe.EndObject();
    }
    all.merge(batch);
  }
  for (auto& [name, write] : all) {
    out.BeginObject(name);
    write(out);
    out.EndObject();
  }
}

}  // namespace wenming::gateway::docs
