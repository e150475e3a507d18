#include "org_svc/units/units_import.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "org_svc/imports/sheet.h"
#include "org_svc/units/units_rules.h"

namespace wenming::org {
namespace {

enum Column { kCode, kLevel, kParentCode, kName, kDivisionCode, kOpenedDate };
constexpr std::string_view kColumns[] = {"code", "level", "parent_code", "name", "division_code", "opened_date"};
constexpr int kMaxName = 100;

v1::Unit::Level ReadLevel(const Cell& cell, Findings& findings) {
  v1::Unit::Level level = v1::Unit::LEVEL_UNSPECIFIED;
  if (!v1::Unit::Level_Parse("LEVEL_" + cell.text, &level) || level == v1::Unit::LEVEL_UNSPECIFIED) {
    findings.Add(cell.row, cell.column, cell.text.empty() ? type::REASON_REQUIRED : type::REASON_UNKNOWN_VALUE);
    return v1::Unit::LEVEL_UNSPECIFIED;
  }
  return level;
}

UnitRow ReadRow(const CsvRow& row, Findings& findings) {
  const auto cell = [&row](Column column) { return Cell{row.number, kColumns[column], row.cells[column]}; };
  CheckCode(cell(kCode), true, findings);
  CheckCode(cell(kParentCode), false, findings);
  CheckName(cell(kName), true, kMaxName, findings);
  CheckDivisionCode(cell(kDivisionCode), findings);
  return {.number = row.number,
          .code = row.cells[kCode],
          .level = ReadLevel(cell(kLevel), findings),
          .parent_code = row.cells[kParentCode],
          .display_name = row.cells[kName],
          .division_code = row.cells[kDivisionCode],
          .opened_date = ReadDay(cell(kOpenedDate), findings)};
}

// Where a code leads: a row of the file or a unit that is there.
struct Target {
  uint64_t id;
  v1::Unit::Level level;
};

class Planner {
 public:
  Planner(const std::vector<UnitRow>& rows, std::span<const UnitRecord> existing, uint64_t center_id,
          ids::Generator& ids, absl::Time now, Findings& findings)
      : rows_(rows), center_id_(center_id), ids_(ids), now_(now), findings_(findings) {
    for (const UnitRecord& record : existing) existing_.emplace(record.unit.code(), &record);
  }

  UnitsPlan Plan() {
    std::vector<const UnitRow*> placed;
    for (const UnitRow& row : rows_) {
      if (Place(row)) placed.push_back(&row);
    }
    for (const UnitRow* row : placed) Compare(*row);
    std::ranges::stable_sort(plan_.created, {}, [](const UnitRecord& record) { return record.unit.level(); });
    return std::move(plan_);
  }

 private:
  const UnitRecord* Existing(std::string_view code) const {
    const auto found = existing_.find(code);
    return found == existing_.end() ? nullptr : found->second;
  }

  // Gives the row's code a place that parent_code can lead to.
  bool Place(const UnitRow& row) {
    if (row.code.empty()) return false;
    const UnitRecord* known = Existing(row.code);
    const uint64_t id = known != nullptr ? known->id : row.level == v1::Unit::LEVEL_CENTER ? center_id_ : ids_.Next();
    if (!targets_.emplace(row.code, Target{id, row.level}).second) {
      findings_.Add(row.number, kColumns[kCode], type::REASON_DUPLICATE_CODE, {{"code", row.code}});
      return false;
    }
    if (row.level == v1::Unit::LEVEL_CENTER && std::exchange(center_seen_, true)) {
      findings_.Add(row.number, kColumns[kLevel], type::REASON_SECOND_CENTER);
      return false;
    }
    if (row.level == v1::Unit::LEVEL_UNSPECIFIED || known == nullptr) return row.level != v1::Unit::LEVEL_UNSPECIFIED;
    if (known->unit.state() != v1::Unit::STATE_ACTIVE) {
      findings_.Add(row.number, kColumns[kCode], type::REASON_CODE_OF_DELETED, {{"code", row.code}});
      return false;
    }
    if (known->unit.level() != row.level) findings_.Add(row.number, kColumns[kLevel], type::REASON_IMMUTABLE);
    return known->unit.level() == row.level;
  }

  std::optional<Target> FindTarget(std::string_view code) const {
    if (const auto row = targets_.find(code); row != targets_.end()) return row->second;
    const UnitRecord* known = Existing(code);
    if (known == nullptr || known->unit.state() != v1::Unit::STATE_ACTIVE) return std::nullopt;
    return Target{known->id, known->unit.level()};
  }

  // The parent's id, 0 for a center; nothing where it is wrong.
  std::optional<uint64_t> Parent(const UnitRow& row) {
    const bool center = row.level == v1::Unit::LEVEL_CENTER;
    if (row.parent_code.empty() && center) return 0;
    if (row.parent_code.empty()) {
      findings_.Add(row.number, kColumns[kParentCode], type::REASON_REQUIRED);
      return std::nullopt;
    }
    const auto parent = FindTarget(row.parent_code);
    if (!parent) {
      findings_.Add(row.number, kColumns[kParentCode], type::REASON_UNKNOWN_REFERENCE, {{"value", row.parent_code}});
      return std::nullopt;
    }
    // A parent whose own level is wrong is told of in its own row.
    if (parent->level == v1::Unit::LEVEL_UNSPECIFIED) return std::nullopt;
    if (parent->level + 1 == row.level) return parent->id;
    findings_.Add(row.number, kColumns[kParentCode], type::REASON_PARENT_LEVEL);
    return std::nullopt;
  }

  void Compare(const UnitRow& row) {
    const auto parent_id = Parent(row);
    if (!parent_id) return;
    const UnitRecord* known = Existing(row.code);
    UnitRecord record = known != nullptr ? *known : New(row);
    record.parent_id = *parent_id;
    record.unit.set_display_name(row.display_name);
    record.unit.set_division_code(row.division_code);
    record.unit.clear_opened_date();
    if (row.opened_date) *record.unit.mutable_opened_date() = FromCivil(*row.opened_date);
    Seal(record);
    if (known == nullptr) {
      plan_.created.push_back(std::move(record));
    } else if (google::protobuf::util::MessageDifferencer::Equals(known->unit, record.unit)) {
      ++plan_.unchanged;
    } else {
      ++record.version;
      *record.unit.mutable_update_time() = Timestamp();
      Seal(record);
      plan_.updated.push_back(std::move(record));
    }
  }

  UnitRecord New(const UnitRow& row) const {
    UnitRecord record{.center_id = center_id_, .id = targets_.find(row.code)->second.id, .parent_id = 0, .unit = {}};
    record.unit.set_code(row.code);
    record.unit.set_level(row.level);
    record.unit.set_state(v1::Unit::STATE_ACTIVE);
    *record.unit.mutable_create_time() = Timestamp();
    *record.unit.mutable_update_time() = Timestamp();
    return record;
  }

  google::protobuf::Timestamp Timestamp() const {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(now_));
  }

  const std::vector<UnitRow>& rows_;
  const uint64_t center_id_;
  ids::Generator& ids_;
  const absl::Time now_;
  Findings& findings_;
  std::unordered_map<std::string_view, const UnitRecord*> existing_;
  std::unordered_map<std::string_view, Target> targets_;
  bool center_seen_ = false;
  UnitsPlan plan_;
};

}  // namespace

std::string_view UnitsFile::CenterCode() const {
  const auto center = std::ranges::find(rows, v1::Unit::LEVEL_CENTER, &UnitRow::level);
  return center == rows.end() ? std::string_view() : center->code;
}

absl::StatusOr<UnitsFile> ReadUnitsFile(std::string_view csv) {
  UnitsFile file;
  const auto sheet = ReadSheet(csv, kColumns, file.findings);
  if (!sheet.ok()) return sheet.status();
  file.rows.reserve(sheet->size());
  for (const CsvRow& row : *sheet) file.rows.push_back(ReadRow(row, file.findings));
  return file;
}

UnitsPlan PlanUnits(const std::vector<UnitRow>& rows, std::span<const UnitRecord> existing, uint64_t center_id,
                    ids::Generator& ids, absl::Time now, Findings& findings) {
  return Planner(rows, existing, center_id, ids, now, findings).Plan();
}

}  // namespace wenming::org
