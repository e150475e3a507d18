#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/http/connection.h"
#include "gateway/observe/ids.h"
#include "gateway/server/shared.h"
#include "gateway/transcode/answer.h"
#include "gateway/upstream/channel.h"

namespace wenming::gateway {

// Answers HTTP/JSON requests by calling the services. Belongs to one loop.
class ApiHandler final : public http::Handler {
 public:
  ApiHandler(asio::io_context& loop, const Shared& shared, std::vector<std::unique_ptr<Channel>>& channels,
             IdSource& ids);

  void Handle(http::Request request, std::shared_ptr<http::Exchange> exchange) override;
  http::Response Refuse(http::Refusal refusal) override;

 private:
  struct Call;  // one request on its way

  void Route(std::shared_ptr<Call> call);
  void Forward(std::shared_ptr<Call> call, std::string message);
  void Fail(Call& call, const absl::Status& failure);
  void Finish(Call& call, Answer answer);

  asio::io_context& loop_;
  const Shared& shared_;
  std::vector<std::unique_ptr<Channel>>& channels_;
  IdSource& ids_;
};

}  // namespace wenming::gateway
