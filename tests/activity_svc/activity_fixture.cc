#include "tests/activity_svc/activity_fixture.h"

#include <cstdio>
#include <cstdlib>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "activity_svc/names.h"
#include "activity_svc/schema.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/db/transaction.h"

namespace wenming::activity {
namespace {

// Preparation that fails ends the test program: nothing after it would mean anything.
template <typename T>
T Must(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "preparing a test: %s\n", result.status().ToString().c_str());
  std::abort();
}

}  // namespace

ActivityTest::ActivityTest(int connections)
    : database_(Migrations(), connections),
      ids_([] { return absl::Now(); }, 7),
      dependencies_{database_.pool(), ids_, trail_, pager_, codes_, metrics_} {
  directory_.AddCenter(kCenter)
      .AddUnit(kInstitute, kCenter, kCenter, 2)
      .AddUnit(kStation, kInstitute, kCenter, 3)
      .AddUnit(kOtherStation, kInstitute, kCenter, 3)
      .AddCenter(kOtherCenter, "XX");
  for (const uint64_t team : {9, 21, 22}) directory_.AddTeam(team, kCenter);
  directory_.AddRole("head", {"activities.read", "activities.write", "attendance.run", "registrations.read"})
      .AddRole("approver", {"activities.read", "activities.approve", "hours.publicize", "hours.settle"})
      .AddRole("admin", {"activities.read", "activities.write", "activities.approve", "attendance.run",
                         "registrations.read", "hours.publicize", "hours.settle", "policies.write"});
  directory_.AddStaff(kHead, kCenter, {{"head", kStation}})
      .AddStaff(kApprover, kCenter, {{"approver", kInstitute}})
      .AddStaff(kAdmin, kCenter, {{"admin", kCenter}})
      .AddStaff(kStranger, kCenter, {{"head", kOtherStation}})
      .AddStaff(kOtherAdmin, kOtherCenter, {{"admin", kOtherCenter}});
}

rpc::Call ActivityTest::Staff(uint64_t staff_id, absl::Time now) const {
  rpc::Call call = test::StaffCall(directory_.get(), staff_id, staff_id == kOtherAdmin ? kOtherCenter : kCenter);
  call.now = now;
  call.method = "/test/Method";
  return call;
}

rpc::Call ActivityTest::Person(uint64_t volunteer_id, absl::Time now) const {
  rpc::Call call = test::VolunteerCall(directory_.get(), volunteer_id, kCenter);
  call.now = now;
  call.method = "/test/Method";
  return call;
}

rpc::Call ActivityTest::Anybody(absl::Time now) const {
  rpc::Call call = test::AnonymousCall(directory_.get(), kCenter);
  call.now = now;
  return call;
}

void ActivityTest::AddVolunteer(uint64_t id, bool active) {
  const Volunteer volunteer{
      .id = id, .number = "HT" + std::to_string(id), .masked_name = "王*明", .unit_id = kStation, .active = active};
  Must<int>([&]() -> absl::StatusOr<int> {
    const auto status = db::RunTransaction(
        database_.pool(), {}, [&](db::Transaction& tx) { return StoreVolunteer(tx, kCenter, volunteer).status(); });
    if (!status.ok()) return status;
    return 0;
  }());
}

v1::CreateActivityRequest ActivityTest::DraftRequest() const {
  v1::CreateActivityRequest request;
  request.set_parent(ids::ResourceName("units", kStation));
  auto& activity = *request.mutable_activity();
  activity.set_title("理论宣讲进村");
  activity.set_content("宣讲新时代文明实践");
  activity.set_method(v1::METHOD_TEACH);
  activity.add_themes("thought");
  activity.set_place("大槐树镇文化广场");
  activity.mutable_location()->set_latitude(36.2536);
  activity.mutable_location()->set_longitude(111.6750);
  return request;
}

v1::Activity ActivityTest::Draft() { return Must(activities_.CreateActivity(Staff(kHead, now_), DraftRequest())); }

v1::Shift ActivityTest::AddShift(const std::string& activity, absl::Time start, absl::Duration length, int capacity,
                                 int waitlist, int break_minutes) {
  v1::CreateShiftRequest request;
  request.set_parent(activity);
  auto& shift = *request.mutable_shift();
  shift.set_post("引导");
  *shift.mutable_start_time() = ToProto(start);
  *shift.mutable_end_time() = ToProto(start + length);
  shift.set_capacity(capacity);
  shift.set_waitlist_capacity(waitlist);
  shift.set_break_minutes(break_minutes);
  return Must(shifts_.CreateShift(Staff(kHead, now_), request));
}

absl::StatusOr<v1::Activity> ActivityTest::TryMove(const std::string& activity, v1::MoveActivityRequest::Move move,
                                                   uint64_t staff_id, const std::string& reason) {
  v1::MoveActivityRequest request;
  request.set_name(activity);
  request.set_move(move);
  request.set_reason(reason);
  return activities_.MoveActivity(Staff(staff_id, now_), request);
}

v1::Activity ActivityTest::Move(const std::string& activity, v1::MoveActivityRequest::Move move, uint64_t staff_id) {
  return Must(TryMove(activity, move, staff_id));
}

v1::Shift ActivityTest::PublishedAt(absl::Time start, absl::Duration length, int capacity, int waitlist,
                                    int break_minutes) {
  const v1::Activity activity = Draft();
  const v1::Shift shift = AddShift(activity.name(), start, length, capacity, waitlist, break_minutes);
  Move(activity.name(), v1::MoveActivityRequest::MOVE_SUBMIT, kHead);
  Move(activity.name(), v1::MoveActivityRequest::MOVE_PUBLISH, kApprover);
  return shift;
}

v1::Shift ActivityTest::Published(int capacity, int waitlist, int break_minutes) {
  return PublishedAt(start_, absl::Hours(2), capacity, waitlist, break_minutes);
}

absl::StatusOr<v1::Registration> ActivityTest::SignUp(uint64_t volunteer_id, const std::string& shift,
                                                      const std::string& request_id) {
  v1::CreateRegistrationRequest request;
  request.set_parent(shift);
  request.set_request_id(request_id);
  return SignUp(registrations_, Person(volunteer_id, now_), request);
}

absl::StatusOr<v1::Registration> ActivityTest::SignUp(RegistrationsService& service, const rpc::Call& call,
                                                      const v1::CreateRegistrationRequest& request) {
  absl::StatusOr<v1::Registration> answer;
  absl::Notification answered;
  service.CreateRegistration(call, request, rpc::Reply<v1::Registration>::To([&](auto given) {
                               answer = std::move(given);
                               answered.Notify();
                             }));
  answered.WaitForNotification();
  return answer;
}

absl::StatusOr<v1::Registration> ActivityTest::Cancel(const v1::Registration& registration, absl::Time now) {
  v1::CancelRegistrationRequest request;
  request.set_name(registration.name());
  return registrations_.CancelRegistration(Person(VolunteerOf(registration), now), request);
}

absl::StatusOr<v1::Registration> ActivityTest::Accept(const v1::Registration& registration, absl::Time now) {
  v1::AcceptOfferRequest request;
  request.set_name(registration.name());
  return registrations_.AcceptOffer(Person(VolunteerOf(registration), now), request);
}

v1::Registration ActivityTest::Get(const v1::Registration& registration) {
  v1::GetRegistrationRequest request;
  request.set_name(registration.name());
  return Must(registrations_.GetRegistration(Person(VolunteerOf(registration), now_), request));
}

v1::Shift ActivityTest::GetShift(const std::string& name) {
  v1::GetShiftRequest request;
  request.set_name(name);
  return Must(shifts_.GetShift(Staff(kAdmin, now_), request));
}

uint64_t ActivityTest::IdOf(const std::string& name) { return *ids::FromText(name.substr(name.find('/') + 1)); }

uint64_t ActivityTest::VolunteerOf(const v1::Registration& registration) { return IdOf(registration.volunteer()); }

int64_t ActivityTest::Number(const std::string& sql) {
  return Must(db::Read(database_.pool(), absl::InfiniteFuture(), [&](db::Session& session) -> absl::StatusOr<int64_t> {
    const auto row = session.QueryOne(sql);
    if (!row.ok()) return row.status();
    return row->has_value() ? (*row)->Int(0) : 0;
  }));
}

}  // namespace wenming::activity
