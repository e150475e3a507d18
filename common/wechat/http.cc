#include "common/wechat/http.h"

#include <curl/curl.h>

#include <cstdint>
#include <utility>

#include "absl/cleanup/cleanup.h"

namespace wenming::wechat {
namespace {

constexpr size_t kLongestBody = 64 << 10;
constexpr size_t kLongestHead = 16 << 10;

struct Reading {
  std::string body;
  size_t head = 0;
};

// Taking fewer bytes than were offered makes libcurl give up.
size_t TakeBody(const char* data, size_t size, size_t count, void* reading) {
  std::string& body = static_cast<Reading*>(reading)->body;
  if (body.size() + size * count > kLongestBody) return 0;
  body.append(data, size * count);
  return size * count;
}

size_t TakeHead(const char*, size_t size, size_t count, void* reading) {
  size_t& head = static_cast<Reading*>(reading)->head;
  head += size * count;
  return head > kLongestHead ? 0 : size * count;
}

}  // namespace

HttpClient::HttpClient(int most_at_once) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  for (int i = 0; i < most_at_once; ++i) free_.emplace_back(curl_easy_init(), &curl_easy_cleanup);
}

HttpClient::~HttpClient() {
  free_.clear();
  curl_global_cleanup();
}

std::optional<HttpClient::Place> HttpClient::TryEnter() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return std::nullopt;
  std::shared_ptr<void> handle = std::move(free_.back());
  free_.pop_back();
  return Place(*this, std::move(handle));
}

HttpClient::Place::~Place() {
  if (handle_ == nullptr) return;
  const std::lock_guard lock(client_->mutex_);
  client_->free_.push_back(std::move(handle_));
}

absl::StatusOr<HttpAnswer> HttpClient::Place::Get(const std::string& url, absl::Duration time) {
  return Perform(url, time);
}

absl::StatusOr<HttpAnswer> HttpClient::Place::Post(const std::string& url, const std::string& json,
                                                   absl::Duration time) {
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  headers = curl_slist_append(headers, "Expect:");
  const absl::Cleanup free = [headers] { curl_slist_free_all(headers); };
  curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle_.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(json.size()));
  curl_easy_setopt(handle_.get(), CURLOPT_POSTFIELDS, json.c_str());
  return Perform(url, time);
}

absl::StatusOr<HttpAnswer> HttpClient::Place::Perform(const std::string& url, absl::Duration time) {
  CURL* curl = handle_.get();
  // Nothing of this exchange stays in the handle but the open connection.
  const absl::Cleanup reset = [curl] { curl_easy_reset(curl); };
  const int64_t milliseconds = absl::ToInt64Milliseconds(time);
  if (milliseconds <= 0) return absl::UnavailableError("no time left");
  Reading reading;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(milliseconds));
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, url.rfind("https://", 0) == 0 ? "https" : "http");
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reading);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &TakeHead);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reading);
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) return absl::UnavailableError(curl_easy_strerror(code));
  HttpAnswer answer{.body = std::move(reading.body)};
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

std::string UrlEscaped(std::string_view text) {
  char* escaped = curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string copy(escaped == nullptr ? "" : escaped);
  curl_free(escaped);
  return copy;
}

}  // namespace wenming::wechat
