#include "tests/bench/closed_loop.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace wenming::bench {
namespace {

struct Loop {
  const Begin& begin;
  const absl::Time end;
  std::atomic<int> running;
  std::atomic<int64_t> failed = 0;
  std::mutex mutex;
  std::vector<float> milliseconds;  // of each answered call
  absl::Notification ended;

  void Next() {
    const absl::Time began = absl::Now();
    if (began >= end) {
      if (--running == 0) ended.Notify();
      return;
    }
    begin([this, began](bool ok) {
      const double took = absl::ToDoubleMilliseconds(absl::Now() - began);
      if (ok) {
        const std::lock_guard lock(mutex);
        milliseconds.push_back(static_cast<float>(took));
      } else {
        ++failed;
      }
      Next();
    });
  }
};

template <typename Number>
double NthOf(std::vector<Number>& values, double q) {
  if (values.empty()) return 0;
  const auto nth = values.begin() + static_cast<ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace

Measured RunClosedLoop(const Begin& begin, int in_flight, absl::Duration length) {
  const absl::Time start = absl::Now();
  Loop loop{.begin = begin, .end = start + length, .running = in_flight, .mutex = {}, .milliseconds = {}, .ended = {}};
  loop.milliseconds.reserve(1 << 20);
  for (int i = 0; i < in_flight; ++i) loop.Next();
  loop.ended.WaitForNotification();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  return {.qps = static_cast<double>(loop.milliseconds.size()) / seconds,
          .p50_ms = NthOf(loop.milliseconds, 0.5),
          .p99_ms = NthOf(loop.milliseconds, 0.99),
          .failed = loop.failed};
}

double Quantile(std::vector<double> values, double q) { return NthOf(values, q); }

double Median(std::vector<double> values) { return NthOf(values, 0.5); }

}  // namespace wenming::bench
