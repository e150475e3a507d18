// The data keys of a running service: read again when their file changes, and shown.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/data_cipher.h"
#include "common/observe/clock.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace wenming::service {

// Sets wenming_data_key_info{generation,use="open"} to 1 for every key the cipher knows and {use="seal"} for the one
// that encrypts, and wenming_data_key_seal_time_seconds{generation} to the time since which this process encrypts with
// that one and no other: what an older one has sealed is in no transaction that began later. Not thread-safe;
// references must outlive this.
class DataKeys {
 public:
  DataKeys(crypto::DataCipher& cipher, prometheus::Registry& registry, observe::Clock clock);

  // Has the cipher read its keys again; says whether they have changed.
  absl::StatusOr<bool> Reload();

 private:
  void Show();

  crypto::DataCipher& cipher_;
  const observe::Clock clock_;
  prometheus::Family<prometheus::Gauge>& info_;
  prometheus::Family<prometheus::Gauge>& seal_time_;
  std::vector<prometheus::Gauge*> shown_;
  uint16_t sealing_ = 0;  // the generation that encrypts
  prometheus::Gauge* sealing_since_ = nullptr;
};

}  // namespace wenming::service
