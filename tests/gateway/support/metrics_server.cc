#include "tests/gateway/support/metrics_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace wenming::gateway {

MetricsServer::MetricsServer(std::string answer)
    : answer_(std::move(answer)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, 64);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

MetricsServer::~MetricsServer() {
  stop_ = true;
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void MetricsServer::Run() {
  for (int client; (client = accept(listener_, nullptr, nullptr)) >= 0; close(client)) {
    std::string head;
    char chunk[4096];
    while (head.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = recv(client, chunk, sizeof(chunk), 0);
      if (got <= 0) break;
      head.append(chunk, static_cast<size_t>(got));
    }
    if (head.rfind("GET /metrics HTTP/1.1\r\n", 0) != 0) continue;
    ++asked_;
    while (hold_ && !stop_) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL);
  }
}

std::string MetricsAnswer(const std::string& text) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" +
         text;
}

}  // namespace wenming::gateway
