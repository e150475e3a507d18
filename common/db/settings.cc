#include "common/db/settings.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace wenming::db {
namespace {

using Variables = std::map<std::string, std::string>;

struct Rule {
  std::string_view name;
  bool (*safe)(const std::string& value, const Variables& all);
  std::string_view should;
  std::string_view why;
};

bool IsOne(const std::string& value, const Variables&) { return value == "1"; }

bool IsSynced(const std::string& value, const Variables&) {
  return !absl::EqualsIgnoreCase(value, "nosync") && !absl::EqualsIgnoreCase(value, "O_DIRECT_NO_FSYNC");
}

// DETECT_ONLY, of MySQL 8, keeps no copy of the pages: it finds torn ones and cannot mend them.
bool IsDoubled(const std::string& value, const Variables&) {
  return !absl::EqualsIgnoreCase(value, "OFF") && value != "0" && !absl::EqualsIgnoreCase(value, "DETECT_ONLY");
}

bool IsLogSynced(const std::string& value, const Variables& all) {
  const auto log = all.find("log_bin");
  const bool logs = log != all.end() && (absl::EqualsIgnoreCase(log->second, "ON") || log->second == "1");
  return !logs || value == "1";
}

bool IsOn(const std::string& value, const Variables&) { return absl::EqualsIgnoreCase(value, "ON") || value == "1"; }

bool IsInnoDb(const std::string& value, const Variables&) { return absl::EqualsIgnoreCase(value, "InnoDB"); }

bool IsStrict(const std::string& value, const Variables&) {
  return absl::StrContains(value, "STRICT_TRANS_TABLES") || absl::StrContains(value, "STRICT_ALL_TABLES");
}

constexpr Rule kRules[] = {
    {"innodb_flush_log_at_trx_commit", IsOne, "1", "a crash loses up to a second of acknowledged commits"},
    {"innodb_flush_method", IsSynced, "O_DIRECT", "a power cut loses what was never flushed to the disk"},
    {"innodb_doublewrite", IsDoubled, "ON",
     "a power cut in the middle of a page leaves it torn, and nothing can repair it"},
    {"sync_binlog", IsLogSynced, "1",
     "after a crash the binary log lacks commits: replicas and a restore to a point in time lose them"},
    {"default_storage_engine", IsInnoDb, "InnoDB", "a table of another engine has no transactions"},
    {"check_constraint_checks", IsOn, "ON", "rows that break a CHECK are taken"},
    {"sql_mode", IsStrict, "with STRICT_TRANS_TABLES", "values that do not fit are cut instead of refused"},
};

std::string Question() {
  std::string sql = "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_bin'";
  for (const Rule& rule : kRules)
    absl::StrAppend(&sql, ", '", absl::string_view(rule.name.data(), rule.name.size()), "'");
  return sql + ")";
}

}  // namespace

std::vector<UnsafeSetting> UnsafeSettings(const Variables& variables) {
  std::vector<UnsafeSetting> unsafe;
  for (const Rule& rule : kRules) {
    const auto found = variables.find(std::string(rule.name));
    if (found == variables.end() || rule.safe(found->second, variables)) continue;
    unsafe.push_back({rule.name, found->second, rule.should, rule.why});
  }
  return unsafe;
}

absl::StatusOr<std::vector<UnsafeSetting>> FindUnsafeSettings(Session& session) {
  const absl::StatusOr<Rows> rows = session.Query(Question());
  if (!rows.ok()) return rows.status();
  Variables variables;
  for (const Row& row : *rows) variables[absl::AsciiStrToLower(row.Text(0))] = row.Text(1);
  return UnsafeSettings(variables);
}

}  // namespace wenming::db
