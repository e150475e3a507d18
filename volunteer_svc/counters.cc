#include "volunteer_svc/counters.h"

#include "common/db/errors.h"
#include "common/errors/errors.h"

namespace wenming::volunteer {
namespace {

constexpr char kAdvance[] = "UPDATE counters SET value = value + 1 WHERE center_id = ? AND name = ?";
constexpr char kBegin[] = "INSERT INTO counters (center_id, name, value) VALUES (?, ?, 0)";
constexpr char kRead[] = "SELECT value FROM counters WHERE center_id = ? AND name = ?";

}  // namespace

absl::StatusOr<int64_t> TakeNumber(db::Transaction& transaction, uint64_t center_id, std::string_view name) {
  auto advanced = transaction.Execute(kAdvance, {center_id, name});
  if (advanced.ok() && *advanced == 0) {
    const auto begun = transaction.Execute(kBegin, {center_id, name});
    if (!begun.ok() && !db::IsDuplicateKey(begun.status())) return begun.status();
    advanced = transaction.Execute(kAdvance, {center_id, name});
  }
  if (!advanced.ok()) return advanced.status();
  const auto row = transaction.QueryOne(kRead, {center_id, name});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::Aborted(type::REASON_CONFLICT);
  return (*row)->Int(0);
}

}  // namespace wenming::volunteer
