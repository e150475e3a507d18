#include "common/service/data_keys.h"

#include <string>

namespace wenming::service {

DataKeys::DataKeys(crypto::DataCipher& cipher, prometheus::Registry& registry)
    : cipher_(cipher),
      info_(prometheus::BuildGauge()
                .Name("wenming_data_key_info")
                .Help("The generations of the keys that personal data are encrypted with.")
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
  show(cipher_.CurrentGeneration(), "seal");
}

}  // namespace wenming::service
