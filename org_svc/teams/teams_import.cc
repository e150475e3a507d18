#include "org_svc/teams/teams_import.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "org_svc/imports/sheet.h"
#include "org_svc/teams/teams_rules.h"

namespace wenming::org {
namespace {

enum Column { kCode, kTier, kParentCode, kUnitCode, kName, kSpecialty };
constexpr std::string_view kColumns[] = {"code", "tier", "parent_code", "unit_code", "name", "specialty"};
constexpr int kMaxName = 100;
constexpr int kMaxSpecialty = 50;

v1::Team::Tier ReadTier(const Cell& cell, Findings& findings) {
  v1::Team::Tier tier = v1::Team::TIER_UNSPECIFIED;
  if (!v1::Team::Tier_Parse("TIER_" + cell.text, &tier) || tier == v1::Team::TIER_UNSPECIFIED) {
    findings.Add(cell.row, cell.column, cell.text.empty() ? type::REASON_REQUIRED : type::REASON_UNKNOWN_VALUE);
    return v1::Team::TIER_UNSPECIFIED;
  }
  return tier;
}

TeamRow ReadRow(const CsvRow& row, Findings& findings) {
  const auto cell = [&row](Column column) { return Cell{row.number, kColumns[column], row.cells[column]}; };
  CheckCode(cell(kCode), true, findings);
  CheckCode(cell(kParentCode), false, findings);
  CheckCode(cell(kUnitCode), true, findings);
  CheckName(cell(kName), true, kMaxName, findings);
  CheckName(cell(kSpecialty), false, kMaxSpecialty, findings);
  return {.number = row.number,
          .code = row.cells[kCode],
          .tier = ReadTier(cell(kTier), findings),
          .parent_code = row.cells[kParentCode],
          .unit_code = row.cells[kUnitCode],
          .display_name = row.cells[kName],
          .specialty = row.cells[kSpecialty]};
}

// Where a code leads: a row of the file or a team that is there.
struct Target {
  uint64_t id;
  v1::Team::Tier tier;
};

class Planner {
 public:
  Planner(const std::vector<TeamRow>& rows, const TeamsBefore& before, uint64_t center_id, ids::Generator& ids,
          absl::Time now, Findings& findings)
      : rows_(rows), center_id_(center_id), ids_(ids), now_(now), findings_(findings) {
    for (const TeamRecord& record : before.teams) {
      existing_.emplace(record.team.code(), &record);
      const bool active = record.team.state() == v1::Team::STATE_ACTIVE;
      if (active && record.team.tier() == v1::Team::TIER_GENERAL) general_ = record.team.code();
    }
    for (const UnitRecord& record : before.units) {
      if (record.unit.state() == v1::Unit::STATE_ACTIVE) units_.emplace(record.unit.code(), record.id);
    }
  }

  TeamsPlan Plan() {
    std::vector<const TeamRow*> placed;
    for (const TeamRow& row : rows_) {
      if (Place(row)) placed.push_back(&row);
    }
    for (const TeamRow* row : placed) Compare(*row);
    return std::move(plan_);
  }

 private:
  void Find(const TeamRow& row, Column column, errors::Reason reason, errors::Metadata metadata = {}) {
    findings_.Add(row.number, kColumns[column], reason, std::move(metadata));
  }

  const TeamRecord* Existing(std::string_view code) const {
    const auto found = existing_.find(code);
    return found == existing_.end() ? nullptr : found->second;
  }

  // Gives the row's code a place that parent_code can lead to.
  bool Place(const TeamRow& row) {
    if (row.code.empty()) return false;
    const TeamRecord* known = Existing(row.code);
    if (!targets_.emplace(row.code, Target{known != nullptr ? known->id : ids_.Next(), row.tier}).second) {
      Find(row, kCode, type::REASON_DUPLICATE_CODE, {{"code", row.code}});
      return false;
    }
    if (row.tier == v1::Team::TIER_UNSPECIFIED) return false;
    if (row.tier == v1::Team::TIER_GENERAL) {
      if (general_.empty()) general_ = row.code;
      if (general_ != row.code) {
        Find(row, kTier, type::REASON_SECOND_GENERAL_TEAM);
        return false;
      }
    }
    if (known == nullptr) return true;
    if (known->team.state() != v1::Team::STATE_ACTIVE) {
      Find(row, kCode, type::REASON_CODE_OF_DELETED, {{"code", row.code}});
      return false;
    }
    if (known->team.tier() != row.tier) Find(row, kTier, type::REASON_IMMUTABLE);
    return known->team.tier() == row.tier;
  }

  std::optional<Target> FindTarget(std::string_view code) const {
    if (const auto row = targets_.find(code); row != targets_.end()) return row->second;
    const TeamRecord* known = Existing(code);
    if (known == nullptr || known->team.state() != v1::Team::STATE_ACTIVE) return std::nullopt;
    return Target{known->id, known->team.tier()};
  }

  // The parent's id, 0 for the general team; nothing where it is wrong.
  std::optional<uint64_t> Parent(const TeamRow& row) {
    Target parent{0, v1::Team::TIER_UNSPECIFIED};
    if (!row.parent_code.empty()) {
      const auto found = FindTarget(row.parent_code);
      if (!found) {
        Find(row, kParentCode, type::REASON_UNKNOWN_REFERENCE, {{"value", row.parent_code}});
        return std::nullopt;
      }
      // A parent whose own tier is wrong is told of in its own row.
      if (found->tier == v1::Team::TIER_UNSPECIFIED) return std::nullopt;
      parent = *found;
    }
    if (FitsBelow(row.tier, parent.tier)) return parent.id;
    Find(row, kParentCode, type::REASON_TEAM_SHAPE);
    return std::nullopt;
  }

  std::optional<uint64_t> Unit(const TeamRow& row, const TeamRecord* known) {
    const auto unit = units_.find(row.unit_code);
    if (unit == units_.end()) {
      if (!row.unit_code.empty()) Find(row, kUnitCode, type::REASON_UNKNOWN_REFERENCE, {{"value", row.unit_code}});
      return std::nullopt;
    }
    if (known == nullptr || known->unit_id == unit->second) return unit->second;
    Find(row, kUnitCode, type::REASON_IMMUTABLE);
    return std::nullopt;
  }

  void Compare(const TeamRow& row) {
    const TeamRecord* known = Existing(row.code);
    const auto parent_id = Parent(row);
    const auto unit_id = Unit(row, known);
    if (!parent_id || !unit_id) return;
    TeamRecord record = known != nullptr ? *known : New(row);
    record.parent_id = *parent_id;
    record.unit_id = *unit_id;
    record.team.set_display_name(row.display_name);
    record.team.set_specialty(row.specialty);
    Seal(record);
    if (known == nullptr) {
      plan_.created.push_back(std::move(record));
    } else if (google::protobuf::util::MessageDifferencer::Equals(known->team, record.team)) {
      ++plan_.unchanged;
    } else {
      ++record.version;
      *record.team.mutable_update_time() = Timestamp();
      Seal(record);
      plan_.updated.push_back(std::move(record));
    }
  }

  TeamRecord New(const TeamRow& row) const {
    TeamRecord record{.center_id = center_id_, .id = targets_.find(row.code)->second.id, .team = {}};
    record.team.set_code(row.code);
    record.team.set_tier(row.tier);
    record.team.set_kind(v1::Team::KIND_PARTY_AND_GOVERNMENT);
    record.team.set_state(v1::Team::STATE_ACTIVE);
    *record.team.mutable_create_time() = Timestamp();
    *record.team.mutable_update_time() = Timestamp();
    return record;
  }

  google::protobuf::Timestamp Timestamp() const {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(now_));
  }

  const std::vector<TeamRow>& rows_;
  const uint64_t center_id_;
  ids::Generator& ids_;
  const absl::Time now_;
  Findings& findings_;
  std::unordered_map<std::string_view, const TeamRecord*> existing_;
  std::unordered_map<std::string_view, uint64_t> units_;
  std::unordered_map<std::string_view, Target> targets_;
  std::string_view general_;
  TeamsPlan plan_;
};

}  // namespace

absl::StatusOr<TeamsFile> ReadTeamsFile(std::string_view csv) {
  TeamsFile file;
  const auto sheet = ReadSheet(csv, kColumns, file.findings);
  if (!sheet.ok()) return sheet.status();
  file.rows.reserve(sheet->size());
  for (const CsvRow& row : *sheet) file.rows.push_back(ReadRow(row, file.findings));
  return file;
}

TeamsPlan PlanTeams(const std::vector<TeamRow>& rows, const TeamsBefore& before, uint64_t center_id,
                    ids::Generator& ids, absl::Time now, Findings& findings) {
  return Planner(rows, before, center_id, ids, now, findings).Plan();
}

}  // namespace wenming::org
