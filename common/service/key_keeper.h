// Follows a rotation of keys while the service runs: looks at the folder of keys each second.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "common/auth/token_signer.h"
#include "common/auth/token_verifier.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace wenming::service {

// Works on a thread of its own from construction to destruction. A folder that cannot be used as it is (a file is
// written only half) changes nothing, and is logged once. Sets wenming_token_key_info{kid,use="sign"|"verify"} to 1 for
// every key in use.
class KeyKeeper {
 public:
  // A set of keys by its name, and what reads it again and says whether it is another now.
  using Reload = std::pair<std::string, std::function<absl::StatusOr<bool>(absl::Time now)>>;

  // `others`: beside those of the tokens. References must outlive this.
  KeyKeeper(auth::TokenVerifier& verifier, auth::TokenSigner& signer, std::vector<Reload> others, observe::Clock clock,
            const observe::Logger& logger, prometheus::Registry& registry);
  ~KeyKeeper();
  KeyKeeper(const KeyKeeper&) = delete;
  KeyKeeper& operator=(const KeyKeeper&) = delete;

 private:
  void Run();
  void LookAt(const Reload& keys, std::string& fault);
  void Show();

  auth::TokenVerifier& verifier_;
  auth::TokenSigner& signer_;
  std::vector<Reload> keys_;
  const observe::Clock clock_;
  const observe::Logger& logger_;
  prometheus::Family<prometheus::Gauge>& info_;
  std::vector<prometheus::Gauge*> shown_;
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace wenming::service
