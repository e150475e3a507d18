#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/http/handler.h"
#include "gateway/observe/ids.h"
#include "gateway/ops/gatherer.h"
#include "gateway/server/api_call.h"
#include "gateway/server/cache_stage.h"
#include "gateway/server/shared.h"
#include "gateway/transcode/answer.h"
#include "gateway/upstream/back_end.h"
#include "gateway/upstream/unary_call.h"

namespace wenming::gateway {

// Answers HTTP/JSON requests by calling the services. Belongs to one loop.
class ApiHandler final : public http::Handler {
 public:
  ApiHandler(asio::io_context& loop, const Shared& shared, std::vector<std::unique_ptr<BackEnd>>& back_ends,
             IdSource& ids);

  void Handle(http::Request request, std::shared_ptr<http::Exchange> exchange) override;
  http::Response Refuse(http::Refusal refusal) override;
  // Nothing is asked any more; calls at hand end with their connections.
  void Stop();

 private:
  // A page that belongs to no service.
  void Send(const http::Request& request, http::Exchange& exchange, http::Response page);
  // An answer from the cache.
  void SendKept(http::Request request, std::shared_ptr<http::Exchange> exchange, const CachedAnswer& kept,
                std::chrono::steady_clock::time_point now);
  // The stages of a request, in the order in which Handle goes through them; Fail may follow each.
  std::shared_ptr<ApiCall> Begin(http::Request request, std::shared_ptr<http::Exchange> exchange);
  absl::StatusOr<std::string> Message(const ApiCall& call) const;  // for the service, serialized
  // Answers OPTIONS, a browser's preflight above all.
  void TellMethods(ApiCall& call);
  void Forward(std::shared_ptr<ApiCall> call, std::string message);
  // Gathers the metrics of all processes for whom a service lets look at them.
  void ShowOps(std::shared_ptr<ApiCall> call);
  // Ends with its client, else calls `done`.
  void CallOnce(std::shared_ptr<ApiCall> call, BackEnd& back_end, UnaryRequest request, UnaryCall::Done done);
  // One call for all who ask for the same at once.
  void CallForAll(std::shared_ptr<ApiCall> call, BackEnd& back_end, UnaryRequest request);
  void Land(const ApiCall& first, const UnaryResult& result);
  void Stream(std::shared_ptr<ApiCall> call, BackEnd& back_end, UnaryRequest request);
  void Finish(ApiCall& call, Answer answer);
  void FinishWith(ApiCall& call, const UnaryResult& result);
  void Count(const ApiCall& call, int status);
  Answer ErrorAnswer(const ApiCall& call, const absl::Status& failure) const;
  void Fail(ApiCall& call, const absl::Status& failure);

  asio::io_context& loop_;
  const Shared& shared_;
  std::vector<std::unique_ptr<BackEnd>>& back_ends_;
  IdSource& ids_;
  http::DateText date_;
  CacheStage cache_;
  std::optional<ops::Gatherer> gatherer_;
};

}  // namespace wenming::gateway
