// The data keys of a running service: read again when their file changes, and shown.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/data_cipher.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace wenming::service {

// Sets wenming_data_key_info{generation,use="open"} to 1 for every key the cipher knows and {use="seal"} for the one
// that encrypts. Not thread-safe; references must outlive this.
class DataKeys {
 public:
  DataKeys(crypto::DataCipher& cipher, prometheus::Registry& registry);

  // Has the cipher read its keys again; says whether they have changed.
  absl::StatusOr<bool> Reload();

 private:
  void Show();

  crypto::DataCipher& cipher_;
  prometheus::Family<prometheus::Gauge>& info_;
  std::vector<prometheus::Gauge*> shown_;
};

}  // namespace wenming::service
