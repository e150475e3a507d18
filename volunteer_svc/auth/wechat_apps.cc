#include "volunteer_svc/auth/wechat_apps.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "common/crypto/keys.h"
#include "common/errors/errors.h"

namespace wenming::volunteer {

absl::StatusOr<std::vector<wechat::WechatApp>> WechatApps::Read(const std::string& app_ids,
                                                                const std::string& secret_files) {
  const std::vector<std::string> ids = absl::StrSplit(app_ids, ',', absl::SkipEmpty());
  const std::vector<std::string> files = absl::StrSplit(secret_files, ',', absl::SkipEmpty());
  if (ids.size() != files.size()) {
    return absl::InvalidArgumentError("--wechat-app-id and --wechat-secret-file must name as many of each other");
  }
  std::vector<wechat::WechatApp> apps;
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto secret = crypto::ReadSecretFile(files[i]);
    if (!secret.ok()) return secret.status();
    apps.push_back({ids[i], std::string(absl::StripAsciiWhitespace(*secret))});
  }
  return apps;
}

WechatApps::WechatApps(const std::string& url, std::vector<wechat::WechatApp> apps, observe::Clock clock,
                       const observe::Logger& logger, prometheus::Registry& registry) {
  for (wechat::WechatApp& app : apps) {
    clients_.push_back(std::make_unique<wechat::WechatClient>(url, std::move(app), http_, clock, logger, registry));
  }
}

absl::StatusOr<wechat::WechatClient*> WechatApps::Find(std::string_view app_id) const {
  if (clients_.empty()) return errors::FailedPrecondition(type::REASON_WECHAT_NOT_CONFIGURED);
  if (app_id.empty()) return clients_.front().get();
  for (const auto& client : clients_) {
    if (client->app_id() == app_id) return client.get();
  }
  return errors::InvalidField("app", type::REASON_UNKNOWN_VALUE);
}

}  // namespace wenming::volunteer
