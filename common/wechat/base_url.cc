#include "common/wechat/base_url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace wenming::wechat {
namespace {

constexpr std::string_view kHosts[] = {"api.weixin.qq.com", "api2.weixin.qq.com", "sh.api.weixin.qq.com",
                                       "sz.api.weixin.qq.com", "hk.api.weixin.qq.com"};
constexpr std::string_view kLoopback[] = {"localhost", "127.0.0.1", "[::1]"};

template <size_t N>
bool IsOneOf(std::string_view host, const std::string_view (&hosts)[N]) {
  return std::find(std::begin(hosts), std::end(hosts), host) != std::end(hosts);
}

// libcurl's own reading of the address, so that what is checked is what is called.
class Url {
 public:
  explicit Url(const std::string& text) : url_(curl_url(), &curl_url_cleanup) {
    understood_ = url_ != nullptr && curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
  }

  bool understood() const { return understood_; }

  // Empty where there is no such part.
  std::string Part(CURLUPart part) const {
    char* text = nullptr;
    if (curl_url_get(url_.get(), part, &text, 0) != CURLUE_OK) return "";
    std::string copy(text);
    curl_free(text);
    return copy;
  }

  bool HasOnlySchemeHostAndPort() const {
    const std::string path = Part(CURLUPART_PATH);
    return (path.empty() || path == "/") && Part(CURLUPART_QUERY).empty() && Part(CURLUPART_FRAGMENT).empty() &&
           Part(CURLUPART_USER).empty() && Part(CURLUPART_PASSWORD).empty();
  }

 private:
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url_;
  bool understood_ = false;
};

}  // namespace

absl::StatusOr<std::string> CheckBaseUrl(const std::string& text, bool development) {
  const Url url(text);
  if (!url.understood() || !url.HasOnlySchemeHostAndPort()) {
    return absl::InvalidArgumentError("the address of WeChat should look like https://api.weixin.qq.com");
  }
  const std::string scheme = url.Part(CURLUPART_SCHEME), host = url.Part(CURLUPART_HOST),
                    port = url.Part(CURLUPART_PORT);
  if (scheme == "https" && IsOneOf(host, kHosts) && (port.empty() || port == "443")) {
    return absl::StrCat("https://", host);
  }
  if (development && (scheme == "https" || scheme == "http") && IsOneOf(host, kLoopback)) {
    return absl::StrCat(scheme, "://", host, port.empty() ? "" : ":", port);
  }
  return absl::InvalidArgumentError(absl::StrCat("not an address of WeChat: ", scheme, "://", host));
}

}  // namespace wenming::wechat
