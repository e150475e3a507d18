// Where WeChat answers: checked once, at the start, as this address is told the secret of the application.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace wenming::wechat {

// The address without a slash at its end, to put a path behind. INVALID_ARGUMENT unless it is "https://HOST" with one
// of the hosts that WeChat documents (api.weixin.qq.com and its stand-bys) or, in development, a loopback host, where
// http and a port are good as well.
absl::StatusOr<std::string> CheckBaseUrl(const std::string& url, bool development);

}  // namespace wenming::wechat
