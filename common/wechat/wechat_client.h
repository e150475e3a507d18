// WeChat's server, as the services of an application call it.
//
// Each call takes at most until its deadline and five seconds; errors are those that a caller of ours is told (see
// answers.h), everything that is no whole and correct answer being UNAVAILABLE with REASON_WECHAT_UNAVAILABLE. Codes,
// secrets, tokens, identifiers and phone numbers stand in no log, error or metric.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/wechat/access_tokens.h"
#include "common/wechat/answers.h"
#include "common/wechat/http.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace wenming::wechat {

struct WechatApp {
  std::string app_id;
  std::string secret;
};

// Thread-safe.
class WechatClient {
 public:
  // `url` as CheckBaseUrl answers it. References must outlive this; several applications may share `http`.
  WechatClient(std::string url, WechatApp app, HttpClient& http, observe::Clock clock, const observe::Logger& logger,
               prometheus::Registry& registry, absl::Duration longest = absl::Seconds(5));

  const std::string& app_id() const { return app_.app_id; }

  // Who has got the code from wx.login; a code is good once (code2session).
  absl::StatusOr<WechatUser> Code2Session(std::string_view code, absl::Time deadline);

  // The phone number whose owner has allowed it with the code (getuserphonenumber). INVALID_ARGUMENT with
  // REASON_BAD_FORMAT where it is not of mainland China.
  absl::StatusOr<std::string> PhoneNumber(std::string_view code, absl::Time deadline);

 private:
  class Exchange;

  void Count(const char* call, const std::string& outcome);
  absl::StatusOr<std::string> TakeToken(Exchange& exchange, const std::string* refused);

  const std::string url_;
  const WechatApp app_;
  HttpClient& http_;
  const observe::Clock clock_;
  const observe::Logger& logger_;
  const absl::Duration longest_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  AccessTokens tokens_;
};

}  // namespace wenming::wechat
