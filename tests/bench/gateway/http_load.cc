// A load client for HTTP/1.1 on the loopback: connections that send one request after the other, on one epoll loop.
//
//   http_load PORT SECONDS CONNECTIONS TARGET [BODY_FILE]
//
// GET, or POST of the file as JSON. One JSON line with the rate and the exact quantiles of the time from a request to
// its whole answer; exit status 1 where an answer is not a 200 or a connection breaks.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/closed_loop.h"
#include "tests/bench/gateway/http_answer.h"

namespace {

using Clock = std::chrono::steady_clock;
using wenming::bench::HttpAnswer;
using wenming::bench::Quantile;

int Connect(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return -1;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return fd;
}

std::string Request(const std::string& target, const std::string& body) {
  std::string request = (body.empty() ? "GET " : "POST ") + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (!body.empty()) {
    request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return request + "\r\n" + body;
}

struct Tally {
  std::vector<double> milliseconds;
  long failed = 0;
};

// One connection; its socket does not block.
class Caller {
 public:
  Caller(int fd, const std::string& request, int epoll) : fd_(fd), request_(request), epoll_(epoll) {}

  void Send() {
    began_ = Clock::now();
    sent_ = 0;
    answer_.Reset();
    Continue();
  }

  // Whether the answer is whole; false where more has to come. A failure counts and ends the caller.
  bool OnReady(uint32_t events, Tally& tally) {
    if ((events & EPOLLOUT) != 0) Continue();
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return false;
    std::array<char, 64 * 1024> buffer;
    while (true) {
      const ssize_t size = recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size < 0 && errno == EAGAIN) return false;
      if (size <= 0) return Fail(tally);
      std::string_view input(buffer.data(), static_cast<size_t>(size));
      if (!kept_.empty()) input = kept_.append(input);
      const auto state = answer_.Take(input);
      if (state == HttpAnswer::State::kBroken) return Fail(tally);
      std::string rest(input);
      kept_ = std::move(rest);
      if (state == HttpAnswer::State::kMore) {
        if (static_cast<size_t>(size) < buffer.size()) return false;
        continue;
      }
      tally.milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began_).count());
      if (answer_.status() != 200) ++tally.failed;
      return true;
    }
  }

 private:
  void Continue() {
    while (sent_ < request_.size()) {
      const ssize_t size = send(fd_, request_.data() + sent_, request_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (size <= 0) break;
      sent_ += static_cast<size_t>(size);
    }
    const bool waits = sent_ < request_.size();
    if (waits == watches_out_) return;
    watches_out_ = waits;
    epoll_event event{.events = EPOLLIN | (waits ? static_cast<uint32_t>(EPOLLOUT) : 0U), .data = {.ptr = this}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, fd_, &event);
  }

  bool Fail(Tally& tally) {
    ++tally.failed;
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd_, nullptr);
    return false;
  }

  const int fd_;
  const std::string& request_;
  const int epoll_;
  Clock::time_point began_;
  size_t sent_ = 0;
  bool watches_out_ = false;
  HttpAnswer answer_;
  std::string kept_;  // of the answer, read but not taken yet
};

int Run(uint16_t port, double seconds, int connections, const std::string& request) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < connections; ++i) {
    const int fd = Connect(port);
    if (fd < 0) {
      std::perror("http_load: connect");
      return 1;
    }
    callers.push_back(std::make_unique<Caller>(fd, request, epoll));
    epoll_event event{.events = EPOLLIN, .data = {.ptr = callers.back().get()}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
  Tally tally;
  tally.milliseconds.reserve(1 << 20);
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (auto& caller : callers) caller->Send();
  std::array<epoll_event, 64> events;
  // However slow they are: each has an answer in the end.
  const auto patience = end + std::chrono::seconds(30);
  const auto goes_on = [&] {
    if (tally.failed > 0) return false;
    const auto now = Clock::now();
    return now < end || (tally.milliseconds.size() < callers.size() && now < patience);
  };
  while (goes_on()) {
    const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < ready; ++i) {
      auto& caller = *static_cast<Caller*>(events[i].data.ptr);
      if (caller.OnReady(events[i].events, tally)) caller.Send();
    }
  }
  const double took = std::chrono::duration<double>(Clock::now() - begin).count();
  const size_t answers = tally.milliseconds.size();
  std::printf("{\"answers\":%zu,\"qps\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"failed\":%ld}\n", answers,
              static_cast<double>(answers) / took, Quantile(tally.milliseconds, 0.5),
              Quantile(tally.milliseconds, 0.99), tally.failed);
  return tally.failed == 0 && answers > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: http_load PORT SECONDS CONNECTIONS TARGET [BODY_FILE]\n");
    return 2;
  }
  std::string body;
  if (argc > 5) {
    std::ifstream file(argv[5], std::ios::binary);
    body.assign(std::istreambuf_iterator<char>(file), {});
  }
  return Run(static_cast<uint16_t>(std::atoi(argv[1])), std::atof(argv[2]), std::atoi(argv[3]), Request(argv[4], body));
}
