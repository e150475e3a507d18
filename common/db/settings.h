// Which settings of a database server lose what it has acknowledged, or let wrong values in: the one list that services
// and `./wenming doctor` go by.
#ifndef WENMING_COMMON_DB_SETTINGS_H_
#define WENMING_COMMON_DB_SETTINGS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace wenming::db {

struct UnsafeSetting {
  std::string_view name;    // of the server's variable
  std::string value;        // what it is
  std::string_view should;  // what it should be
  std::string_view why;     // what comes of it, in a clause

  friend bool operator==(const UnsafeSetting&, const UnsafeSetting&) = default;
};

// The unsafe ones among `variables`, the server's global variables by name. A variable that is not there is not judged:
// MariaDB, MySQL 8, TiDB and Vitess differ in some.
std::vector<UnsafeSetting> UnsafeSettings(const std::map<std::string, std::string>& variables);

// Asks the server, in one statement that every user may run. Errors are those of Session.
absl::StatusOr<std::vector<UnsafeSetting>> FindUnsafeSettings(Session& session);

}  // namespace wenming::db

#endif  // WENMING_COMMON_DB_SETTINGS_H_
