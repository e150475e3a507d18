#include "gateway/transcode/binding.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/text.h"
#include "gateway/transcode/text_value.h"
#include "google/api/annotations.pb.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

absl::Status Refuse(const Method& method, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(method.descriptor->full_name(), ": ", what));
}

// The method and path of a rule; empty method when the rule has no pattern.
std::pair<std::string, std::string> Pattern(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return {"GET", rule.get()};
    case google::api::HttpRule::kPut:
      return {"PUT", rule.put()};
    case google::api::HttpRule::kPost:
      return {"POST", rule.post()};
    case google::api::HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case google::api::HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case google::api::HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case google::api::HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

bool IsMessageOf(const FieldDescriptor* field, absl::string_view type) {
  return field != nullptr && !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field->message_type()->full_name() == type;
}

absl::Status ResolveVariables(const Method& method, Binding& binding) {
  for (const auto& variable : binding.path.variables) {
    FieldPath path = ResolveFieldPath(*method.descriptor->input_type(), variable.field_path);
    if (path.fields.empty() || path.fields.back()->is_repeated() || !HasTextForm(*path.fields.back())) {
      return Refuse(method, absl::StrCat("\"", variable.field_path, "\" in ", binding.path.text,
                                         " is not a single-valued field of the request"));
    }
    binding.variables.push_back(std::move(path));
  }
  return absl::OkStatus();
}

absl::Status ResolveBody(const Method& method, const google::api::HttpRule& rule, Binding& binding) {
  const auto& request = *method.descriptor->input_type();
  if (rule.body() == "*") {
    binding.body = Binding::Body::kWhole;
  } else if (!rule.body().empty()) {
    binding.body = Binding::Body::kField;
    binding.body_field = request.FindFieldByName(rule.body());
    if (binding.body_field == nullptr) {
      return Refuse(method, absl::StrCat("body \"", rule.body(), "\" is not a field of the request"));
    }
  }
  if (!rule.response_body().empty()) {
    binding.response_field = method.descriptor->output_type()->FindFieldByName(rule.response_body());
    if (binding.response_field == nullptr) {
      return Refuse(method,
                    absl::StrCat("response_body \"", rule.response_body(), "\" is not a field of the response"));
    }
  }
  return absl::OkStatus();
}

void ResolveSpecialFields(const Method& method, Binding& binding) {
  const auto& request = *method.descriptor->input_type();
  const auto* mask = request.FindFieldByName("update_mask");
  bool body_is_message = binding.body_field != nullptr && !binding.body_field->is_repeated() &&
                         binding.body_field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (binding.http_method == "PATCH" && body_is_message && IsMessageOf(mask, "google.protobuf.FieldMask")) {
    binding.update_mask = mask;
  }
  const auto* id = request.FindFieldByName("request_id");
  if (id != nullptr && id->type() == FieldDescriptor::TYPE_STRING && !id->is_repeated()) binding.request_id = id;
}

absl::StatusOr<Binding> CompileRule(const Method& method, const google::api::HttpRule& rule) {
  auto [http_method, text] = Pattern(rule);
  if (http_method.empty()) return Refuse(method, "its google.api.http rule has no path");
  auto path = PathTemplate::Parse(text);
  if (!path.ok()) return Refuse(method, path.status().message());
  Binding binding{.method = &method, .http_method = http_method, .path = *std::move(path)};
  if (absl::Status status = ResolveVariables(method, binding); !status.ok()) return status;
  if (absl::Status status = ResolveBody(method, rule, binding); !status.ok()) return status;
  ResolveSpecialFields(method, binding);
  return binding;
}

}  // namespace

absl::StatusOr<std::vector<Binding>> CompileBindings(const Method& method) {
  std::vector<Binding> bindings;
  if (!method.descriptor->options().HasExtension(google::api::http)) return bindings;
  if (method.descriptor->client_streaming()) {
    return Refuse(method, "a method whose client streams cannot have an HTTP route; call it over gRPC");
  }
  const auto& rule = method.descriptor->options().GetExtension(google::api::http);
  auto first = CompileRule(method, rule);
  if (!first.ok()) return first.status();
  bindings.push_back(*std::move(first));
  for (const auto& additional : rule.additional_bindings()) {
    if (additional.additional_bindings_size() > 0) return Refuse(method, "additional_bindings may not be nested");
    auto binding = CompileRule(method, additional);
    if (!binding.ok()) return binding.status();
    bindings.push_back(*std::move(binding));
  }
  return bindings;
}

FieldPath ResolveFieldPath(const pb::Descriptor& type, std::string_view path) {
  FieldPath result;
  const pb::Descriptor* current = &type;
  for (absl::string_view part : absl::StrSplit(ToAbsl(path), '.')) {
    std::string name(part);
    const FieldDescriptor* field = current == nullptr ? nullptr : current->FindFieldByName(name);
    if (field == nullptr && current != nullptr) field = current->FindFieldByCamelcaseName(name);
    if (field == nullptr) return {};
    absl::StrAppend(&result.name, result.name.empty() ? "" : ".", field->name());
    result.fields.push_back(field);
    bool inner = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated();
    current = inner ? field->message_type() : nullptr;
  }
  return result;
}

}  // namespace wenming::gateway
