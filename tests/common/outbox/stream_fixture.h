// What the tests of the event stream share: a schema, events that are numbers, and a source that reads a log.
#ifndef WENMING_TESTS_COMMON_OUTBOX_STREAM_FIXTURE_H_
#define WENMING_TESTS_COMMON_OUTBOX_STREAM_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "common/outbox/consumer.h"
#include "common/outbox/log.h"
#include "tests/support/test_database.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::outbox {

// Any message with a number does for a payload.
using Payload = events::v1::SubscribeRequest;

Payload MakePayload(int64_t number);
int64_t NumberOf(const events::v1::Event& event);

// Reads a log of the same process, as the gRPC stream does from another.
class LogSource : public Source {
 public:
  explicit LogSource(Log& log, int batch = 100) : log_(log), batch_(batch) {}
  absl::StatusOr<std::vector<events::v1::Event>> Next(int64_t after) override;
  void Cancel() override { log_.Close(); }

 private:
  Log& log_;
  const int batch_;
};

class StreamTest : public ::testing::Test {
 protected:
  StreamTest();

  // Commits one event.
  absl::Status Write(const std::string& key, int64_t number);
  // Everything that is in the stream.
  std::vector<events::v1::Event> ReadAll();
  // (key, number) of what is in the stream, in order; fails the test when the cursors have a gap.
  std::vector<std::pair<std::string, int64_t>> ReadStream();
  int64_t Count(const std::string& table);
  void Sequence();
  // Asks until it holds: for what nobody can wait for. False after a long time.
  static bool Eventually(const std::function<bool()>& condition);

  test::TestDatabase database_;
  db::Pool& pool_ = database_.pool();
  const absl::Time now_ = absl::FromUnixMicros(1'700'000'000'123'456);
  ids::Generator ids_{[] { return absl::Now(); }, 1};
};

}  // namespace wenming::outbox

#endif  // WENMING_TESTS_COMMON_OUTBOX_STREAM_FIXTURE_H_
