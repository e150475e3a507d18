#include "common/db/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/errors/errors.h"
#include "wenming/type/reason.pb.h"

namespace wenming::db {
namespace {

constexpr absl::string_view kDriverPayload = "wenming.db/driver";
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

bool IsConflictNumber(int number) {
  switch (number) {
    case 1020:  // the row changed since it was read (MariaDB's snapshot isolation)
    case 1205:  // lock wait timeout
    case 1213:  // deadlock
    case 8002:  // TiDB: the row changed under FOR UPDATE
    case 8022:  // TiDB: commit failed, retry
    case 8028:  // TiDB: the schema changed meanwhile
    case 9007:  // TiDB: write conflict
      return true;
    default:
      return false;
  }
}

bool IsLostNumber(int number) {
  switch (number) {
    case 1053:  // server shutting down
    case 1080:  // forced close of the thread
    case 1152:  // aborted connection
    case 1158:  // network read and write errors, as the server sees them
    case 1159:
    case 1160:
    case 1161:
    case 1184:
    case 1927:  // MariaDB: connection was killed
    case 2002:  // no server at the socket, at the address
    case 2003:
    case 2005:  // no address for its name: nobody is ready behind it, or nobody can be asked
    case 2006:  // server has gone away
    case 2013:  // connection lost during a statement, or its time to answer was over
    case 2055:
    case 4031:  // MySQL 8: closed for being idle
      return true;
    default:
      return false;
  }
}

// The primary has moved away.
bool IsReadOnlyNumber(int number) { return number == 1290 || number == 1792 || number == 1836; }

absl::Status Translate(int number) {
  if (IsConflictNumber(number)) return errors::Aborted(type::REASON_CONFLICT);
  if (IsLostNumber(number) || IsReadOnlyNumber(number))
    return errors::Unavailable(type::REASON_DATABASE_UNAVAILABLE, kRetryAfter);
  switch (number) {
    case 1062:
    case 1586:
      return errors::AlreadyExists(type::REASON_ALREADY_EXISTS);
    case 1451:  // foreign keys
    case 1452:
    case 3819:  // CHECK constraints: MySQL, MariaDB
    case 4025:
      return errors::FailedPrecondition(type::REASON_CONFLICT);
    case 1021:  // the disk is full
    case 1026:
    case 1114:
    case 1037:  // no memory, no thread
    case 1041:
    case 1135:
    case 1040:  // too many connections, of all and of this user
    case 1203:
    case 1226:
    case 1317:  // the statement was stopped by an administrator
      return errors::Unavailable(type::REASON_DATABASE_UNAVAILABLE, kRetryAfter);
    case 1969:
    case 3024:
      return errors::DeadlineExceeded();
    default:
      return errors::Internal();
  }
}

}  // namespace

absl::Status ErrorFromDriver(int number, std::string_view text) {
  absl::Status status = Translate(number);
  status.SetPayload(kDriverPayload,
                    absl::Cord(absl::StrCat(number, ": ", absl::string_view(text.data(), text.size()))));
  return status;
}

absl::Status CommitUnknown(const absl::Status& cause) {
  absl::Status status = errors::Make(absl::StatusCode::kUnknown, type::REASON_COMMIT_UNKNOWN);
  if (const auto driver = cause.GetPayload(kDriverPayload); driver.has_value()) {
    status.SetPayload(kDriverPayload, *driver);
  }
  return status;
}

std::string DriverText(const absl::Status& status) {
  const auto payload = status.GetPayload(kDriverPayload);
  return payload.has_value() ? std::string(*payload) : std::string();
}

int DriverError(const absl::Status& status) {
  if (status.ok()) return 0;
  const std::string text = DriverText(status);
  int number = 0;
  return absl::SimpleAtoi(absl::string_view(text).substr(0, text.find(':')), &number) ? number : 0;
}

bool IsDuplicateKey(const absl::Status& status, std::string_view key) {
  const int number = DriverError(status);
  if (number != 1062 && number != 1586) return false;
  if (key.empty()) return true;
  // "… for key 'name'" in MariaDB, "… for key 'table.name'" in MySQL; the value before it may hold quotes.
  const std::string text = DriverText(status);
  const size_t begin = text.rfind("for key '");
  if (begin == std::string::npos) return false;
  std::string_view name = std::string_view(text).substr(begin + 9);
  name = name.substr(0, name.find('\''));
  if (const size_t dot = name.find('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);
  return name == key;
}

bool WouldFailAgain(const absl::Status& status) {
  switch (DriverError(status)) {
    case 1048:  // NULL
    case 1054:  // no such column, syntax, no such table
    case 1064:
    case 1146:
    case 1062:
    case 1264:  // out of range, truncated, of another kind
    case 1265:
    case 1292:
    case 1366:
    case 1406:
    case 1451:
    case 1452:
    case 1586:
    case 3819:
    case 4025:
      return true;
    default:
      return false;
  }
}

bool IsConflict(const absl::Status& status) { return IsConflictNumber(DriverError(status)); }

bool IsConnectionLost(const absl::Status& status) { return IsLostNumber(DriverError(status)); }

bool EndsConnection(int number) {
  constexpr int kPacketTooLarge = 1153;  // the server closes after saying so
  if (number == kStatementChanged) return false;
  return IsLostNumber(number) || IsReadOnlyNumber(number) || number == kPacketTooLarge ||
         (number >= 2000 && number < 3000);
}

}  // namespace wenming::db
