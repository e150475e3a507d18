// Facts for other services, written in the transaction that makes them true.
#ifndef WENMING_COMMON_OUTBOX_OUTBOX_H_
#define WENMING_COMMON_OUTBOX_OUTBOX_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "google/protobuf/message.h"

namespace wenming::outbox {

// Appends an event; it reaches the stream after the commit, and never without it. Events of one key get into the stream
// in the order in which they happened: where the transactions that append to a key exclude each other (they have
// written the same row before), that is the order of their commits, whatever the clocks of their processes say. So
// append after the write that takes the row's lock. `key` is at most 128 characters.
absl::Status Append(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, std::string_view key,
                    const google::protobuf::Message& payload, absl::Time now);

}  // namespace wenming::outbox

#endif  // WENMING_COMMON_OUTBOX_OUTBOX_H_
