#include "activity_svc/activities/themes_store.h"

#include <string_view>
#include <unordered_set>

namespace wenming::activity {
namespace {

constexpr char kLoad[] =
    "SELECT center_id, theme_key, inherit, practise, in_use FROM themes WHERE center_id IN (0, ?)"
    " ORDER BY place, theme_key";

}  // namespace

absl::StatusOr<std::vector<Theme>> LoadThemes(db::Session& session, uint64_t center_id) {
  const auto rows = session.Query(kLoad, {center_id});
  if (!rows.ok()) return rows.status();
  std::unordered_set<std::string_view> own;
  for (const db::Row& row : *rows) {
    if (row.Id(0) != 0) own.insert(row.Text(1));
  }
  std::vector<Theme> themes;
  for (const db::Row& row : *rows) {
    const bool replaced = row.Id(0) == 0 && own.contains(row.Text(1));
    if (!replaced && row.Bool(4)) themes.push_back({row.Text(1), row.Text(2), row.Text(3)});
  }
  return themes;
}

}  // namespace wenming::activity
