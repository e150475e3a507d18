#include "gateway/transcode/binding.h"

#include <utility>

#include "absl/strings/match.h"
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

bool IsText(const FieldDescriptor* field) {
  return field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
}

void ResolveEtag(const pb::Descriptor& request, bool body_is_message, Binding& binding) {
  const auto* own = request.FindFieldByName("etag");
  if (IsText(own)) {
    binding.etag = {own->name(), {own}};
    return;
  }
  const bool changes = binding.http_method == "PATCH" || binding.http_method == "PUT";
  if (!changes || !body_is_message) return;
  const auto* inner = binding.body_field->message_type()->FindFieldByName("etag");
  if (!IsText(inner)) return;
  binding.etag = {absl::StrCat(binding.body_field->name(), ".etag"), {binding.body_field, inner}};
}

// The type of what is answered; null when that is no message.
const pb::Descriptor* AnsweredType(const Method& method, const Binding& binding) {
  const auto* field = binding.response_field;
  if (field == nullptr) return method.descriptor->output_type();
  return field->is_repeated() ? nullptr : field->message_type();
}

bool NamesSecret(const std::string& field) {
  const bool token = field == "token" || field == "tokens" || absl::EndsWith(field, "_token");
  const bool page = absl::EndsWith(field, "page_token");
  return (token && !page) || absl::StrContains(field, "secret") || absl::StrContains(field, "password");
}

bool HoldsSecret(const pb::Descriptor& type, int depth) {
  constexpr int kDeepest = 4;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (NamesSecret(field.name())) return true;
    const bool inner = depth < kDeepest && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (inner && HoldsSecret(*field.message_type(), depth + 1)) return true;
  }
  return false;
}

void ResolveAnswer(const Method& method, Binding& binding) {
  binding.answers_secret = HoldsSecret(*method.descriptor->output_type(), 0);
  const auto* type = AnsweredType(method, binding);
  const auto* etag = type == nullptr ? nullptr : type->FindFieldByName("etag");
  if (IsText(etag)) binding.answer_etag = etag;
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
  if (IsText(id)) binding.request_id = id;
  ResolveEtag(request, body_is_message, binding);
  ResolveAnswer(method, binding);
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
    const FieldDescriptor* field = current == nullptr ? nullptr : FindField(*current, ToStd(part));
    if (field == nullptr) return {};
    absl::StrAppend(&result.name, result.name.empty() ? "" : ".", field->name());
    result.fields.push_back(field);
    bool inner = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated();
    current = inner ? field->message_type() : nullptr;
  }
  return result;
}

}  // namespace wenming::gateway
