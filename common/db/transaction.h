// Running functions on the database: the only retry loop there is.
#ifndef WENMING_COMMON_DB_TRANSACTION_H_
#define WENMING_COMMON_DB_TRANSACTION_H_

#include <optional>
#include <type_traits>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/session.h"

namespace wenming::db {

struct TransactionOptions {
  // No attempt begins after it; use the call's.
  absl::Time deadline = absl::InfiniteFuture();
  // The function may take effect twice without harm, because a request id or a unique key makes the second find the
  // first: then a connection lost during COMMIT is answered by running it again instead of by UNKNOWN.
  bool repeatable = false;
};

namespace internal {

inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <typename T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

absl::Status RunTransaction(Pool& pool, const TransactionOptions& options,
                            absl::FunctionRef<absl::Status(Transaction&)> body);
absl::Status Read(Pool& pool, absl::Time deadline, absl::FunctionRef<absl::Status(Session&)> body);

// Keeps what the function's last run answered, unless the database has the last word.
template <typename Result>
class Outcome {
 public:
  absl::Status Keep(Result result) {
    absl::Status status = StatusOf(result);
    result_.emplace(std::move(result));
    return status;
  }
  Result Take(absl::Status status) && {
    if (!status.ok() || !result_.has_value()) return Result(std::move(status));
    return *std::move(result_);
  }

 private:
  std::optional<Result> result_;
};

}  // namespace internal

// Runs `body(Transaction&)`, which returns absl::Status or absl::StatusOr<T>, in one transaction at READ COMMITTED:
// commits when it returns OK, rolls back when it returns an error, and answers what it returned.
//
// Runs the whole of it again, with jitter and until the deadline, after a deadlock, a lock timeout or a connection
// lost before COMMIT; so `body` must have no effect but through its transaction, and must compute its answer anew each
// time. A connection lost during COMMIT answers UNKNOWN with REASON_COMMIT_UNKNOWN (see TransactionOptions).
// A body must not run another transaction or Read on the same pool: that could wait for itself.
template <typename F>
auto RunTransaction(Pool& pool, const TransactionOptions& options, F&& body) -> std::invoke_result_t<F&, Transaction&> {
  using Result = std::invoke_result_t<F&, Transaction&>;
  internal::Outcome<Result> outcome;
  absl::Status status = internal::RunTransaction(
      pool, options, [&](Transaction& transaction) { return outcome.Keep(body(transaction)); });
  return std::move(outcome).Take(std::move(status));
}

// Runs `body(Session&)` without a transaction: each statement sees what is committed when it begins. For reading only;
// it is run a second time when the connection turns out to be dead.
template <typename F>
auto Read(Pool& pool, absl::Time deadline, F&& body) -> std::invoke_result_t<F&, Session&> {
  using Result = std::invoke_result_t<F&, Session&>;
  internal::Outcome<Result> outcome;
  absl::Status status = internal::Read(pool, deadline, [&](Session& session) { return outcome.Keep(body(session)); });
  return std::move(outcome).Take(std::move(status));
}

}  // namespace wenming::db

#endif  // WENMING_COMMON_DB_TRANSACTION_H_
