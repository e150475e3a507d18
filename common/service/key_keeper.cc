#include "common/service/key_keeper.h"

namespace wenming::service {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);

}  // namespace

KeyKeeper::KeyKeeper(auth::TokenVerifier& verifier, auth::TokenSigner& signer, std::vector<Reload> others,
                     observe::Clock clock, const observe::Logger& logger, prometheus::Registry& registry)
    : verifier_(verifier),
      signer_(signer),
      keys_(std::move(others)),
      clock_(std::move(clock)),
      logger_(logger),
      info_(prometheus::BuildGauge()
                .Name("wenming_token_key_info")
                .Help("The keys that tokens are signed and verified with.")
                .Register(registry)) {
  keys_.emplace_back("verify", [this](absl::Time) { return verifier_.Reload(); });
  keys_.emplace_back("sign", [this](absl::Time now) { return signer_.Reload(now); });
  Show();
  thread_ = std::thread([this] { Run(); });
}

KeyKeeper::~KeyKeeper() {
  stop_.Notify();
  thread_.join();
}

void KeyKeeper::Run() {
  std::vector<std::string> faults(keys_.size());
  while (!stop_.WaitForNotificationWithTimeout(kInterval)) {
    for (size_t i = 0; i < keys_.size(); ++i) LookAt(keys_[i], faults[i]);
  }
}

void KeyKeeper::LookAt(const Reload& keys, std::string& fault) {
  const absl::StatusOr<bool> changed = keys.second(clock_());
  const std::string now(changed.status().message());
  if (now != fault && !now.empty())
    logger_.Error("the keys cannot be read again", {{"keys", keys.first}, {"error", now}});
  fault = now;
  if (!changed.ok() || !*changed) return;
  logger_.Info("the keys have changed", {{"keys", keys.first}});
  Show();
}

void KeyKeeper::Show() {
  for (prometheus::Gauge* gauge : shown_) info_.Remove(gauge);
  shown_.clear();
  const auto show = [this](const std::string& key_id, const char* use) {
    prometheus::Gauge& gauge = info_.Add({{"kid", key_id}, {"use", use}});
    gauge.Set(1);
    shown_.push_back(&gauge);
  };
  for (const auth::TokenVerifier::PublicKey& key : verifier_.Keys()) show(key.key_id, "verify");
  show(signer_.key_id(), "sign");
}

}  // namespace wenming::service
