// A record of the audit log, and what proves that it is as it was written. Pure functions.
//
// Three HMAC-SHA256 with the audit key, each under a word of its own so that none stands for another: the seal of a
// record (made by who writes it), the hash of its place in the chain (made by who lengthens the chain), and the
// signature of an exported head. Who can write the database but has no key can make none of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/db/value.h"

namespace wenming::audit {

// Who, when, from where, what, on which object, with which result.
struct Record {
  uint64_t id = 0;
  uint64_t center_id = 0;  // 0: of the platform
  absl::Time time;         // to the microsecond
  std::string subject;     // "staff/ID"; empty for anonymous callers
  uint64_t session_id = 0;
  std::string address;
  std::string method;   // "/package.Service/Method"
  std::string object;   // resource name
  int result = 0;       // google.rpc.Code
  std::string details;  // JSON: "notes", "update_mask"
  std::string request_id;
  std::string seal;  // 32 bytes
};

// A record with its place.
struct ChainedRecord {
  int64_t sequence = 0;  // from 1, gapless
  Record record;
  std::string hash;  // 32 bytes
};

// The end of a chain; before the first record 0 and empty.
struct Head {
  int64_t sequence = 0;
  std::string hash;
};

std::string SealOf(std::string_view key, const Record& record);

// The hash of what follows on `before`. `service` ("org_svc") begins the chain, so that no part of one service's log
// can pass for another's.
std::string ChainHash(std::string_view key, std::string_view service, const Head& before, const Record& record);

// What an exported head is signed with; `time` is when it was exported, in microseconds.
std::string HeadSignature(std::string_view key, std::string_view service, const Head& head, absl::Time time);

// The columns of both tables from `id` to `seal`, in their order: a record from a row whose column `first` is the id,
// and values for an INSERT.
inline constexpr size_t kRecordColumns = 12;
Record TakeRecord(db::Row& row, size_t first);
void AppendValues(std::vector<db::Value>& values, Record record);

}  // namespace wenming::audit
