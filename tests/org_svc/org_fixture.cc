#include "tests/org_svc/org_fixture.h"

#include <fstream>
#include <iostream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "org_svc/schema.h"
#include "org_svc/staff/staff_store.h"
#include "tests/support/test_call.h"

namespace wenming::org {

std::string ReadRepositoryFile(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path << " is read from the root of the repository";
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

RoleBook Replica::ReadRoles(db::Pool& pool) {
  auto roles = db::Read(pool, absl::InfiniteFuture(), [](db::Session& session) { return RoleBook::Read(session); });
  EXPECT_TRUE(roles.ok()) << roles.status();
  return *std::move(roles);
}

Replica::Replica(db::Pool& pool)
    : db(pool),
      log(pool),
      sequencer(pool, log),
      roles(ReadRoles(pool)),
      feed(roles.All(), directory),
      logger(std::cerr, "org_tests", observe::Severity::kError, observe::SystemClock()),
      mirror(pool, log, cache, feed, observe::SystemClock(), logger) {
  const absl::Status started = mirror.Start(absl::Now() + absl::Minutes(1));
  EXPECT_TRUE(started.ok()) << started;
}

Replica::~Replica() { log.Close(); }

OrgTest::OrgTest() : database_(Migrations()) { admin_ = AddStaff("system_admin", 0); }

rpc::Call OrgTest::By(uint64_t staff_id) {
  rpc::Call call = test::AnonymousCall(here_.directory, 0);
  if (staff_id != 0) {
    const auto record =
        db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) { return ReadStaff(session, staff_id); });
    EXPECT_TRUE(record.ok()) << record.status();
    call = test::StaffCall(here_.directory, staff_id, record->center_id);
  }
  return call;
}

const google::protobuf::MethodDescriptor& OrgTest::MethodOf(const google::protobuf::Message& request) {
  const auto* file = request.GetDescriptor()->file();
  for (int i = 0; i < file->service_count(); ++i) {
    for (int j = 0; j < file->service(i)->method_count(); ++j) {
      const auto* method = file->service(i)->method(j);
      if (method->input_type() == request.GetDescriptor()) return *method;
    }
  }
  ADD_FAILURE() << request.GetTypeName() << " is the request of no method";
  return *file->service(0)->method(0);
}

absl::Status OrgTest::Admit(rpc::Call& call, const google::protobuf::Message& request) {
  const auto& method = MethodOf(request);
  call.method = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  const auto rule = rpc::AccessRule::Compile(method);
  if (!rule.ok()) return rule.status();
  if (absl::Status may = rule->Check(request, call); !may.ok()) return may;
  if (const auto center = here_.directory.OnlyCenter(); center && call.center_id == 0) call.center_id = center->id;
  call.access_decided = false;
  return rpc::Validator(*request.GetDescriptor()).Check(request);
}

bool OrgTest::HandlerDecides(const google::protobuf::Message& request) {
  return rpc::AccessRule::Compile(MethodOf(request))->HandlerDecides();
}

uint64_t OrgTest::AddStaff(const std::string& role, uint64_t unit_id) {
  const auto unit = here_.directory.FindUnit(unit_id);
  const uint64_t id = ids_.Next();
  const StaffRecord record{.center_id = unit ? unit->center_id : 0,
                           .id = id,
                           .username = absl::StrCat(role.substr(0, 12), "-", id),
                           .display_name = role,
                           .create_time = absl::Now(),
                           .bindings = {{.role = role, .unit_id = unit_id}}};
  const auto event = db::RunTransaction(pool_, {}, [&](db::Transaction& tx) -> absl::StatusOr<v1::StaffChanged> {
    if (absl::Status stored = InsertStaff(tx, record, "no password"); !stored.ok()) return stored;
    return PublishStaff(tx, ids_, record, absl::Now());
  });
  EXPECT_TRUE(event.ok()) << event.status();
  here_.mirror.Tell(*event);
  return id;
}

void OrgTest::ImportHongtong() {
  const auto report = ImportUnits(admin_, ReadRepositoryFile("data/hongtong/units.csv"));
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_EQ(report->created(), 354) << report->DebugString();
}

absl::StatusOr<v1::ImportReport> OrgTest::ImportUnits(uint64_t staff_id, const std::string& csv, bool dry_run) {
  v1::ImportUnitsRequest request;
  request.set_csv(csv);
  request.set_dry_run(dry_run);
  return Do(units_, &UnitsService::ImportUnits, By(staff_id), request);
}

absl::StatusOr<v1::ImportReport> OrgTest::ImportTeams(uint64_t staff_id, const std::string& csv, bool dry_run) {
  v1::ImportTeamsRequest request;
  request.set_center(ids::ResourceName("units", here_.directory.OnlyCenter()->id));
  request.set_csv(csv);
  request.set_dry_run(dry_run);
  return Do(teams_, &TeamsService::ImportTeams, By(staff_id), request);
}

uint64_t OrgTest::UnitId(std::string_view code) {
  const auto center = here_.directory.OnlyCenter();
  EXPECT_TRUE(center) << "there is not one center";
  const auto row = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
    return session.QueryOne("SELECT id FROM units WHERE center_id = ? AND code = ?", {center->id, code});
  });
  EXPECT_TRUE(row.ok() && row->has_value()) << code;
  return (*row)->Id(0);
}

v1::Unit OrgTest::Unit(std::string_view code) {
  v1::GetUnitRequest request;
  request.set_name(UnitName(code));
  const auto unit = Do(units_, &UnitsService::GetUnit, By(0), request);
  EXPECT_TRUE(unit.ok()) << unit.status();
  return *unit;
}

int64_t OrgTest::Count(const std::string& from) {
  const auto row = db::Read(pool_, absl::InfiniteFuture(),
                            [&](db::Session& session) { return session.QueryOne("SELECT COUNT(*) FROM " + from); });
  EXPECT_TRUE(row.ok()) << row.status();
  return (*row)->Int(0);
}

std::string ReasonName(const absl::Status& status) {
  if (status.ok()) return "OK";
  return type::Reason_Name(errors::ReasonOf(status)).substr(sizeof("REASON_") - 1);
}

}  // namespace wenming::org
