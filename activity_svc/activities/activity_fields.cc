#include "activity_svc/activities/activity_fields.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "activity_svc/names.h"
#include "common/auth/teams.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using Violations = std::vector<errors::FieldViolation>;

void TakeThemes(const v1::Activity& given, const std::vector<Theme>& themes, Activity& activity, Violations& wrong) {
  activity.themes.clear();
  for (const std::string& key : given.themes()) {
    if (std::ranges::find(themes, key, &Theme::key) == themes.end()) {
      wrong.push_back({"activity.themes", type::REASON_UNKNOWN_THEME, {{"theme", key}}});
    } else if (std::ranges::find(activity.themes, key) == activity.themes.end()) {
      activity.themes.push_back(key);
    }
  }
  if (given.themes().empty()) wrong.push_back({"activity.themes", type::REASON_REQUIRED});
}

void TakeMethod(const v1::Activity& given, Activity& activity, Violations& wrong) {
  activity.method = given.method();
  if (activity.method == v1::METHOD_UNSPECIFIED || !v1::Method_IsValid(activity.method)) {
    wrong.push_back({"activity.method", type::REASON_UNKNOWN_VALUE});
  }
}

void TakeLocation(const v1::Activity& given, Activity& activity, Violations& wrong) {
  if (!given.has_location()) {
    activity.location.reset();
    return;
  }
  const Point point{given.location().latitude(), given.location().longitude()};
  // Written so that a NaN fails, too.
  if (!(std::abs(point.latitude) <= 90)) {
    wrong.push_back({"activity.location.latitude", type::REASON_OUT_OF_RANGE, {{"min", "-90"}, {"max", "90"}}});
  }
  if (!(std::abs(point.longitude) <= 180)) {
    wrong.push_back({"activity.location.longitude", type::REASON_OUT_OF_RANGE, {{"min", "-180"}, {"max", "180"}}});
  }
  activity.location = point;
}

void TakeTeam(const rpc::Call& call, const v1::Activity& given, Activity& activity, Violations& wrong) {
  const auto id = ParseOptionalId("teams", "activity.team", given.team());
  if (!id.ok()) {
    wrong.push_back({"activity.team", type::REASON_BAD_RESOURCE_NAME, {{"collection", "teams"}}});
  } else if (*id != 0 && !auth::CheckTeam(call.directory, call.center_id, "activity.team", *id).ok()) {
    wrong.push_back({"activity.team", type::REASON_UNKNOWN_REFERENCE, {{"value", given.team()}}});
  } else {
    activity.team_id = *id;
  }
}

void TakePersonInCharge(const rpc::Call& call, const v1::Activity& given, Activity& activity, Violations& wrong) {
  const auto id = ParseOptionalId("staff", "activity.person_in_charge", given.person_in_charge());
  if (!id.ok()) {
    wrong.push_back({"activity.person_in_charge", type::REASON_BAD_RESOURCE_NAME, {{"collection", "staff"}}});
  } else if (*id == 0) {
    activity.person_in_charge_id = call.caller.id;
  } else if (call.directory == nullptr || !call.directory->StaffActive(*id)) {
    wrong.push_back(
        {"activity.person_in_charge", type::REASON_UNKNOWN_REFERENCE, {{"value", given.person_in_charge()}}});
  } else {
    activity.person_in_charge_id = *id;
  }
}

// A mask may name a text that is not given: REQUIRED of the proto is checked here again.
void TakeText(const char* field, const std::string& given, std::string& target, Violations& wrong) {
  if (given.empty()) wrong.push_back({field, type::REASON_REQUIRED});
  target = given;
}

}  // namespace

const std::vector<std::string>& WritableFields() {
  static const auto& fields = *new std::vector<std::string>{
      "team",     "title",        "content",   "method",           "themes",          "place",
      "location", "fence_metres", "dangerous", "insurance_policy", "person_in_charge"};
  return fields;
}

absl::Status TakeFields(const rpc::Call& call, const std::vector<std::string>& fields, const v1::Activity& given,
                        const std::vector<Theme>& themes, Activity& activity) {
  Violations wrong;
  const auto named = [&fields](std::string_view field) { return std::ranges::find(fields, field) != fields.end(); };
  if (named("team")) TakeTeam(call, given, activity, wrong);
  if (named("title")) TakeText("activity.title", given.title(), activity.title, wrong);
  if (named("content")) TakeText("activity.content", given.content(), activity.content, wrong);
  if (named("method")) TakeMethod(given, activity, wrong);
  if (named("themes")) TakeThemes(given, themes, activity, wrong);
  if (named("place")) TakeText("activity.place", given.place(), activity.place, wrong);
  if (named("location")) TakeLocation(given, activity, wrong);
  if (named("fence_metres")) activity.fence_metres = given.fence_metres();
  if (named("dangerous")) activity.dangerous = given.dangerous();
  if (named("insurance_policy")) activity.insurance_policy = given.insurance_policy();
  if (named("person_in_charge")) TakePersonInCharge(call, given, activity, wrong);
  return wrong.empty() ? absl::OkStatus() : errors::InvalidFields(wrong);
}

}  // namespace wenming::activity
