#include "common/rpc/pipeline.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "common/observe/trace.h"
#include "google/api/annotations.pb.h"

namespace wenming::rpc {
namespace {

constexpr absl::string_view kBearer = "bearer ";

// A request id is echoed into logs and answers, so it is taken only when it is short and plain.
bool IsPlainRequestId(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

bool IsServersFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss || code == absl::StatusCode::kUnimplemented;
}

// Whatever may have an effect, that is everything that is not got, and what reveals; but not the services' own methods.
bool IsRecorded(const google::protobuf::MethodDescriptor& method, const type::Access& access) {
  if (access.reveals()) return true;
  const bool for_services =
      std::ranges::all_of(access.audiences(), [](int audience) { return audience == type::AUDIENCE_SERVICE; });
  const auto& http = method.options().GetExtension(google::api::http);
  return !for_services && http.pattern_case() != google::api::HttpRule::kGet;
}

bool IsFor(const type::Access& access, type::Audience audience) {
  return std::ranges::find(access.audiences(), audience) != access.audiences().end();
}

}  // namespace

// The order of concerns, outermost first. Metrics and logs stand around all of them (Finish); idempotency stands inside
// the handler's transaction, where it must be to be true.
const Pipeline::Concern Pipeline::kConcerns[] = {
    &Pipeline::Trace,     &Pipeline::Deadline, &Pipeline::Authenticate,
    &Pipeline::Authorise, &Pipeline::Validate, &Pipeline::Time,
};

absl::StatusOr<std::vector<MethodRuntime>> Pipeline::Resolve(const Service& service) const {
  if (auto status = service.CheckComplete(); !status.ok()) return status;
  std::vector<MethodRuntime> resolved;
  for (const Method& method : service.methods()) {
    auto access = AccessRule::Compile(*method.descriptor);
    if (!access.ok()) return access.status();
    const std::string& service_name = method.descriptor->service()->full_name();
    const bool recorded = method.stream == nullptr && IsRecorded(*method.descriptor, access->access());
    resolved.push_back(MethodRuntime{
        .method = method,
        .access = *std::move(access),
        .validator = Validator(*method.descriptor->input_type()),
        .metrics = options_.metrics->ForMethod(service_name, method.descriptor->name(), method.stream != nullptr),
        .path = absl::StrCat("/", service_name, "/", method.descriptor->name()),
        .recorded = recorded});
  }
  return resolved;
}

absl::Status Pipeline::Admit(const MethodRuntime& method, const Envelope& envelope, const Message& request,
                             Call& call) const {
  const Step step{method, envelope, request, call};
  call.method = method.path;
  call.arrival = call.now = options_.clock();
  call.directory = options_.directory;
  absl::Status status = RunConcerns(step);
  if (absl::IsPermissionDenied(status) && method.recorded && options_.refused) {
    options_.refused(call, request, status.code());
  }
  return status;
}

absl::Status Pipeline::RunConcerns(const Step& step) const {
  for (const Concern concern : kConcerns) {
    if (absl::Status status = (this->*concern)(step); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Pipeline::Trace(const Step& step) const {
  if (const auto header = step.envelope.metadata("traceparent")) {
    if (const auto context = observe::ParseTraceparent(*header)) step.call.trace_id = context->trace_id;
  }
  if (const auto id = step.envelope.metadata("x-request-id"); id && IsPlainRequestId(*id)) step.call.request_id = *id;
  if (const auto language = step.envelope.metadata("accept-language")) {
    step.call.language = errors::ParseAcceptLanguage(*language);
  }
  // The gateway alone speaks to the services, and lets no client set these.
  if (const auto address = step.envelope.metadata("x-forwarded-for")) step.call.address = *address;
  if (const auto certificate = step.envelope.metadata("x-wenming-client-certificate")) {
    step.call.certificate = *certificate;
  }
  return absl::OkStatus();
}

absl::Status Pipeline::Deadline(const Step& step) const {
  step.call.deadline = std::min(step.envelope.deadline, step.call.arrival + options_.longest);
  return step.call.deadline <= step.call.arrival ? errors::DeadlineExceeded() : absl::OkStatus();
}

absl::Status Pipeline::Authenticate(const Step& step) const {
  const auto header = step.envelope.metadata("authorization");
  if (!header) return absl::OkStatus();
  const absl::string_view value(header->data(), header->size());
  // The scheme in any case, and blanks (RFC 9110 section 11.4).
  if (!absl::StartsWithIgnoreCase(value, kBearer)) return errors::Unauthenticated(type::REASON_TOKEN_INVALID);
  const size_t token = std::min(header->find_first_not_of(' ', kBearer.size()), header->size());
  auto caller = options_.verifier->Verify(header->substr(token), step.call.arrival);
  if (!caller.ok()) return caller.status();
  if (absl::Status bound = CheckBonds(*caller, step.call); !bound.ok()) return bound;
  step.call.caller = *std::move(caller);
  return absl::OkStatus();
}

// A token is good in its session, and on its certificate, only.
absl::Status Pipeline::CheckBonds(const auth::Caller& caller, const Call& call) const {
  if (!caller.certificate.empty() && caller.certificate != call.certificate) {
    return errors::Unauthenticated(type::REASON_CLIENT_CERTIFICATE);
  }
  const auth::Revocations* revocations = nullptr;
  if (caller.kind == auth::CallerKind::kStaff) revocations = options_.staff_revocations;
  if (caller.kind == auth::CallerKind::kVolunteer) revocations = options_.volunteer_revocations;
  if (revocations == nullptr) return absl::OkStatus();
  if (revocations->Contains(caller.session_id)) return errors::Unauthenticated(type::REASON_TOKEN_REVOKED);
  if (revocations->Ready(call.arrival)) return absl::OkStatus();
  return errors::Unavailable(type::REASON_DIRECTORY_UNAVAILABLE, absl::Seconds(1));
}

absl::Status Pipeline::Authorise(const Step& step) const {
  auto status = step.method.access.Check(step.request, step.call);
  if (!status.ok() || step.call.center_id != 0 || options_.directory == nullptr) return status;
  const auto code = step.envelope.metadata("x-wenming-center");
  const auto center = code ? options_.directory->FindCenterByCode(*code) : options_.directory->OnlyCenter();
  if (center) step.call.center_id = center->id;
  return status;
}

absl::Status Pipeline::Validate(const Step& step) const { return step.method.validator.Check(step.request); }

absl::Status Pipeline::Time(const Step& step) const {
  const auto header = step.envelope.metadata("x-wenming-now");
  if (!header) return absl::OkStatus();
  if (!options_.development) return errors::InvalidField("x-wenming-now", type::REASON_DEVELOPMENT_ONLY);
  std::string fault;
  if (!absl::ParseTime(absl::RFC3339_full, absl::string_view(header->data(), header->size()), &step.call.now, &fault)) {
    return errors::InvalidField("x-wenming-now", type::REASON_BAD_FORMAT,
                                {{"expected_zh", "应为 RFC 3339 时间"}, {"expected_en", "an RFC 3339 time"}});
  }
  return absl::OkStatus();
}

absl::Status Pipeline::Handle(const MethodRuntime& method, const Call& call, const Message& request,
                              const Answer& answer) const {
  call.access_decided = call.audited = false;
  return Conclude(method, call, request, method.method.unary(call, request, answer));
}

void Pipeline::HandOver(const MethodRuntime& method, const Call& call, const Message& request,
                        std::unique_ptr<AnswerSink> sink) const {
  call.access_decided = call.audited = false;
  method.method.async(call, request, std::move(sink));
}

absl::Status Pipeline::Conclude(const MethodRuntime& method, const Call& call, const Message& request,
                                const absl::Status& status) const {
  if (status.ok() && (call.IsStaff() || call.IsClient()) && method.access.HandlerDecides() && !call.access_decided) {
    options_.logger->Error("the handler answered without deciding about access", {{"method", method.path}});
    return errors::Internal();
  }
  if (!method.recorded || call.audited) return status;
  if (status.ok()) {
    options_.logger->Error("the handler answered without a record in the audit log", {{"method", method.path}});
    return errors::Internal();
  }
  // Who is refused a log-in is nobody yet.
  const bool log_in = absl::IsUnauthenticated(status) && IsFor(method.access.access(), type::AUDIENCE_PUBLIC);
  if ((absl::IsPermissionDenied(status) || log_in) && options_.refused) options_.refused(call, request, status.code());
  return status;
}

void Pipeline::Finish(MethodRuntime& method, const Call& call, const absl::Status& status, absl::Time began) const {
  const absl::Duration took = options_.clock() - began;
  method.metrics.Handled(status.code(), took);
  if (!IsServersFault(status.code())) return;
  const std::string message(status.message());
  options_.logger->Error("a call failed", {{"method", method.path},
                                           {"code", absl::StatusCodeToString(status.code())},
                                           {"error", message},
                                           {"request_id", call.request_id},
                                           {"trace_id", call.trace_id},
                                           {"caller_kind", static_cast<int>(call.caller.kind)},
                                           {"seconds", absl::ToDoubleSeconds(took)}});
}

}  // namespace wenming::rpc
