#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/errors/errors.h"
#include "gateway/catalog/catalog.h"
#include "gateway/h2/session.h"
#include "gateway/http/message.h"
#include "gateway/limits/admission.h"
#include "gateway/observe/ids.h"
#include "gateway/server/shared.h"
#include "gateway/upstream/channel.h"

namespace wenming::gateway {

// What the forwarders of one loop have in common; longer-lived than they are.
struct EdgeContext {
  asio::io_context& loop;
  const Shared& shared;
  const http::Limits& limits;
  std::vector<std::unique_ptr<Channel>>& channels;
  IdSource& ids;
};

// One gRPC call between a client's stream and a service's stream, of any of the four kinds. Messages are not looked at.
//
// Flow control reaches through: the window of one side opens as bytes leave for the other, so that what is held here is
// bounded by the windows. A client that resets its stream resets the service's, and the other way round. A client that
// neither reads nor ends a call that is over has its stream reset at the call's deadline.
class Forwarder final : public h2::StreamListener, public std::enable_shared_from_this<Forwarder> {
 public:
  // The listener for stream `stream` of the client's session. `certificate` is the thumbprint of the one that the
  // client has shown.
  static std::shared_ptr<Forwarder> Make(const EdgeContext& context, std::shared_ptr<h2::Session> client,
                                         std::string certificate, int32_t stream);

  // When the client began it, and whether it has said all of what it wants.
  std::chrono::steady_clock::time_point begin() const { return begin_; }
  bool has_headers() const { return has_headers_; }

  void OnHeaders(h2::Headers headers, bool trailers) override;
  void OnData(std::string_view bytes) override;
  void OnEnd() override;
  void OnSent(size_t bytes) override;
  void OnClose(uint32_t error_code) override;

 private:
  class ServiceSide;

  Forwarder(const EdgeContext& context, std::shared_ptr<h2::Session> client, std::string certificate, int32_t stream);
  std::chrono::nanoseconds Allowed(const h2::Headers& headers) const;
  void Open(std::shared_ptr<h2::Session> service);
  void OnServiceHeaders(h2::Headers headers, bool trailers);
  void OnServiceData(std::string_view bytes);
  void OnServiceEnd();
  void OnServiceClose();
  void Fail(const absl::Status& failure);
  void SendStatus(h2::Headers headers, bool only_headers);
  void ArmTimer();
  void Count(int code);

  const EdgeContext& context_;
  std::shared_ptr<h2::Session> client_;
  const int32_t client_stream_;
  std::shared_ptr<h2::Session> service_;
  int32_t service_stream_ = 0;

  const Method* method_ = nullptr;
  errors::Language language_ = errors::Language::kChinese;
  CallIdentity identity_;
  h2::Headers request_;  // for the service
  std::string waiting_;  // from the client, until the service's stream is open
  Timer timer_;
  std::chrono::steady_clock::time_point begin_;
  limits::Share in_flight_;  // until both streams are gone
  limits::Share held_;       // what the client has not read yet
  bool has_headers_ = false;
  bool client_ended_ = false;
  bool responded_ = false;  // headers have been sent to the client
  bool finished_ = true;    // there is no call yet, or its status has been sent
};

}  // namespace wenming::gateway
