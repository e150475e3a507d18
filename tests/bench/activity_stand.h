// What the services of activity_svc stand on in a benchmark.
#pragma once

#include <memory>

#include "absl/time/clock.h"
#include "activity_svc/dependencies.h"
#include "prometheus/registry.h"

namespace wenming::bench {

// Thread-safe, as its parts are. `pool` outlives it.
struct ActivityStand {
  explicit ActivityStand(db::Pool& pool)
      : trail(pool, ids, "a key of sixteen bytes or more"), dependencies{pool, ids, trail, pager, codes, metrics} {}

  const std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  ids::Generator ids{[] { return absl::Now(); }, 7};
  const audit::Trail trail;
  const paging::Pager pager{"a secret of the benchmark"};
  const activity::CheckCodes codes{"another secret of the benchmark"};
  const activity::Metrics metrics{*registry};
  const activity::Dependencies dependencies;
};

}  // namespace wenming::bench
