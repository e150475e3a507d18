#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace wenming::gateway {

// A process with nothing but /metrics, on a free port of the loopback address: answers each connection, one after the
// other, with the same bytes, and closes it.
class MetricsServer {
 public:
  // `answer` is sent as it is, head and all.
  explicit MetricsServer(std::string answer);
  ~MetricsServer();

  uint16_t port() const { return port_; }
  // How often it was asked; while held, it does not answer.
  int asked() const { return asked_; }
  void Hold(bool hold) { hold_ = hold; }

 private:
  void Run();

  const std::string answer_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> asked_ = 0;
  std::atomic<bool> hold_ = false;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

// The bytes of an answer of status 200 with this text.
std::string MetricsAnswer(const std::string& text);

}  // namespace wenming::gateway
