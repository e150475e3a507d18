#include "gateway/docs/operation.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/docs/access_text.h"
#include "gateway/docs/examples.h"
#include "gateway/docs/field_traits.h"
#include "gateway/docs/path_text.h"
#include "gateway/transcode/text_value.h"
#include "wenming/type/access.pb.h"

namespace wenming::gateway::docs {
namespace {

constexpr char kStream[] =
    "A stream of messages as long as the call lasts: one a line as `{\"result\": …}`, or `data:` events where "
    "text/event-stream is accepted. A failure after the first message is a line `{\"error\": …}` or an event `error`, "
    "and "
    "the answer ends abnormally.";

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

class Operation {
 public:
  Operation(const Route& route, const Comments& comments, Schemas& schemas, JsonOut& out)
      : binding_(*route.json),
        has_page_(route.page != nullptr),
        method_(*binding_.method->descriptor),
        comments_(comments),
        schemas_(schemas),
        out_(out) {}

  void Write(const std::string& id) {
    out_.BeginObject();
    out_.Text("operationId", id);
    out_.BeginArray("tags");
    out_.Text(method_.service()->full_name());
    out_.EndArray();
    std::string_view comment = comments_.Of(method_.full_name());
    out_.Text("summary", comment.empty() ? std::string(method_.name()) : FirstSentence(comment));
    Describe(comment);
    Parameters();
    if (binding_.body != Binding::Body::kNone) Body();
    Responses();
    Security();
    if (method_.options().deprecated()) out_.Flag("deprecated", true);
    out_.EndObject();
  }

 private:
  bool declares_access() const { return method_.options().HasExtension(type::access); }

  void Describe(std::string_view comment) {
    std::string text(comment);
    if (std::string access = AccessText(method_); !access.empty()) absl::StrAppend(&text, "\n\n**Access:** ", access);
    absl::StrAppend(&text, "\n\n", Examples(binding_, declares_access() && !IsPublic(method_)));
    out_.Text("description", text);
  }

  void Parameters() {
    out_.BeginArray("parameters");
    for (const auto& parameter : DescribePath(binding_.path).parameters) PathParameter(parameter);
    if (binding_.body != Binding::Body::kWhole) {
      std::vector<const Descriptor*> inside;
      Query(*method_.input_type(), "", "", inside);
    }
    if (binding_.request_id != nullptr) IdempotencyKey();
    if (!binding_.etag.fields.empty()) Condition("If-Match", "The `ETag` last seen; another one now is 412.");
    if (MayBeKnown()) Condition("If-None-Match", "The `ETag` last seen; still the same is 304.");
    out_.EndArray();
  }

  void Begin(const std::string& name, const char* in, bool required) {
    out_.BeginObject();
    out_.Text("name", name);
    out_.Text("in", in);
    if (required) out_.Flag("required", true);
  }

  void PathParameter(const DocumentPath::Parameter& parameter) {
    Begin(parameter.name, "path", /*required=*/true);
    auto variable = std::find_if(binding_.path.variables.begin(), binding_.path.variables.end(),
                                 [&](const auto& one) { return one.field_path == parameter.field_path; });
    if (variable != binding_.path.variables.end()) {
      auto index = static_cast<size_t>(variable - binding_.path.variables.begin());
      std::string text = absl::StrCat("`", binding_.variables[index].name, "` is `",
                                      VariableText(binding_.path, index, /*upper=*/false), "`.");
      std::string_view comment = comments_.Of(binding_.variables[index].fields.back()->full_name());
      out_.Text("description", absl::StrCat(text, comment.empty() ? "" : " ", std::string(comment)));
    }
    out_.BeginObject("schema");
    out_.Text("type", "string");
    if (!parameter.rest) out_.Text("pattern", "^[^/]+$");
    out_.EndObject();
    out_.EndObject();
  }

  bool InPathOrBody(const std::string& name, const FieldDescriptor& field) const {
    if (&field == binding_.body_field) return true;
    return std::any_of(binding_.variables.begin(), binding_.variables.end(),
                       [&](const FieldPath& variable) { return variable.name == name; });
  }

  // Every field that has a text form, also of messages inside; a message inside itself is not opened again.
  void Query(const Descriptor& type, const std::string& prefix, const std::string& json_prefix,
             std::vector<const Descriptor*>& inside) {
    if (std::find(inside.begin(), inside.end(), &type) != inside.end()) return;
    inside.push_back(&type);
    for (int i = 0; i < type.field_count(); ++i) {
      const auto& field = *type.field(i);
      std::string name = absl::StrCat(prefix, field.name());
      std::string json_name = absl::StrCat(json_prefix, field.json_name());
      if (InPathOrBody(name, field) || Behaves(field, google::api::OUTPUT_ONLY)) continue;
      if (HasTextForm(field) && !field.is_map()) {
        QueryParameter(field, json_name);
      } else if (IsPlainMessage(field)) {
        Query(*field.message_type(), absl::StrCat(name, "."), absl::StrCat(json_name, "."), inside);
      }
    }
    inside.pop_back();
  }

  void QueryParameter(const FieldDescriptor& field, const std::string& name) {
    Begin(name, "query", Behaves(field, google::api::REQUIRED));
    std::string text(comments_.Of(field.full_name()));
    if (&field == binding_.update_mask) {
      absl::StrAppend(&text, text.empty() ? "" : "\n\n", "Without it: the fields that the body holds.");
    }
    if (&field == binding_.request_id) absl::StrAppend(&text, text.empty() ? "" : "\n\n", "Or in Idempotency-Key.");
    if (!text.empty()) out_.Text("description", text);
    if (field.options().deprecated()) out_.Flag("deprecated", true);
    out_.Key("schema");
    schemas_.FieldValue(field, out_);
    out_.EndObject();
  }

  void IdempotencyKey() {
    Begin("Idempotency-Key", "header", /*required=*/false);
    out_.Text("description",
              absl::StrCat("Fills `", binding_.request_id->json_name(), "`, by which a repetition is known."));
    out_.Key("schema");
    schemas_.FieldValue(*binding_.request_id, out_);
    out_.EndObject();
  }

  // Whether an answer to a read has a tag by which its caller may know it.
  bool MayBeKnown() const {
    return binding_.http_method == "GET" && (binding_.answer_etag != nullptr || binding_.method->max_age_seconds > 0);
  }

  void Condition(const char* header, const char* text) {
    Begin(header, "header", /*required=*/false);
    out_.Text("description", text);
    out_.BeginObject("schema");
    out_.Text("type", "string");
    out_.EndObject();
    out_.EndObject();
  }

  void Described(const char* status, const char* text) {
    out_.BeginObject(status);
    out_.Text("description", text);
    out_.EndObject();
  }

  // The headers of a 200 that are more than transport.
  void ResponseHeaders() {
    const bool tagged = binding_.answer_etag != nullptr || MayBeKnown();
    if (!tagged) return;
    out_.BeginObject("headers");
    out_.BeginObject("ETag");
    out_.BeginObject("schema");
    out_.Text("type", "string");
    out_.EndObject();
    out_.EndObject();
    out_.EndObject();
  }

  void Body() {
    const auto* field = binding_.body_field;
    const Descriptor* type = field == nullptr       ? method_.input_type()
                             : field->is_repeated() ? nullptr
                                                    : field->message_type();
    out_.BeginObject("requestBody");
    if (field == nullptr || Behaves(*field, google::api::REQUIRED)) out_.Flag("required", true);
    out_.BeginObject("content");
    Content(type, [&] {
      if (field != nullptr) return schemas_.Field(*field, out_);
      std::vector<std::string> left_out;
      for (const auto& variable : binding_.variables) left_out.push_back(variable.name);
      schemas_.MessageWithout(*type, left_out, out_);
    });
    out_.EndObject();
    out_.EndObject();
  }

  // What a body may be: a file as it is, else JSON of the schema that `schema` writes.
  template <typename Schema>
  void Content(const Descriptor* type, Schema schema) {
    out_.BeginObject(IsHttpBody(type) ? "*/*" : "application/json");
    if (!IsHttpBody(type)) {
      out_.Key("schema");
      schema();
    }
    out_.EndObject();
  }

  // The schema is that of each message, not of the whole.
  template <typename Schema>
  void Messages(const char* media_type, Schema schema) {
    out_.BeginObject(media_type);
    out_.Key("schema");
    schema();
    out_.EndObject();
  }

  void Responses() {
    const auto* field = binding_.response_field;
    const Descriptor* type = field == nullptr       ? method_.output_type()
                             : field->is_repeated() ? nullptr
                                                    : field->message_type();
    out_.BeginObject("responses");
    out_.BeginObject("200");
    const bool messages = method_.server_streaming() && !IsHttpBody(type);
    out_.Text("description", messages ? kStream : "Done.");
    ResponseHeaders();
    out_.BeginObject("content");
    const auto schema = [&] {
      if (field != nullptr) return schemas_.FieldValue(*field, out_);
      schemas_.Message(*type, out_);
    };
    if (messages) {
      Messages("application/x-ndjson", schema);
      Messages("text/event-stream", schema);
    } else {
      Content(type, schema);
    }
    if (has_page_) {
      out_.BeginObject("text/html");
      out_.EndObject();
    }
    out_.EndObject();
    out_.EndObject();
    if (MayBeKnown()) Described("304", "The caller has it already.");
    if (!binding_.etag.fields.empty()) {
      out_.BeginObject("412");
      out_.Text("$ref", "#/components/responses/Error");
      out_.EndObject();
    }
    out_.BeginObject("default");
    out_.Text("$ref", "#/components/responses/Error");
    out_.EndObject();
    out_.EndObject();
  }

  void Security() {
    if (!declares_access()) return;
    out_.BeginArray("security");
    if (IsPublic(method_)) {
      out_.BeginObject();
      out_.EndObject();
    }
    out_.BeginObject();
    out_.BeginArray("bearer");
    out_.EndArray();
    out_.EndObject();
    out_.EndArray();
  }

  const Binding& binding_;
  const bool has_page_;
  const google::protobuf::MethodDescriptor& method_;
  const Comments& comments_;
  Schemas& schemas_;
  JsonOut& out_;
};

}  // namespace

void WriteOperation(const Route& route, const std::string& operation_id, const Comments& comments, Schemas& schemas,
                    JsonOut& out) {
  Operation(route, comments, schemas, out).Write(operation_id);
}

}  // namespace wenming::gateway::docs
