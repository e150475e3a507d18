#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gateway/http/message.h"

namespace wenming::gateway {

// Which pages of other origins may read the answers (the CORS protocol of the Fetch standard). Tokens travel in a
// header and never in a cookie, so credentials are not allowed and "*" gives nothing away that the token does not.
// Immutable and thread-safe.
class Cors {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // `origins` as CheckOrigin takes them; `request_headers` are allowed besides those the gateway knows itself.
  Cors(std::vector<std::string> origins, const std::vector<std::string>& request_headers);

  // INVALID_ARGUMENT for what is neither "*" nor an origin as browsers send it, "https://example.com:8443".
  static absl::Status CheckOrigin(const std::string& origin);

  // Adds what an answer to the request says about its readers; nothing where no origin is allowed at all.
  void Add(const http::Request& request, Headers& headers) const;
  // Adds what the answer to a preflight says besides; `allow` lists the methods of the path. Nothing for another
  // request.
  void AddPreflight(const http::Request& request, std::string_view allow, Headers& headers) const;

 private:
  bool Allows(std::string_view origin) const;

  const std::vector<std::string> origins_;
  std::string request_headers_;
  bool any_ = false;
};

}  // namespace wenming::gateway
