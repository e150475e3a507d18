// Changes a service's encrypted columns to the newest key, in the background, while the service works.
#pragma once

#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "common/crypto/data_cipher.h"
#include "common/db/pool.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/reseal/sealed_table.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace wenming::reseal {

struct ResealerOptions {
  absl::Duration interval = absl::Seconds(5);     // between looks at the keys
  absl::Duration pause = absl::Milliseconds(20);  // between steps: the work of people comes first
  int rows = 50;                                  // a step
};

// One thread. Whenever the keys have changed, and every interval as long as more than one is known, it counts what is
// left in each table and walks those that have something left.
//
// Metrics: wenming_reseal_rows_left{table}, and wenming_reseal_count_time_seconds, the server's time at which the last
// count of all tables began: an older key may go once every process uses the new one and a count since then says 0
// everywhere.
class Resealer {
 public:
  // References must outlive this.
  Resealer(db::Pool& pool, const crypto::DataCipher& cipher, std::vector<SealedTable> tables,
           prometheus::Registry& registry, const observe::Logger& logger, observe::Clock clock,
           ResealerOptions options = {});
  ~Resealer();
  Resealer(const Resealer&) = delete;
  Resealer& operator=(const Resealer&) = delete;

 private:
  void Run();
  bool Due();
  absl::Status LookAtAll();
  absl::Status Walk(const SealedTable& table, prometheus::Gauge& left);

  db::Pool& pool_;
  const crypto::DataCipher& cipher_;
  const std::vector<SealedTable> tables_;
  const observe::Logger& logger_;
  const observe::Clock clock_;
  const ResealerOptions options_;
  prometheus::Family<prometheus::Gauge>& left_;
  prometheus::Gauge& count_time_;
  std::vector<uint16_t> counted_;  // the generations known at the last count
  absl::Notification stop_;
  std::thread thread_;
};

}  // namespace wenming::reseal
