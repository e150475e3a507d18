#include "common/outbox/outbox.h"

namespace wenming::outbox {
namespace {

// The place is this row's id, or one beyond the last pending row of the same key where a process with a faster clock
// has written it: so a key's rows are in order whoever wrote them. Rows that are in the stream already need no
// comparison.
constexpr char kAppend[] =
    "INSERT INTO outbox (id, place, center_id, event_key, payload_type, payload, record_time)"
    " SELECT ?, GREATEST(?, COALESCE(last.place, 0) + 1), ?, ?, ?, ?, ?"
    " FROM (SELECT MAX(place) AS place FROM outbox WHERE center_id = ? AND event_key = ?) AS last";

}  // namespace

absl::Status Append(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, std::string_view key,
                    const google::protobuf::Message& payload, absl::Time now) {
  const uint64_t id = ids.Next();
  transaction.AnnounceOnCommit();
  return transaction
      .Execute(kAppend,
               {id, id, center_id, key, payload.GetTypeName(), payload.SerializeAsString(), now, center_id, key})
      .status();
}

}  // namespace wenming::outbox
