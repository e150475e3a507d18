#include "common/service/data_keys.h"

#include <string>
#include <utility>

#include "absl/time/time.h"

namespace wenming::service {

DataKeys::DataKeys(crypto::DataCipher& cipher, prometheus::Registry& registry, observe::Clock clock)
    : cipher_(cipher),
      clock_(std::move(clock)),
      info_(prometheus::BuildGauge()
                .Name("wenming_data_key_info")
                .Help("The generations of the keys that personal data are encrypted with.")
                .Register(registry)),
      seal_time_(prometheus::BuildGauge()
                     .Name("wenming_data_key_seal_time_seconds")
                     .Help("Since when this process has encrypted with that generation alone.")
                     .Register(registry)) {
  Show();
}

absl::StatusOr<bool> DataKeys::Reload() {
  const auto changed = cipher_.Reload();
  if (changed.ok() && *changed) Show();
  return changed;
}

void DataKeys::Show() {
  for (prometheus::Gauge* gauge : shown_) info_.Remove(gauge);
  shown_.clear();
  const auto show = [this](uint16_t generation, const char* use) {
    shown_.push_back(&info_.Add({{"generation", std::to_string(generation)}, {"use", use}}));
    shown_.back()->Set(1);
  };
  for (const uint16_t generation : cipher_.Generations()) show(generation, "open");
  const uint16_t sealing = cipher_.CurrentGeneration();
  show(sealing, "seal");
  if (sealing == sealing_) return;
  sealing_ = sealing;
  if (sealing_since_ != nullptr) seal_time_.Remove(sealing_since_);
  sealing_since_ = &seal_time_.Add({{"generation", std::to_string(sealing)}});
  sealing_since_->Set(absl::ToDoubleSeconds(clock_() - absl::UnixEpoch()));
}

}  // namespace wenming::service
