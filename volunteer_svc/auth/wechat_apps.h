// The applications at WeChat that people log in with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/wechat/http.h"
#include "common/wechat/wechat_client.h"
#include "prometheus/registry.h"

namespace wenming::volunteer {

// Thread-safe.
class WechatApps {
 public:
  // Of all calls to WeChat, so many run at a time: a slow WeChat leaves the other threads to the other calls.
  static constexpr int kMostCalls = 4;

  // Reads "ID[,ID…]" and the files with their secrets ("FILE[,FILE…]"), in the same order; none where both are empty.
  // INVALID_ARGUMENT, or what reading a secret answers.
  static absl::StatusOr<std::vector<wechat::WechatApp>> Read(const std::string& app_ids,
                                                             const std::string& secret_files);

  // `url` as wechat::CheckBaseUrl answers it.
  WechatApps(const std::string& url, std::vector<wechat::WechatApp> apps, observe::Clock clock,
             const observe::Logger& logger, prometheus::Registry& registry);

  // Empty: the first one. FAILED_PRECONDITION with REASON_WECHAT_NOT_CONFIGURED where there is none at all,
  // INVALID_ARGUMENT for one that is not among them.
  absl::StatusOr<wechat::WechatClient*> Find(std::string_view app_id) const;

 private:
  wechat::HttpClient http_{kMostCalls};
  std::vector<std::unique_ptr<wechat::WechatClient>> clients_;
};

}  // namespace wenming::volunteer
