#include "tests/bench/load_client.h"

#include <boost/asio/dispatch.hpp>
#include <chrono>
#include <utility>

namespace wenming::bench {

namespace asio = gateway::asio;

LoadClient::LoadClient(int port, int connections) {
  const gateway::Address address{"127.0.0.1", static_cast<uint16_t>(port)};
  for (int i = 0; i < connections; ++i) {
    channels_.push_back(std::make_unique<gateway::Channel>(loop_, address, gateway::ChannelOptions(), [](bool) {}));
    asio::post(loop_, [channel = channels_.back().get()] { channel->Start(); });
  }
  thread_ = std::thread([this] { loop_.run(); });
}

LoadClient::~LoadClient() {
  asio::post(loop_, [this] {
    for (const auto& channel : channels_) channel->Stop();
    work_.reset();
  });
  thread_.join();
}

void LoadClient::Call(std::string path, std::string authorization, std::string message, absl::Duration patience,
                      gateway::UnaryCall::Done done) {
  gateway::UnaryRequest request{.path = std::move(path),
                                .metadata = {{"authorization", std::move(authorization)}},
                                .message = std::move(message),
                                .deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(patience)};
  asio::dispatch(loop_, [this, request = std::move(request), done = std::move(done)]() mutable {
    gateway::Channel& channel = *channels_[next_++ % channels_.size()];
    gateway::UnaryCall::Start(loop_, channel, std::move(request), std::move(done));
  });
}

}  // namespace wenming::bench
