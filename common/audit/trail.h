// The audit log as a handler sees it: what a call wrote, or whom it revealed, recorded in the same transaction.
//
//   return with_.trail.Run(call, request, /*repeatable=*/false, [&](db::Transaction& transaction) -> … { … });
//
// Every writing handler runs its transaction through Run instead of db::RunTransaction: then a record exists exactly
// where there is an effect (GB/T 22239: time, user, type, result). A repeated request that changes nothing leaves none.
// The records are chained off the writers' path (see chain.h).
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/audit/record.h"
#include "common/db/transaction.h"
#include "common/ids/ids.h"
#include "common/rpc/call.h"
#include "google/protobuf/message.h"

namespace wenming::audit {

// What is recorded beside who, when and from where.
struct Entry {
  std::string object = {};  // resource name, "volunteers/ID"; of what was made where the call made something
  absl::StatusCode result = absl::StatusCode::kOk;
  // Who acts, where the token does not say it: the account of a log-in. Empty: the caller's.
  std::string subject = {};
};

// The resource a call is about: `name` of the answer where it has one, else the request's `name`, that of the resource
// in it, `parent`, or whatever single field of it holds a resource name; empty where there is none. `answer` may be
// null.
std::string ObjectOf(const google::protobuf::Message& request, const google::protobuf::Message* answer);

// Thread-safe.
class Trail {
 public:
  // Both must outlive this. `key` seals each record until it is chained; a service gives its audit key, tests need
  // none.
  Trail(db::Pool& db, ids::Generator& ids, std::string key = {}) : db_(db), ids_(ids), key_(std::move(key)) {}

  // Runs `body(Transaction&)` as db::RunTransaction does, until the call's deadline, and appends a record of the call
  // where the body has succeeded and written: object as ObjectOf says, update_mask where the request has one, and the
  // notes that the body made (call.Note).
  template <typename F>
  auto Run(const rpc::Call& call, const google::protobuf::Message& request, bool repeatable, F&& body) const
      -> std::invoke_result_t<F&, db::Transaction&> {
    using Result = std::invoke_result_t<F&, db::Transaction&>;
    const size_t notes = call.notes.size();
    return db::RunTransaction(db_, {.deadline = call.deadline, .repeatable = repeatable},
                              [&](db::Transaction& transaction) -> Result {
                                call.notes.resize(notes);
                                call.audited = false;
                                Result result = body(transaction);
                                if (!StatusOf(result).ok()) return result;
                                absl::Status recorded = Conclude(transaction, call, request, AnswerOf(result));
                                if (!recorded.ok()) return Result(std::move(recorded));
                                return result;
                              });
  }

  // Appends a record whatever the transaction writes: for reveals, and where the effect is not the caller's (log-ins).
  // Run adds none beside it.
  absl::Status Append(db::Transaction& transaction, const rpc::Call& call, const Entry& entry) const;

  // For who decides many calls in one transaction of his own: the record of one of them, and the records of all who had
  // an effect. Marks no call as recorded. `request` may be null.
  Record RecordOf(const rpc::Call& call, const Entry& entry, const google::protobuf::Message* request) const;
  static absl::Status AppendAll(db::Transaction& transaction, std::vector<Record> records);

 private:
  static const absl::Status& StatusOf(const absl::Status& status) { return status; }
  template <typename T>
  static const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
    return result.status();
  }
  static const google::protobuf::Message* AnswerOf(const absl::Status&) { return nullptr; }
  template <typename T>
  static const google::protobuf::Message* AnswerOf(const absl::StatusOr<T>& result) {
    if constexpr (std::is_base_of_v<google::protobuf::Message, T>) return &*result;
    return nullptr;
  }

  // `request` may be null.
  absl::Status Write(db::Transaction& transaction, const rpc::Call& call, const Entry& entry,
                     const google::protobuf::Message* request) const;
  absl::Status Conclude(db::Transaction& transaction, const rpc::Call& call, const google::protobuf::Message& request,
                        const google::protobuf::Message* answer) const;

  db::Pool& db_;
  ids::Generator& ids_;
  const std::string key_;
};

}  // namespace wenming::audit
