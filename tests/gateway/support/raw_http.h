#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wenming::gateway {

// An answer as it came over the socket. Header names in lower case.
struct RawResponse {
  int status = 0;  // 0: the connection ended before an answer
  std::map<std::string, std::string> headers;
  std::string body;
  bool whole = true;  // the body has come to the end that its framing promises
};

// A plain TCP connection to the loopback address: sends exactly the bytes it is given, and reads answers framed by
// Content-Length or in chunks. Reads give up after ten seconds.
class RawConnection {
 public:
  explicit RawConnection(uint16_t port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void Send(std::string_view bytes);
  RawResponse Receive(bool head_only = false);
  // The next `size` bytes; fewer when the connection ends before.
  std::string Take(size_t size);
  // Everything until the server closes.
  std::string ReceiveAll();
  // Whether there is something to read at once, the end of the connection included.
  bool HasInput() const;
  // Whether the server closes the connection, having sent nothing more.
  bool ClosedByServer();
  // Closes our side.
  void Close();

 private:
  bool Fill();
  // Moves the data of the chunks to `body`; false when the connection ends before the last one.
  bool ReadChunks(std::string& body);
  int fd_ = -1;
  std::string input_;
};

// One request on a connection of its own. `extra` are whole header lines, each with its CRLF.
RawResponse Fetch(uint16_t port, std::string_view method, std::string_view target, std::string_view body = {},
                  std::string_view extra = {});

}  // namespace wenming::gateway
