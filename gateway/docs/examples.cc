#include "gateway/docs/examples.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/docs/field_traits.h"
#include "gateway/docs/path_text.h"
#include "gateway/docs/samples.h"

namespace wenming::gateway::docs {
namespace {

std::string Address(const Binding& binding) { return absl::StrCat(ExamplePath(binding.path), SampleQuery(binding)); }

bool TakesFile(const Binding& binding) {
  const auto* type = binding.body == Binding::Body::kWhole ? binding.method->descriptor->input_type() : nullptr;
  if (binding.body == Binding::Body::kField && !binding.body_field->is_repeated()) {
    type = binding.body_field->message_type();
  }
  return IsHttpBody(type);
}

std::string Curl(const Binding& binding, bool needs_token) {
  std::string text = "curl";
  if (binding.http_method != "GET") absl::StrAppend(&text, " -X ", binding.http_method);
  absl::StrAppend(&text, " \"$API", Address(binding), "\"");
  if (needs_token) absl::StrAppend(&text, " \\\n  -H \"Authorization: Bearer $TOKEN\"");
  if (binding.request_id != nullptr) absl::StrAppend(&text, " \\\n  -H \"Idempotency-Key: $(uuidgen)\"");
  if (TakesFile(binding)) {
    absl::StrAppend(&text, " \\\n  -H 'Content-Type: application/octet-stream' \\\n  --data-binary @FILE");
  } else if (binding.body != Binding::Body::kNone) {
    absl::StrAppend(&text, " \\\n  -H 'Content-Type: application/json' \\\n  -d '", SampleBody(binding), "'");
  }
  return text;
}

std::string Grpcurl(const Binding& binding, bool needs_token) {
  return absl::StrCat("grpcurl -protoset \"$PROTOSET\" -cacert ca.pem -cert client.pem -key client.key \\\n  ",
                      needs_token ? "-H \"authorization: Bearer $TOKEN\" " : "", "-d '", SampleRequest(binding),
                      "' \\\n  \"$EDGE\" ", binding.method->descriptor->service()->full_name(), "/",
                      binding.method->descriptor->name());
}

// wx.request knows no PATCH, and none of the methods that a custom rule may name.
std::string Wx(const Binding& binding, bool needs_token) {
  bool patch = binding.http_method == "PATCH";
  const std::string method = patch ? "POST" : binding.http_method;
  if (method != "GET" && method != "POST" && method != "PUT" && method != "DELETE") return "";
  std::string headers;
  if (needs_token) absl::StrAppend(&headers, "    Authorization: `Bearer ${token}`,\n");
  if (patch) absl::StrAppend(&headers, "    'X-HTTP-Method-Override': 'PATCH',\n");
  if (binding.request_id != nullptr) absl::StrAppend(&headers, "    'Idempotency-Key': key,\n");
  std::string text = absl::StrCat("wx.request({\n  url: '$API", Address(binding), "',\n  method: '", method, "',\n");
  if (!headers.empty()) absl::StrAppend(&text, "  header: {\n", headers, "  },\n");
  if (binding.body != Binding::Body::kNone) {
    absl::StrAppend(&text, "  data: ", TakesFile(binding) ? "bytes" : SampleBody(binding), ",\n");
  }
  return absl::StrCat(text, "  success: ({ statusCode, data }) => console.log(statusCode, data),\n});");
}

std::string Fenced(const char* language, const std::string& text) {
  return text.empty() ? "" : absl::StrCat("```", language, "\n", text, "\n```\n");
}

}  // namespace

std::string Examples(const Binding& binding, bool needs_token) {
  return absl::StrCat(Fenced("sh", Curl(binding, needs_token)), Fenced("sh", Grpcurl(binding, needs_token)),
                      Fenced("js", Wx(binding, needs_token)));
}

}  // namespace wenming::gateway::docs
