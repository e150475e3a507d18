#include "tests/support/database_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

namespace wenming::test {
namespace {

constexpr int kPollMillis = 20;

void Check(bool ok, const char* what) {
  if (ok) return;
  std::perror(what);
  std::exit(EXIT_FAILURE);
}

sockaddr_un Address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  Check(path.size() < sizeof(address.sun_path), "DatabaseProxy: path");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool SendAll(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace

DatabaseProxy::DatabaseProxy(const std::string& server) : server_(server) {
  std::string pattern = std::filesystem::temp_directory_path() / "wenming-proxy-XXXXXX";
  Check(mkdtemp(pattern.data()) != nullptr, "DatabaseProxy: mkdtemp");
  folder_ = pattern;
  socket_ = folder_ + "/db.sock";
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = Address(socket_);
  Check(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0, "DatabaseProxy: bind");
  Check(listen(listener_, 64) == 0, "DatabaseProxy: listen");
  acceptor_ = std::thread([this] { Accept(); });
}

DatabaseProxy::~DatabaseProxy() {
  stop_ = true;
  acceptor_.join();
  for (std::thread& connection : connections_) connection.join();
  close(listener_);
  std::filesystem::remove_all(folder_);
}

void DatabaseProxy::Accept() {
  while (!stop_) {
    pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, kPollMillis) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = Address(server_);
    Check(connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0, "DatabaseProxy: connect");
    connections_.emplace_back([this, client, server] { Forward(client, server); });
  }
}

void DatabaseProxy::Forward(int client, int server) {
  std::string buffer(1 << 16, '\0');
  bool losing = false;
  while (!stop_) {
    pollfd ends[2] = {{.fd = client, .events = POLLIN, .revents = 0}, {.fd = server, .events = POLLIN, .revents = 0}};
    if (poll(ends, 2, kPollMillis) <= 0) continue;
    const bool from_client = ends[0].revents != 0;
    const ssize_t size = recv(from_client ? client : server, buffer.data(), buffer.size(), 0);
    if (size <= 0) break;
    const std::string_view bytes(buffer.data(), static_cast<size_t>(size));
    if (!from_client && losing) {
      ++lost_;
      break;
    }
    // 0x03 is a statement sent as text.
    if (from_client &&
        bytes.substr(4) ==
            "\x03"
            "COMMIT" &&
        armed_.exchange(false))
      losing = true;
    if (!SendAll(from_client ? server : client, bytes)) break;
  }
  close(client);
  close(server);
}

}  // namespace wenming::test
