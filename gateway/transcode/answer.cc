#include "gateway/transcode/answer.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/errors/codes.h"
#include "gateway/text.h"
#include "gateway/transcode/json_writer.h"
#include "gateway/transcode/utf8.h"
#include "google/protobuf/arena.h"
#include "google/rpc/error_details.pb.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;

bool IsHttpBody(const pb::Descriptor& type) { return type.full_name() == "google.api.HttpBody"; }

Answer FromHttpBody(const pb::Message& body) {
  const auto& type = *body.GetDescriptor();
  Answer answer;
  answer.content_type = body.GetReflection()->GetString(body, type.FindFieldByNumber(1));
  answer.body = body.GetReflection()->GetString(body, type.FindFieldByNumber(2));
  bool clean = answer.content_type.find_first_of("\r\n") == std::string::npos && !answer.content_type.empty();
  if (!clean) answer.content_type = "application/octet-stream";
  return answer;
}

// What an error answer takes from the details of a status.
struct Gathered {
  std::string reason;
  std::string message;
  std::string details = "[";
  int retry_after_seconds = 0;
};

Gathered Gather(const google::rpc::Status& status, const TypeSource& types) {
  Gathered gathered;
  google::rpc::ErrorInfo info;
  google::rpc::LocalizedMessage localized;
  google::rpc::RetryInfo retry;
  for (const pb::Any& detail : status.details()) {
    if (detail.Is<google::rpc::DebugInfo>()) continue;
    if (gathered.reason.empty() && detail.UnpackTo(&info)) gathered.reason = info.reason();
    if (gathered.message.empty() && detail.UnpackTo(&localized)) gathered.message = localized.message();
    if (detail.UnpackTo(&retry)) {
      gathered.retry_after_seconds =
          static_cast<int>(retry.retry_delay().seconds()) + (retry.retry_delay().nanos() > 0 ? 1 : 0);
    }
    std::string json;
    if (!WriteJson(detail, types, json)) continue;
    absl::StrAppend(&gathered.details, gathered.details.size() > 1 ? "," : "", json);
  }
  gathered.details += ']';
  return gathered;
}

bool MayTellOfInside(int code) {
  return code == google::rpc::UNKNOWN || code == google::rpc::INTERNAL || code == google::rpc::DATA_LOSS;
}

Answer FromStatus(const google::rpc::Status& status, const TypeSource& types, std::string_view request_id,
                  errors::Language language) {
  Gathered gathered = Gather(status, types);
  if (gathered.reason.empty()) gathered.reason = CodeName(status.code());
  if (gathered.message.empty()) {
    bool shown = !MayTellOfInside(status.code()) && !status.message().empty();
    gathered.message = shown ? status.message() : errors::Text(type::REASON_INTERNAL, language);
  }
  Answer answer;
  answer.status = HttpStatus(status.code());
  answer.retry_after_seconds = gathered.retry_after_seconds;
  absl::StrAppend(&answer.body, "{\"code\":\"", CodeName(status.code()), "\",\"reason\":");
  WriteJsonString(gathered.reason, answer.body);
  answer.reason = std::move(gathered.reason);
  answer.body += ",\"message\":";
  WriteJsonString(gathered.message, answer.body);
  answer.body += ",\"requestId\":";
  WriteJsonString(request_id, answer.body);
  absl::StrAppend(&answer.body, ",\"details\":", gathered.details, "}");
  return answer;
}

}  // namespace

bool AnswersWithHttpBody(const Binding& binding) {
  const auto* field = binding.response_field;
  if (field == nullptr) return IsHttpBody(*binding.method->descriptor->output_type());
  return field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated() &&
         IsHttpBody(*field->message_type());
}

Answer MakeAnswer(const Binding& binding, const std::string& response, const TypeSource& types,
                  std::string_view request_id, errors::Language language) {
  pb::Arena arena;
  pb::Message& message = *binding.method->response->New(&arena);
  Answer answer;
  bool written = message.ParseFromString(response);
  const auto* field = binding.response_field;
  if (written && AnswersWithHttpBody(binding)) {
    return FromHttpBody(field == nullptr ? message : message.GetReflection()->GetMessage(message, field));
  }
  if (written && field != nullptr) {
    written = WriteJsonField(message, *field, types, answer.body);
  } else if (written) {
    answer.body.reserve(response.size() * 2 + 64);
    written = WriteJson(message, types, answer.body);
  }
  if (written && binding.answer_etag != nullptr) {
    const pb::Message& holder = field == nullptr ? message : message.GetReflection()->GetMessage(message, field);
    answer.etag = holder.GetReflection()->GetString(holder, binding.answer_etag);
  }
  if (written) return answer;
  return MakeErrorAnswer(errors::Internal(), types, request_id, language);
}

Answer MakeErrorAnswer(int code, std::string_view message, std::string_view details, const TypeSource& types,
                       std::string_view request_id, errors::Language language) {
  google::rpc::Status status;
  if (!details.empty() && !status.ParseFromArray(details.data(), static_cast<int>(details.size()))) status.Clear();
  // The header is what the protocol decides by; the details only explain it.
  status.set_code(code);
  if (status.message().empty() && IsUtf8(message)) status.set_message(std::string(message));
  return FromStatus(status, types, request_id, language);
}

Answer MakeErrorAnswer(const absl::Status& failure, const TypeSource& types, std::string_view request_id,
                       errors::Language language) {
  Answer answer = FromStatus(errors::ToWire(failure, language, request_id), types, request_id, language);
  errors::Reason reason = errors::ReasonOf(failure);
  if (reason == type::REASON_METHOD_NOT_ALLOWED) answer.status = 405;
  if (reason == type::REASON_BODY_TOO_LARGE) answer.status = 413;
  return answer;
}

}  // namespace wenming::gateway
