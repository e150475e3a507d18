#include "tests/volunteer_svc/fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/consents/consents_rules.h"
#include "volunteer_svc/hours/hours_rules.h"
#include "volunteer_svc/hours/ledger.h"
#include "volunteer_svc/schema.h"
#include "volunteer_svc/volunteers/volunteers_service.h"

namespace wenming::volunteer {
namespace {

const std::vector<std::string>& AllPermissions() {
  static const std::vector<std::string> permissions = {"volunteers.read",    "volunteers.write",    "volunteers.reveal",
                                                       "volunteers.approve", "volunteers.erase",    "consents.publish",
                                                       "certificates.issue", "certificates.revoke", "policies.write"};
  return permissions;
}

constexpr int kForMigrating = 2;

std::unique_ptr<db::Pool> OpenPool(const test::TestDatabase& database, int connections) {
  db::PoolOptions options = database.options();
  options.connections = connections;
  auto pool = db::Pool::Open(test::Driver(), std::move(options));
  EXPECT_TRUE(pool.ok()) << db::DriverText(pool.status());
  return *std::move(pool);
}

absl::Status WriteOne(db::Pool& pool, const absl::StatusOr<HourEntry>& entry) {
  if (!entry.ok()) return entry.status();
  return db::RunTransaction(pool, {},
                            [&](db::Transaction& transaction) { return WriteHours(transaction, {*entry}).status(); });
}

}  // namespace

std::string ResidentId(std::string_view first17) {
  static constexpr int kWeights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (size_t i = 0; i < 17; ++i) sum += (first17[i] - '0') * kWeights[i];
  return std::string(first17) + "10X98765432"[sum % 11];
}

v1::Volunteer PersonNumber(int n) {
  v1::Volunteer person;
  person.set_display_name(absl::StrCat("王小", n));
  person.set_id_type(v1::Volunteer::ID_TYPE_RESIDENT);
  // A thousand people a day, so that the number has three digits.
  const absl::CivilDay born = absl::CivilDay(1980, 1, 1) + n / 1000;
  person.set_id_number(
      ResidentId(absl::StrFormat("999999%04d%02d%02d%03d", born.year(), born.month(), born.day(), n % 1000)));
  person.set_phone(absl::StrFormat("124%08d", n));
  person.set_residence("洪洞县大槐树镇九号");
  person.add_skills("急救");
  return person;
}

v1::Guardian SomeGuardian() {
  v1::Guardian guardian;
  guardian.set_display_name("赵桂兰");
  guardian.mutable_id_document()->set_id_type(v1::Volunteer::ID_TYPE_RESIDENT);
  guardian.mutable_id_document()->set_id_number(ResidentId("99999919790307004"));
  guardian.set_phone("12477777777");
  guardian.set_relationship("母亲");
  return guardian;
}

void Agree(v1::CreateVolunteerRequest& request, int age) {
  for (const ConsentKind kind : NeededKinds(age)) {
    request.add_consent_documents(ids::ResourceName("consentDocuments", kind));  // the defaults' ids are their kinds
  }
  if (age < 18) *request.mutable_guardian() = SomeGuardian();
}

activity::v1::HoursSettled Settled(uint64_t volunteer_id, uint64_t registration_id, absl::Time start, int minutes) {
  activity::v1::HoursSettled event;
  event.set_volunteer_id(volunteer_id);
  event.set_registration_id(registration_id);
  event.set_shift_id(7001);
  event.set_activity_id(8001);
  event.set_unit_id(kStation);
  event.set_activity_title("清洁家园");
  event.set_content("清扫街道");
  event.set_place("村委会广场");
  *event.mutable_start_time() = ToTimestamp(start);
  *event.mutable_end_time() = ToTimestamp(start + absl::Minutes(minutes));
  event.set_minutes(minutes);
  event.set_grade(activity::v1::Attendance::GRADE_A);
  event.set_person_in_charge_id(kHead);
  event.set_recorder_id(kAdmin);
  return event;
}

activity::v1::HoursReversed Reversed(uint64_t volunteer_id, uint64_t registration_id, int revision) {
  activity::v1::HoursReversed event;
  event.set_volunteer_id(volunteer_id);
  event.set_registration_id(registration_id);
  event.set_revision(revision);
  event.set_recorder_id(kAdmin);
  return event;
}

VolunteerTest::VolunteerTest(int connections)
    : database_(Migrations(), kForMigrating),
      own_pool_(OpenPool(database_, connections)),
      cipher_(*crypto::DataCipher::Load(keys_.path())),
      dependencies_{.db = pool_,
                    .ids = ids_,
                    .pager = pager_,
                    .directory = directory_.get(),
                    .cipher = cipher_,
                    .blind_index = blind_index_,
                    .random = crypto::RandomBytes,
                    .trail = trail_} {
  org::v1::WatchResponse center;
  center.add_units()->set_id(kCenter);
  center.mutable_units(0)->set_center_id(kCenter);
  center.mutable_units(0)->set_level(1);
  center.mutable_units(0)->set_code("HT");
  center.mutable_units(0)->set_display_name("洪洞县新时代文明实践中心");
  directory_.get().Apply(center, absl::Now());
  directory_.AddUnit(kInstitute, kCenter, kCenter, 2).AddUnit(kStation, kInstitute, kCenter, 3);
  directory_.AddUnit(kOtherStation, kInstitute, kCenter, 3);
  directory_.AddCenter(kElsewhere, "XF").AddUnit(kStationElsewhere, kElsewhere, kElsewhere, 2);
  directory_.AddRole("everything", AllPermissions()).AddRole("reader", {"volunteers.read"});
  directory_.AddStaff(kAdmin, kCenter, {{"everything", kCenter}}).AddStaff(kHead, kCenter, {{"everything", kStation}});
  directory_.AddStaff(kReader, kCenter, {{"reader", kStation}});
  directory_.AddStaff(kStranger, kElsewhere, {{"everything", kElsewhere}});
}

uint64_t VolunteerTest::Register(int n, uint64_t unit_id) {
  VolunteersService service(dependencies_);
  v1::CreateVolunteerRequest request;
  request.set_parent(ids::ResourceName("units", unit_id));
  *request.mutable_volunteer() = PersonNumber(n);
  Agree(request);
  const auto volunteer = service.CreateVolunteer(Admin(), request);
  EXPECT_TRUE(volunteer.ok()) << volunteer.status() << db::DriverText(volunteer.status());
  return volunteer.ok() ? ids::ParseName("volunteers", volunteer->name()).value_or(0) : 0;
}

absl::Status VolunteerTest::CreditHours(const activity::v1::HoursSettled& event) {
  return WriteOne(pool_, EntryOf(kCenter, event, test::Morning()));
}

absl::Status VolunteerTest::TakeBackHours(const activity::v1::HoursReversed& event) {
  return WriteOne(pool_, EntryOf(kCenter, event, test::Morning()));
}

std::string VolunteerTest::Text(const std::string& sql) {
  const auto row = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) { return session.QueryOne(sql); });
  EXPECT_TRUE(row.ok()) << db::DriverText(row.status());
  return row.ok() && row->has_value() ? (*row)->Text(0) : "";
}

int64_t VolunteerTest::Number(const std::string& sql) {
  const auto row = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) { return session.QueryOne(sql); });
  EXPECT_TRUE(row.ok()) << db::DriverText(row.status());
  return row.ok() && row->has_value() ? (*row)->Int(0) : -1;
}

void VolunteerTest::Execute(const std::string& sql) {
  const auto done =
      db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) { return transaction.Execute(sql).status(); });
  EXPECT_TRUE(done.ok()) << db::DriverText(done);
}

int64_t VolunteerTest::RowsRead(const std::function<void()>& action) {
  EXPECT_EQ(pool_.options().connections, 1);
  const auto count = [this] {
    return Number(
        "SELECT CAST(SUM(variable_value) AS SIGNED) FROM information_schema.session_status"
        " WHERE variable_name LIKE 'HANDLER\\_READ\\_%'");
  };
  const int64_t first = count();
  const int64_t counting = count() - first;  // asking is reading, too
  const int64_t before = count();
  action();
  return count() - before - counting;
}

}  // namespace wenming::volunteer
