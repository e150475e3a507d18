#include "activity_svc/registrations/sign_up.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

std::vector<uint64_t> Sorted(std::span<const SignUp> sign_ups, uint64_t SignUp::*id) {
  std::vector<uint64_t> ids;
  ids.reserve(sign_ups.size());
  for (const SignUp& sign_up : sign_ups) ids.push_back(sign_up.*id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace

absl::StatusOr<SignUpBook> SignUpBook::Load(db::Session& session, uint64_t center_id,
                                            std::span<const SignUp> sign_ups) {
  SignUpBook book(center_id);
  const std::vector<uint64_t> persons = Sorted(sign_ups, &SignUp::volunteer_id);
  auto volunteers = LoadVolunteers(session, center_id, persons);
  if (!volunteers.ok()) return volunteers.status();
  book.volunteers_ = *std::move(volunteers);
  auto shifts = LoadShifts(session, center_id, Sorted(sign_ups, &SignUp::shift_id));
  if (!shifts.ok()) return shifts.status();
  book.shifts_ = *std::move(shifts);
  if (auto status = book.LoadOthers(session, persons, sign_ups); !status.ok()) return status;
  return book;
}

absl::StatusOr<SignUpBook> SignUpBook::Lock(db::Transaction& transaction, uint64_t center_id,
                                            std::span<const SignUp> sign_ups) {
  SignUpBook book(center_id);
  const std::vector<uint64_t> persons = Sorted(sign_ups, &SignUp::volunteer_id);
  auto volunteers = LockVolunteers(transaction, center_id, persons);
  if (!volunteers.ok()) return volunteers.status();
  book.volunteers_ = *std::move(volunteers);
  auto shifts = LockShifts(transaction, center_id, Sorted(sign_ups, &SignUp::shift_id));
  if (!shifts.ok()) return shifts.status();
  book.shifts_ = *std::move(shifts);
  if (auto status = book.LoadOthers(transaction, persons, sign_ups); !status.ok()) return status;
  return book;
}

absl::Status SignUpBook::LoadOthers(db::Session& session, std::span<const uint64_t> persons,
                                    std::span<const SignUp> sign_ups) {
  if (auto status = LoadActivities(session, sign_ups); !status.ok() || shifts_.empty()) return status;
  absl::Time start = absl::InfiniteFuture(), end = absl::InfinitePast();
  for (const auto& [id, shift] : shifts_) {
    start = std::min(start, shift.start_time);
    end = std::max(end, shift.end_time);
  }
  const auto held = FindOwnOfAll(session, center_id_, persons, start, end);
  if (!held.ok()) return held.status();
  for (const HeldRegistration& one : *held) held_[one.volunteer_id].push_back(one);
  return absl::OkStatus();
}

// An activity matters where its shift takes no sign-ups, and to minors.
absl::Status SignUpBook::LoadActivities(db::Session& session, std::span<const SignUp> sign_ups) {
  std::vector<uint64_t> ids;
  for (const SignUp& sign_up : sign_ups) {
    const auto shift = shifts_.find(sign_up.shift_id);
    if (shift == shifts_.end()) continue;
    const auto volunteer = volunteers_.find(sign_up.volunteer_id);
    const bool minor = volunteer != volunteers_.end() && volunteer->second.MinorAt(shift->second.start_time);
    if (!shift->second.accepting || minor) ids.push_back(shift->second.activity_id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  auto traits = LoadTraits(session, center_id_, ids);
  if (!traits.ok()) return traits.status();
  activities_ = *std::move(traits);
  return absl::OkStatus();
}

absl::StatusOr<SignUpFacts> SignUpBook::FactsOf(const SignUp& sign_up) const {
  const auto shift = shifts_.find(sign_up.shift_id);
  if (shift == shifts_.end()) return errors::NotFound(ids::ResourceName("shifts", sign_up.shift_id));
  SignUpFacts facts;
  facts.shift = shift->second;
  if (const auto found = volunteers_.find(sign_up.volunteer_id); found != volunteers_.end()) {
    facts.volunteer = found->second;
  }
  if (const auto found = activities_.find(facts.shift.activity_id); found != activities_.end()) {
    facts.activity_state = found->second.state;
    facts.dangerous = found->second.dangerous;
  }
  if (const auto found = held_.find(sign_up.volunteer_id); found != held_.end()) {
    for (const HeldRegistration& held : found->second) {
      const bool meets = held.end_time > facts.shift.start_time && held.start_time < facts.shift.end_time;
      if (meets) facts.own.push_back(held.own);
    }
  }
  return facts;
}

const Registration& SignUpBook::Enter(const SignUp& sign_up) {
  Shift& shift = shifts_.at(sign_up.shift_id);
  const Volunteer& volunteer = volunteers_.at(sign_up.volunteer_id);
  Registration registration{.id = sign_up.registration_id,
                            .shift_id = shift.id,
                            .activity_id = shift.activity_id,
                            .volunteer_id = volunteer.id,
                            .start_time = shift.start_time,
                            .end_time = shift.end_time,
                            .create_time = sign_up.time,
                            .update_time = sign_up.time,
                            .volunteer_number = volunteer.number,
                            .masked_name = volunteer.masked_name};
  if (shift.HasPlace()) {
    ++shift.taken_count;
  } else {
    ++shift.waitlisted_count;
    registration.state = R::STATE_WAITLISTED;
    registration.waitlist_position = ++shift.waitlist_last_position;
  }
  // Where it would stand had it been loaded, so that whoever asks next is told the same as if he came alone.
  std::vector<HeldRegistration>& held = held_[volunteer.id];
  const HeldRegistration entered{.volunteer_id = volunteer.id,
                                 .own = {registration.id, shift.id, registration.state},
                                 .start_time = shift.start_time,
                                 .end_time = shift.end_time};
  held.insert(std::upper_bound(held.begin(), held.end(), entered, EndsBefore), entered);
  entered_.push_back(std::move(registration));
  return entered_.back();
}

absl::Status SignUpBook::Save(db::Transaction& transaction) const {
  if (entered_.empty()) return absl::OkStatus();
  std::map<uint64_t, Taking> by_shift;
  absl::Time now = absl::InfinitePast();
  for (const Registration& registration : entered_) {
    Taking& taking = by_shift[registration.shift_id];
    ++(registration.state == R::STATE_CONFIRMED ? taking.places : taking.waiting);
    now = std::max(now, registration.create_time);
  }
  // Shifts that lose the same are written together: one statement for a single shift, two or three for a thousand.
  std::map<Taking, std::vector<uint64_t>> by_taking;
  for (const auto& [shift_id, taking] : by_shift) by_taking[taking].push_back(shift_id);
  for (const auto& [taking, shifts] : by_taking) {
    if (auto status = TakePlaces(transaction, center_id_, shifts, taking, now); !status.ok()) return status;
  }
  return InsertRegistrations(transaction, center_id_, entered_);
}

int SignUpBook::CountPeople(uint64_t shift_id) const {
  const auto found = shifts_.find(shift_id);
  return found == shifts_.end() ? 0 : found->second.taken_count + found->second.waitlisted_count;
}

bool SignUpBook::Full(uint64_t shift_id) const {
  const auto found = shifts_.find(shift_id);
  if (found == shifts_.end()) return false;
  const Shift& shift = found->second;
  return shift.accepting && shift.state == v1::Shift::STATE_OPEN && !shift.HasPlace() && !shift.HasWaitingRoom();
}

}  // namespace wenming::activity
