#include "activity_svc/agenda/agenda_service.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "activity_svc/agenda/agenda_rules.h"
#include "activity_svc/agenda/agenda_store.h"
#include "activity_svc/names.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using Period = v1::ListMyShiftsRequest;

// Shifts that one statement reads, and one call looks at, where a filter passes some over: what bounds the cost of a
// call whose filter hardly anything matches.
constexpr int kReadSize = 500;
constexpr int kMostLooked = 2000;
// The shifts of so few units are read by themselves; those of more stand dense enough among all.
constexpr size_t kFewUnits = 32;
// The database keeps microseconds in 64 bits; these are far beyond every shift.
constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
constexpr int64_t kLast = std::numeric_limits<int64_t>::max();

absl::Time At(int64_t micros) {
  if (micros == kFirst) return absl::InfinitePast();
  return micros == kLast ? absl::InfiniteFuture() : absl::FromUnixMicros(micros);
}

std::optional<AgendaPosition> ToPosition(const std::vector<db::Value>& values) {
  if (values.size() != 2) return std::nullopt;
  return AgendaPosition{At(std::get<int64_t>(values[0].data())), std::get<uint64_t>(values[1].data())};
}

// INVALID_ARGUMENT for a state that does not exist.
absl::StatusOr<int64_t> StatesOf(const v1::ListMyShiftsRequest& request) {
  if (request.states().empty()) return -1;
  int64_t states = 0;
  for (const int state : request.states()) {
    if (state == v1::Registration::STATE_UNSPECIFIED || !v1::Registration::State_IsValid(state)) {
      return errors::InvalidField("states", type::REASON_UNKNOWN_VALUE);
    }
    states |= int64_t{1} << state;
  }
  return states;
}

}  // namespace

rpc::Service AgendaService::Bind() {
  return rpc::Service("wenming.activity.v1.AgendaService")
      .Unary("ListMyShifts", rpc::kPooled, this, &AgendaService::ListMyShifts)
      .Unary("ListUpcomingShifts", rpc::kPooled, this, &AgendaService::ListUpcomingShifts);
}

absl::StatusOr<v1::ListMyShiftsResponse> AgendaService::ListMyShifts(const rpc::Call& call,
                                                                     const v1::ListMyShiftsRequest& request) {
  const auto states = StatesOf(request);
  if (!states.ok()) return states.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const bool past = request.period() == Period::PERIOD_PAST;
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  OwnShiftQuery query{.center_id = call.center_id,
                      .volunteer_id = call.caller.id,
                      .states = *states,
                      .limit = static_cast<int>(size) + 1};
  if (request.has_from_time()) query.end_after = FromProto(request.from_time());
  if (request.has_until_time()) query.start_before = FromProto(request.until_time());
  if (past) {
    query.end_until = call.now;
    query.after = {absl::InfiniteFuture(), 0};
  } else {
    query.end_after = std::max(query.end_after, call.now);
    query.after = {absl::InfinitePast(), 0};
  }
  query.after = ToPosition(*position).value_or(query.after);
  auto own =
      db::Read(db_, call.deadline, [&](db::Session& s) { return past ? ListPast(s, query) : ListComing(s, query); });
  if (!own.ok()) return own.status();
  v1::ListMyShiftsResponse response;
  if (own->size() > size) {
    own->resize(size);
    const Registration& last = own->back().registration;
    response.set_next_page_token(
        pager_.Token(request, {absl::ToUnixMicros(past ? last.end_time : last.start_time), last.id}));
  }
  for (const OwnShift& shift : *own) *response.add_shifts() = ToProto(shift);
  return response;
}

absl::StatusOr<v1::ListUpcomingShiftsResponse> AgendaService::ListUpcomingShifts(
    const rpc::Call& call, const v1::ListUpcomingShiftsRequest& request) {
  const auto unit = FindUnit(call, "parent", request.parent());
  if (!unit.ok()) return unit.status();
  const auto days = DaysOf(request);
  if (!days.ok()) return days.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  UpcomingFilter filter{.units = {}, .method = request.method(), .theme = request.theme()};
  std::vector<uint64_t> few;
  if (unit->id != unit->center_id) {
    const std::vector<uint64_t> subtree = call.directory->Subtree(unit->id);
    if (subtree.size() <= kFewUnits) {
      few = subtree;
    } else {
      filter.units = {subtree.begin(), subtree.end()};
    }
  }
  // Shifts begin on whole microseconds: what begins at `begin` itself comes after the one before, whatever its id.
  AgendaPosition after{std::max(call.now, days->begin - absl::Microseconds(1)), std::numeric_limits<uint64_t>::max()};
  if (const auto shown = ToPosition(*position); shown && shown->time >= after.time) after = *shown;
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  const int limit = filter.Selective() ? kReadSize : static_cast<int>(size) + 1;
  using Response = absl::StatusOr<v1::ListUpcomingShiftsResponse>;
  return db::Read(db_, call.deadline, [&](db::Session& session) -> Response {
    std::vector<OpenShift> shown;
    AgendaPosition seen = after;
    bool more = true;
    for (int looked = 0; more && looked < kMostLooked && shown.size() <= size; looked += limit) {
      auto part = few.empty() ? ListOpenShifts(session, unit->center_id, seen, days->end, limit)
                              : ListOpenShiftsOf(session, unit->center_id, few, seen, days->end, limit);
      if (!part.ok()) return part.status();
      more = part->size() == static_cast<size_t>(limit);
      if (!part->empty()) seen = {part->back().shift.start_time, part->back().shift.id};
      std::ranges::copy_if(*part, std::back_inserter(shown),
                           [&filter](const OpenShift& open) { return Matches(filter, open); });
    }
    v1::ListUpcomingShiftsResponse response;
    if (shown.size() > size) {
      shown.resize(size);
      seen = {shown.back().shift.start_time, shown.back().shift.id};
      more = true;
    }
    if (more) response.set_next_page_token(pager_.Token(request, {absl::ToUnixMicros(seen.time), seen.id}));
    for (const OpenShift& open : shown) *response.add_shifts() = ToProto(open);
    return response;
  });
}

}  // namespace wenming::activity
