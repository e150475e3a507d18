// Short HTTP exchanges with one trusted server, by libcurl: bounded in time, in size and in number.
//
// No redirects are followed, no proxies taken from the environment, certificates are verified (TLS 1.2 or later), and
// an answer is read up to 64 KiB. Errors name what went wrong in libcurl's fixed words, never an address, as addresses
// hold secrets here.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wenming::wechat {

struct HttpAnswer {
  long status = 0;
  std::string body;
};

// Thread-safe. At most so many exchanges run at a time, so that a slow server cannot hold all threads of ours.
class HttpClient {
 public:
  explicit HttpClient(int most_at_once);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // The right to talk to the server, given back at its end. Used by one thread; keeps its connection for the next.
  class Place {
   public:
    Place(HttpClient& client, std::shared_ptr<void> handle) : client_(&client), handle_(std::move(handle)) {}
    Place(Place&& other) = default;
    Place& operator=(Place&& other) = delete;
    ~Place();

    // UNAVAILABLE for everything that is no whole answer within `time`.
    absl::StatusOr<HttpAnswer> Get(const std::string& url, absl::Duration time);
    absl::StatusOr<HttpAnswer> Post(const std::string& url, const std::string& json, absl::Duration time);

   private:
    absl::StatusOr<HttpAnswer> Perform(const std::string& url, absl::Duration time);

    HttpClient* client_;
    std::shared_ptr<void> handle_;  // a CURL; empty where moved from
  };

  // Nothing when all places are taken.
  std::optional<Place> TryEnter();

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<void>> free_;
};

// As a value in the query of an address.
std::string UrlEscaped(std::string_view text);

}  // namespace wenming::wechat
