#include "gateway/server/api_handler.h"

#include <ctime>
#include <utility>

#include "common/errors/errors.h"
#include "gateway/server/admin_handler.h"
#include "gateway/server/conditions.h"
#include "gateway/server/response.h"
#include "gateway/server/stream_answer.h"
#include "gateway/transcode/request.h"
#include "gateway/upstream/unary_call.h"
#include "google/rpc/code.pb.h"

namespace wenming::gateway {
namespace {

using Clock = std::chrono::steady_clock;

absl::Status FailureOf(http::Refusal refusal) {
  switch (refusal) {
    case http::Refusal::kHeadTooLarge:
    case http::Refusal::kBodyTooLarge:
      return errors::Make(absl::StatusCode::kResourceExhausted, type::REASON_BODY_TOO_LARGE);
    case http::Refusal::kTimeout:
      return errors::DeadlineExceeded();
    case http::Refusal::kOverloaded:
      return errors::Overloaded(absl::Seconds(1));
    default:
      return errors::InvalidArgument(type::REASON_BAD_FORMAT, {{"expected_zh", "不是有效的 HTTP 请求"},
                                                               {"expected_en", "it is not a valid HTTP request"}});
  }
}

}  // namespace

ApiHandler::ApiHandler(asio::io_context& loop, const Shared& shared, std::vector<std::unique_ptr<BackEnd>>& back_ends,
                       IdSource& ids)
    : loop_(loop),
      shared_(shared),
      back_ends_(back_ends),
      ids_(ids),
      cache_(shared.policy, shared.cache_bytes, shared.cache) {
  if (shared.ops != nullptr) gatherer_.emplace(loop, shared.ops->targets, shared.ops->patience, observe::SystemClock());
}

void ApiHandler::Stop() {
  if (gatherer_) gatherer_->Stop();
}

void ApiHandler::Handle(http::Request request, std::shared_ptr<http::Exchange> exchange) {
  auto page = HealthAnswer(request.path(), shared_.readiness);
  if (!page) page = shared_.pages.Answer(request);
  if (page) return Send(request, *exchange, *std::move(page));
  if (gatherer_ && request.path() == kOpsMetricsPath) return ShowOps(Begin(std::move(request), std::move(exchange)));
  const Clock::time_point now = Clock::now();
  if (auto kept = cache_.Find(request, now)) return SendKept(std::move(request), std::move(exchange), *kept, now);
  std::shared_ptr<ApiCall> call = Begin(std::move(request), std::move(exchange));
  const absl::Status found = FindRoute(shared_.routes, *call);
  if (AsksForMethods(*call)) return TellMethods(*call);
  if (!found.ok()) return Fail(*call, found);
  if (absl::Status failure = Admit(shared_.admission, *call); !failure.ok()) return Fail(*call, failure);
  absl::StatusOr<std::string> message = Message(*call);
  if (!message.ok()) return Fail(*call, message.status());
  Forward(std::move(call), *std::move(message));
}

void ApiHandler::Send(const http::Request& request, http::Exchange& exchange, http::Response page) {
  page.headers.emplace_back("Date", date_.At(std::time(nullptr)));
  shared_.cors.Add(request, page.headers);
  exchange.Send(std::move(page));
}

void ApiHandler::SendKept(http::Request request, std::shared_ptr<http::Exchange> exchange, const CachedAnswer& kept,
                          Clock::time_point now) {
  http::Response rest;
  rest.headers.reserve(6);
  rest.headers.emplace_back("X-Request-Id", ids_.RequestId(request.Header("x-request-id")));
  rest.headers.emplace_back("Date", date_.At(std::time(nullptr)));
  // So that whoever keeps it behind us does not begin to count anew.
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - kept.stored).count();
  if (age > 0) rest.headers.emplace_back("Age", std::to_string(age));
  shared_.cors.Add(request, rest.headers);
  const auto status = Give(kept, request, std::move(rest), *exchange);
  if (status) return CountHttp(*kept.metrics, *status, std::chrono::duration<double>(Clock::now() - now).count());
  const std::shared_ptr<ApiCall> call = Begin(std::move(request), std::move(exchange));
  call->metrics = kept.metrics;
  Fail(*call, shared_.admission.NoRoom());
}

std::shared_ptr<ApiCall> ApiHandler::Begin(http::Request request, std::shared_ptr<http::Exchange> exchange) {
  auto call = std::make_shared<ApiCall>();
  call->begin = Clock::now();
  call->identity = {.request_id = ids_.RequestId(request.Header("x-request-id")),
                    .trace_parent = ids_.TraceParent(request.Header("traceparent")),
                    .peer = shared_.admission.ClientOf(exchange->peer(), request.headers)};
  call->language = errors::ParseAcceptLanguage(request.Header("accept-language"));
  call->request = std::move(request);
  call->exchange = std::move(exchange);
  call->metrics = shared_.routes.unmatched;
  call->date = &date_;
  shared_.cors.Add(call->request, call->headers);
  shared_.metrics.http_in_flight().Increment();
  return call;
}

void ApiHandler::TellMethods(ApiCall& call) {
  shared_.cors.AddPreflight(call.request, call.allow, call.headers);
  Finish(call, {.status = 204});
}

absl::StatusOr<std::string> ApiHandler::Message(const ApiCall& call) const {
  absl::StatusOr<std::string> etag = WantedEtag(call.request);
  if (!etag.ok()) return etag.status();
  RequestParts parts{.path_values = call.path_values,
                     .query = call.request.query(),
                     .content_type = call.request.Header("content-type"),
                     .body = call.request.body,
                     .idempotency_key = call.request.Header("idempotency-key"),
                     .etag = *etag};
  return MakeRequest(*call.binding, parts, shared_.catalog);
}

void ApiHandler::Forward(std::shared_ptr<ApiCall> call, std::string message) {
  const Method& method = *call->binding->method;
  const std::chrono::nanoseconds most = method.streams() ? kLongestStream : shared_.call_time;
  UnaryRequest request{.path = method.path,
                       .metadata = shared_.policy.Metadata(call->request.headers, call->identity),
                       .message = std::move(message),
                       .deadline = DeadlineOf(call->request, call->begin, most),
                       .repeatable = {.always = method.idempotent, .request_id = method.request_id_field}};
  std::exchange(call->request.body, {});  // with its memory
  BackEnd& back_end = *back_ends_[shared_.back_end_of_package[method.backend]];
  if (cache_.Takes(*call)) return CallForAll(std::move(call), back_end, std::move(request));
  method.streams()
      ? Stream(std::move(call), back_end, std::move(request))
      : CallOnce(call, back_end, std::move(request), [this, call](UnaryResult result) { FinishWith(*call, result); });
}

void ApiHandler::ShowOps(std::shared_ptr<ApiCall> call) {
  call->metrics = nullptr;  // whoever looks should not see himself: neither here nor, below, among the calls at hand
  if (call->request.method != "GET" && call->request.method != "HEAD") {
    call->allow = "GET, HEAD, OPTIONS";
    if (AsksForMethods(*call)) return TellMethods(*call);
    return Fail(*call, errors::Make(absl::StatusCode::kUnimplemented, type::REASON_METHOD_NOT_ALLOWED));
  }
  if (absl::Status failure = Admit(shared_.admission, *call); !failure.ok()) return Fail(*call, failure);
  const Method& access = *shared_.ops->access;
  UnaryRequest request{.path = access.path,
                       .metadata = shared_.policy.Metadata(call->request.headers, call->identity),
                       .message = {},
                       .deadline = DeadlineOf(call->request, call->begin, shared_.call_time)};
  BackEnd& back_end = *back_ends_[shared_.back_end_of_package[access.backend]];
  CallOnce(call, back_end, std::move(request), [this, call](const UnaryResult& result) {
    call->exchange->OnAbort(nullptr);
    if (!result.ok()) return FinishWith(*call, result);
    call->in_flight = {};
    gatherer_->Get([this, call](const std::string& report) { Finish(*call, {.body = report}); });
  });
}

void ApiHandler::CallOnce(std::shared_ptr<ApiCall> call, BackEnd& back_end, UnaryRequest request,
                          UnaryCall::Done done) {
  auto exchange = call->exchange;
  auto upstream = UnaryCall::Start(loop_, back_end, std::move(request), std::move(done));
  if (upstream->finished()) return;
  exchange->OnAbort([this, call, weak = std::weak_ptr<UnaryCall>(upstream)] {
    auto running = weak.lock();
    if (running == nullptr) return;
    running->Cancel();
    Finish(*call, {.status = 499});
  });
}

void ApiHandler::CallForAll(std::shared_ptr<ApiCall> call, BackEnd& back_end, UnaryRequest request) {
  auto flight = cache_.Join(call);
  call->exchange->OnAbort([this, call] {
    cache_.Leave(*call);
    Finish(*call, {.status = 499});
  });
  if (flight->waiting.size() > 1) return;
  auto upstream =
      UnaryCall::Start(loop_, back_end, std::move(request), [this, call](UnaryResult result) { Land(*call, result); });
  flight->upstream = upstream;
}

// Whoever has begun the flight may have gone; the others get what was asked for in its name.
void ApiHandler::Land(const ApiCall& first, const UnaryResult& result) {
  std::shared_ptr<const CachedAnswer> kept;
  if (result.ok()) {
    Answer answer =
        MakeAnswer(*first.binding, result.response, shared_.catalog, first.identity.request_id, first.language);
    if (answer.status == 200) kept = cache_.Keep(first, std::move(answer), Clock::now());
  }
  for (const std::shared_ptr<ApiCall>& call : cache_.Land(first)) {
    if (kept == nullptr) {
      FinishWith(*call, result);
      continue;
    }
    http::Response rest;
    rest.headers = {{"X-Request-Id", call->identity.request_id}, {"Date", date_.At(std::time(nullptr))}};
    rest.headers.insert(rest.headers.end(), call->headers.begin(), call->headers.end());
    const auto status = Give(*kept, call->request, std::move(rest), *call->exchange);
    status ? Count(*call, *status) : Fail(*call, shared_.admission.NoRoom());
  }
}

void ApiHandler::Stream(std::shared_ptr<ApiCall> call, BackEnd& back_end, UnaryRequest request) {
  const StreamAnswer::Context context{loop_, back_end, shared_.catalog, shared_.admission, shared_.stream_comment};
  StreamAnswer::Start(context, call, std::move(request), [this, call](Answer answer, bool begun) {
    begun ? Count(*call, answer.status) : Finish(*call, std::move(answer));
  });
}

Answer ApiHandler::ErrorAnswer(const ApiCall& call, const absl::Status& failure) const {
  return MakeErrorAnswer(failure, shared_.catalog, call.identity.request_id, call.language);
}

void ApiHandler::Fail(ApiCall& call, const absl::Status& failure) { Finish(call, ErrorAnswer(call, failure)); }

void ApiHandler::FinishWith(ApiCall& call, const UnaryResult& result) {
  Finish(call, result.ok() ? MakeAnswer(*call.binding, result.response, shared_.catalog, call.identity.request_id,
                                        call.language)
                           : FailureAnswer(result, call, shared_.catalog));
}

void ApiHandler::Count(const ApiCall& call, int status) {
  shared_.metrics.http_in_flight().Decrement();
  if (call.metrics == nullptr) return;
  CountHttp(*call.metrics, status, std::chrono::duration<double>(Clock::now() - call.begin).count());
}

void ApiHandler::Finish(ApiCall& call, Answer answer) {
  ApplyConditions(call, shared_.catalog, answer);
  Pack(call, answer);
  if (!call.exchange->TakeRoom(answer.body.size())) {
    answer = ErrorAnswer(call, shared_.admission.NoRoom());
  }
  Count(call, answer.status);
  call.exchange->Send(ToResponse(std::move(answer), call));
}

http::Response ApiHandler::Refuse(http::Refusal refusal) {
  std::string request_id = ids_.RequestId();
  const absl::Status failure = refusal == http::Refusal::kNoRoom ? shared_.admission.NoRoom() : FailureOf(refusal);
  Answer answer = MakeErrorAnswer(failure, shared_.catalog, request_id, errors::Language::kChinese);
  answer.status = http::StatusOf(refusal);
  CountHttp(*shared_.routes.unmatched, answer.status, 0);
  http::Response response = ToResponse(std::move(answer), request_id);
  response.headers.emplace_back("Date", date_.At(std::time(nullptr)));
  return response;
}

}  // namespace wenming::gateway
