#include "tests/support/row_counter.h"

#include <gtest/gtest.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/transaction.h"

namespace wenming::test {
namespace {

int64_t RowsRead(db::Pool& pool) {
  const auto sum = db::Read(pool, absl::InfiniteFuture(), [](db::Session& session) -> absl::StatusOr<int64_t> {
    const auto rows = session.Query(
        "SELECT CAST(SUM(VARIABLE_VALUE) AS SIGNED) FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME IN"
        " ('HANDLER_READ_RND_NEXT', 'HANDLER_READ_NEXT', 'HANDLER_READ_PREV', 'HANDLER_READ_RND')");
    if (!rows.ok()) return rows.status();
    return rows->front().Int(0);
  });
  EXPECT_TRUE(sum.ok()) << sum.status();
  return sum.ok() ? *sum : 0;
}

}  // namespace

int64_t RowsReadBy(db::Pool& pool, const std::function<absl::Status()>& call) {
  const int64_t first = RowsRead(pool);
  const int64_t asking = RowsRead(pool) - first;
  const absl::Status status = call();
  EXPECT_TRUE(status.ok()) << status;
  return RowsRead(pool) - first - 2 * asking;
}

}  // namespace wenming::test
