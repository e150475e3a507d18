#include "activity_svc/registrations/own_export.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <vector>

#include "activity_svc/calendar_feeds/calendar_feeds_store.h"
#include "activity_svc/handovers/handovers_store.h"
#include "activity_svc/names.h"
#include "activity_svc/notices/notices_store.h"
#include "activity_svc/registrations/registration_export.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/settlements/settlements_store.h"
#include "activity_svc/supplements/supplements_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

// What a page holds, each kind newest first.
struct Things {
  std::vector<Registration> registrations;
  std::vector<Supplement> supplements;
  std::vector<Handover> handovers;
  std::vector<CalendarFeed> feeds;
  std::vector<Notice> notices;
};

absl::StatusOr<Things> List(db::Session& session, uint64_t center_id, uint64_t volunteer_id, uint64_t before,
                            int limit) {
  auto registrations = ListOwn(session, center_id, volunteer_id, before, limit);
  if (!registrations.ok()) return registrations.status();
  auto supplements = ListOwnSupplements(session, center_id, volunteer_id, before, limit);
  if (!supplements.ok()) return supplements.status();
  auto handovers = ListHandoversOf(session, center_id, volunteer_id, before, limit);
  if (!handovers.ok()) return handovers.status();
  auto feeds = ListFeeds(session, center_id, volunteer_id, before, limit);
  if (!feeds.ok()) return feeds.status();
  auto notices = ListNotices(session, center_id, volunteer_id, /*unread_only=*/false, before, limit);
  if (!notices.ok()) return notices.status();
  return Things{*std::move(registrations), *std::move(supplements), *std::move(handovers), *std::move(feeds),
                *std::move(notices)};
}

// Keeps the newest `size` over all kinds and says what the last one's id is; 0 where nothing had to go.
uint64_t CutOff(Things& things, size_t size) {
  std::vector<uint64_t> ids;
  const auto gather = [&ids](const auto& of) {
    for (const auto& thing : of) ids.push_back(thing.id);
  };
  gather(things.registrations);
  gather(things.supplements);
  gather(things.handovers);
  gather(things.feeds);
  gather(things.notices);
  if (ids.size() <= size) return 0;
  std::ranges::sort(ids, std::greater());
  const uint64_t last = ids[size - 1];
  const auto cut = [last](auto& of) { std::erase_if(of, [last](const auto& thing) { return thing.id < last; }); };
  cut(things.registrations);
  cut(things.supplements);
  cut(things.handovers);
  cut(things.feeds);
  cut(things.notices);
  return last;
}

absl::Status AddPerson(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                       v1::ExportMyRegistrationsResponse& page) {
  const auto volunteer = LoadVolunteer(session, center_id, volunteer_id);
  if (!volunteer.ok()) return volunteer.status();
  if (!volunteer->has_value()) return absl::OkStatus();
  const Volunteer& known = **volunteer;
  v1::PersonExport& person = *page.mutable_person();
  person.set_volunteer_number(known.number);
  person.set_masked_name(known.masked_name);
  person.set_unit(OptionalName("units", known.unit_id));
  person.set_active(known.active);
  if (known.adult_from) {
    person.mutable_adult_from_date()->set_year(static_cast<int>(known.adult_from->year()));
    person.mutable_adult_from_date()->set_month(known.adult_from->month());
    person.mutable_adult_from_date()->set_day(known.adult_from->day());
  }
  for (const std::string& skill : known.skills) person.add_skills(skill);
  for (const uint64_t team : known.team_ids) person.add_teams(ids::ResourceName("teams", team));
  person.set_absence_count(known.absences);
  if (known.locked_until) *person.mutable_locked_until_time() = ToProto(*known.locked_until);
  return absl::OkStatus();
}

absl::Status AddSupplements(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                            const std::vector<Supplement>& supplements, v1::ExportMyRegistrationsResponse& page) {
  if (supplements.empty()) return absl::OkStatus();
  std::unordered_map<uint64_t, v1::SupplementExport*> by_id;
  for (const Supplement& supplement : supplements) {
    v1::SupplementExport* const told = page.add_supplements();
    *told->mutable_supplement() = ToProto(supplement);
    by_id[supplement.id] = told;
  }
  const uint64_t first = supplements.back().id, last = supplements.front().id;
  const auto moves = ListOwnSupplementMoves(session, center_id, volunteer_id, first, last);
  if (!moves.ok()) return moves.status();
  for (const OwnSupplementMove& move : *moves) {
    const auto found = by_id.find(move.supplement_id);
    if (found == by_id.end()) continue;  // came after the supplements were listed
    v1::SupplementExport::Move& made = *found->second->add_moves();
    made.set_to(move.to);
    made.set_actor(move.actor);
    made.set_reason(move.reason);
    *made.mutable_move_time() = ToProto(move.time);
  }
  const auto entries = ListOwnEntries(session, HourSource::kSupplement, center_id, volunteer_id, first, last);
  if (!entries.ok()) return entries.status();
  for (const HourEntry& entry : *entries) {
    const auto found = by_id.find(entry.source_id);
    if (found != by_id.end()) *found->second->add_hour_entries() = ToProto(entry, "supplements");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OwnExport> ExportOwn(db::Session& session, uint64_t center_id, uint64_t volunteer_id, uint64_t before,
                                    size_t size, errors::Language language) {
  auto things = List(session, center_id, volunteer_id, before, static_cast<int>(size) + 1);
  if (!things.ok()) return things.status();
  OwnExport own;
  own.last_id = CutOff(*things, size);
  if (before == UINT64_MAX) {
    if (auto status = AddPerson(session, center_id, volunteer_id, own.page); !status.ok()) return status;
  }
  auto status = AddRegistrations(session, center_id, volunteer_id, things->registrations, own.page);
  if (!status.ok()) return status;
  status = AddSupplements(session, center_id, volunteer_id, things->supplements, own.page);
  if (!status.ok()) return status;
  for (const Handover& handover : things->handovers) *own.page.add_handovers() = ToProto(handover, volunteer_id);
  for (const CalendarFeed& feed : things->feeds) *own.page.add_calendar_feeds() = ToProto(feed);
  for (const Notice& notice : things->notices) *own.page.add_notices() = ToProto(notice, language);
  return own;
}

}  // namespace wenming::activity
