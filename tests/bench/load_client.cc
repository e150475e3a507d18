#include "tests/bench/load_client.h"

#include <boost/asio/dispatch.hpp>
#include <chrono>
#include <utility>

namespace wenming::bench {

namespace asio = gateway::asio;

LoadClient::LoadClient(int port, int connections)
    : back_end_(loop_,
                {static_cast<size_t>(connections), {{"127.0.0.1", static_cast<uint16_t>(port)}, [](auto, auto&) {}}},
                {}, gateway::SystemLookUp(loop_), metrics_, /*seed=*/0) {
  asio::post(loop_, [this] { back_end_.Start(); });
  thread_ = std::thread([this] { loop_.run(); });
}

LoadClient::~LoadClient() {
  asio::post(loop_, [this] {
    back_end_.Stop();
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
    gateway::UnaryCall::Start(loop_, back_end_, std::move(request), std::move(done));
  });
}

}  // namespace wenming::bench
