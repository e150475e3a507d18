#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "common/errors/errors.h"
#include "gateway/catalog/catalog.h"
#include "gateway/h2/session.h"
#include "gateway/http/message.h"
#include "gateway/limits/admission.h"
#include "gateway/observe/ids.h"
#include "gateway/server/shared.h"
#include "gateway/upstream/back_end.h"
#include "gateway/upstream/tries.h"

namespace wenming::gateway {

// What the forwarders of one loop have in common; longer-lived than they are.
struct EdgeContext {
  asio::io_context& loop;
  const Shared& shared;
  const http::Limits& limits;
  std::vector<std::unique_ptr<BackEnd>>& back_ends;
  IdSource& ids;
};

// One gRPC call between a client's stream and a service's stream, of any of the four kinds. Messages are not looked at.
//
// Flow control reaches through: the window of one side opens as bytes leave for the other, so that what is held here is
// bounded by the windows. A client that resets its stream resets the service's, and the other way round. A client that
// neither reads nor ends a call that is over has its stream reset at the call's deadline.
//
// Until the service has said something, what the client has sent is kept, up to a bound, so that a call which a replica
// has not begun goes to another; likewise one that may be made twice, where the connection was lost or the answer is
// UNAVAILABLE.
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
  void Try();
  void Open(std::shared_ptr<Channel> channel);
  bool IsRepeatable() const;
  void StopKeeping();
  void OnServiceSent(size_t bytes);
  void OnServiceHeaders(h2::Headers headers, bool trailers);
  void OnServiceData(std::string_view bytes);
  void OnServiceEnd();
  void OnServiceClose(uint32_t error_code);
  void Fail(const absl::Status& failure);
  void OnServiceStatus(h2::Headers headers, bool only_headers);
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
  std::optional<Tries> tries_;
  h2::Headers request_;                  // for the service
  absl::InlinedVector<char, 256> kept_;  // all that has come from the client, as long as there may be another try
  size_t credited_ = 0;                  // bytes of it that the client may send again
  size_t resent_ = 0;                    // bytes of this try that were credited in an earlier one
  size_t sent_ = 0;                      // bytes of this try
  Timer timer_;
  std::chrono::steady_clock::time_point begin_;
  limits::Share in_flight_;  // until both streams are gone
  limits::Share held_;       // what the client has not read yet
  bool keeping_ = true;
  bool has_headers_ = false;
  bool client_ended_ = false;
  bool responded_ = false;  // headers have been sent to the client
  bool finished_ = true;    // there is no call yet, or its status has been sent
};

}  // namespace wenming::gateway
