#include "tests/gateway/support/raw_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <utility>

namespace wenming::gateway {

RawConnection::RawConnection(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  timeval limit{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) Close();
}

RawConnection::~RawConnection() { Close(); }

void RawConnection::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void RawConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

bool RawConnection::Fill() {
  char chunk[16384];
  ssize_t size = recv(fd_, chunk, sizeof(chunk), 0);
  if (size <= 0) return false;
  input_.append(chunk, static_cast<size_t>(size));
  return true;
}

RawResponse RawConnection::Receive(bool head_only) {
  size_t end;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return {};
  }
  RawResponse response;
  response.status = std::atoi(input_.c_str() + sizeof("HTTP/1.1"));
  for (size_t line = input_.find("\r\n") + 2; line < end;) {
    size_t stop = input_.find("\r\n", line);
    size_t colon = input_.find(": ", line);
    std::string name = input_.substr(line, colon - line);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    // Several headers of one name are one list.
    std::string& value = response.headers[name];
    value.append(value.empty() ? "" : ", ").append(input_, colon + 2, stop - colon - 2);
    line = stop + 2;
  }
  input_.erase(0, end + 4);
  if (!head_only && response.headers["transfer-encoding"] == "chunked") {
    response.whole = ReadChunks(response.body);
    return response;
  }
  size_t length = head_only ? 0 : static_cast<size_t>(std::atoi(response.headers["content-length"].c_str()));
  while (input_.size() < length) {
    if (!Fill()) return {};
  }
  response.body = input_.substr(0, length);
  input_.erase(0, length);
  return response;
}

std::string RawConnection::Take(size_t size) {
  while (input_.size() < size && Fill()) continue;
  std::string taken = input_.substr(0, size);
  input_.erase(0, taken.size());
  return taken;
}

std::string RawConnection::ReceiveAll() {
  while (Fill()) continue;
  return std::exchange(input_, {});
}

bool RawConnection::ReadChunks(std::string& body) {
  while (true) {
    size_t line;
    while ((line = input_.find("\r\n")) == std::string::npos) {
      if (!Fill()) return false;
    }
    const size_t size = std::strtoul(input_.c_str(), nullptr, 16);
    while (input_.size() < line + 2 + size + 2) {
      if (!Fill()) return false;
    }
    body.append(input_, line + 2, size);
    input_.erase(0, line + 2 + size + 2);
    if (size == 0) return true;
  }
}

bool RawConnection::HasInput() const {
  pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
  return !input_.empty() || poll(&waiting, 1, 0) > 0;
}

bool RawConnection::ClosedByServer() {
  char byte;
  return input_.empty() && recv(fd_, &byte, 1, 0) == 0;
}

RawResponse Fetch(uint16_t port, std::string_view method, std::string_view target, std::string_view body,
                  std::string_view extra) {
  RawConnection connection(port);
  std::string request(method);
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(extra);
  if (!body.empty()) request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  request.append("\r\n").append(body);
  connection.Send(request);
  return connection.Receive(method == "HEAD");
}

}  // namespace wenming::gateway
