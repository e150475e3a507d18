// What WeChat's server says, read strictly, and what that means to a caller of ours. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wenming::wechat {

// Who has logged in to WeChat.
struct WechatUser {
  std::string openid;   // in this application
  std::string unionid;  // in all applications of their owner; empty where WeChat tells none
};

struct IssuedToken {
  std::string text;
  absl::Duration lifetime;
};

// What an answer holds: its errcode (0 for success) and, then only, the value.
template <typename T>
struct Reply {
  int64_t errcode = 0;
  T value = {};
};

// DATA_LOSS for a text that is no such answer, whose form is not as documented, or that is meant for another
// application. The buffer is wiped: the session_key goes no further than here.
absl::StatusOr<Reply<WechatUser>> ReadSession(std::string body);
absl::StatusOr<Reply<IssuedToken>> ReadToken(std::string body);
// The number without its country code; empty where it is none of mainland China.
absl::StatusOr<Reply<std::string>> ReadPhoneNumber(std::string body, std::string_view app_id);

// An access token that is no good (any more), so that another one may help.
bool IsTokenRefusal(int64_t errcode);
// A fault of our own configuration or account, which waiting does not mend.
bool IsConfigurationFault(int64_t errcode);

// What a caller is told: INVALID_ARGUMENT with REASON_WECHAT_CODE_INVALID, PERMISSION_DENIED with …_USER_BLOCKED, both
// final; UNAVAILABLE with …_TOO_FREQUENT, or with …_UNAVAILABLE for all others, both with the time to wait.
absl::Status LogInRefusal(int64_t errcode);
// The same for a phone code, which is refused with REASON_WECHAT_PHONE_CODE_INVALID.
absl::Status PhoneRefusal(int64_t errcode);
absl::Status Unavailable();

}  // namespace wenming::wechat
