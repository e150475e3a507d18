#include "volunteer_svc/volunteers/volunteers_service.h"

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/volunteer_svc/fixture.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::volunteer {
namespace {

using errors::ReasonOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using v1::Volunteer;

class VolunteersServiceTest : public VolunteerTest {
 protected:
  VolunteersServiceTest() : VolunteerTest(16) {}

  static v1::CreateVolunteerRequest CreateRequest(int n, uint64_t unit_id = kStation) {
    v1::CreateVolunteerRequest request;
    request.set_parent(ids::ResourceName("units", unit_id));
    *request.mutable_volunteer() = PersonNumber(n);
    Agree(request);
    return request;
  }
  static v1::GetVolunteerRequest GetRequest(uint64_t id) {
    v1::GetVolunteerRequest request;
    request.set_name(ids::ResourceName("volunteers", id));
    return request;
  }
  static v1::UpdateVolunteerRequest UpdateRequest(uint64_t id, std::initializer_list<const char*> fields) {
    v1::UpdateVolunteerRequest request;
    request.mutable_volunteer()->set_name(ids::ResourceName("volunteers", id));
    for (const char* field : fields) request.mutable_update_mask()->add_paths(field);
    return request;
  }
  static v1::DeactivateVolunteerRequest DeactivateRequest(uint64_t id) {
    v1::DeactivateVolunteerRequest request;
    request.set_name(ids::ResourceName("volunteers", id));
    return request;
  }
  static v1::ReactivateVolunteerRequest ReactivateRequest(uint64_t id) {
    v1::ReactivateVolunteerRequest request;
    request.set_name(ids::ResourceName("volunteers", id));
    return request;
  }
  std::vector<v1::VolunteerChanged> Events() {
    const auto rows = db::Read(pool_, absl::InfiniteFuture(), [](db::Session& session) {
      return session.Query("SELECT payload, event_key FROM outbox ORDER BY place");
    });
    std::vector<v1::VolunteerChanged> events;
    for (const db::Row& row : *rows) {
      EXPECT_TRUE(events.emplace_back().ParseFromString(row.Text(0)));
      EXPECT_EQ(row.Text(1), ids::ResourceName("volunteers", events.back().volunteer_id()));
    }
    return events;
  }

  VolunteersService service_{dependencies_};
};

TEST_F(VolunteersServiceTest, RegistersAPersonAndTellsTheOthers) {
  const auto created = service_.CreateVolunteer(Head(), CreateRequest(1));
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->number(), "HT00000001");
  EXPECT_EQ(created->display_name(), "王小1");
  EXPECT_EQ(created->unit(), ids::ResourceName("units", kStation));
  EXPECT_EQ(created->state(), Volunteer::STATE_ACTIVE);
  EXPECT_THAT(created->id_number(), HasSubstr("**********"));
  EXPECT_EQ(created->create_time().seconds(), absl::ToUnixSeconds(test::Morning()));
  const auto events = Events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].number(), "HT00000001");
  EXPECT_EQ(events[0].masked_name(), "王*1");
  EXPECT_EQ(events[0].unit_id(), kStation);
  ASSERT_EQ(created->birth_date().year(), 1980);
  EXPECT_THAT(events[0].SerializeAsString(), Not(HasSubstr(created->birth_date().SerializeAsString())));
  EXPECT_TRUE(events[0].active());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM hour_accounts"), 1);

  const auto read = service_.GetVolunteer(Head(), GetRequest(events[0].volunteer_id()));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), created->SerializeAsString());
}

TEST_F(VolunteersServiceTest, CountsNumbersForEachCenter) {
  Register(1);
  Register(2);
  auto elsewhere = service_.CreateVolunteer(Stranger(), CreateRequest(1, kStationElsewhere));
  ASSERT_TRUE(elsewhere.ok()) << elsewhere.status();  // the same person may volunteer in two centers
  EXPECT_EQ(elsewhere->number(), "XF00000001");
  EXPECT_EQ(Text("SELECT MAX(number) FROM volunteers WHERE center_id = 1001"), "HT00000002");
}

TEST_F(VolunteersServiceTest, RefusesAnIdNumberOrPhoneThatIsTaken) {
  Register(1);
  auto request = CreateRequest(2);
  request.mutable_volunteer()->set_id_number(PersonNumber(1).id_number());
  const auto same_person = service_.CreateVolunteer(Admin(), request);
  EXPECT_EQ(same_person.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(same_person.status()), type::REASON_ID_NUMBER_TAKEN);
  request = CreateRequest(2);
  request.mutable_volunteer()->set_phone(PersonNumber(1).phone());
  const auto same_phone = service_.CreateVolunteer(Admin(), request);
  EXPECT_EQ(ReasonOf(same_phone.status()), type::REASON_PHONE_TAKEN);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM volunteers"), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), 1);
  const auto next = service_.CreateVolunteer(Admin(), CreateRequest(2));
  EXPECT_EQ(next->number(), "HT00000002") << "what was refused has used up a number";
}

TEST_F(VolunteersServiceTest, LowerCaseXIsTheSameNumber) {
  auto request = CreateRequest(1);
  request.mutable_volunteer()->set_id_number("11010519491231002x");
  ASSERT_TRUE(service_.CreateVolunteer(Admin(), request).ok());
  request = CreateRequest(2);
  request.mutable_volunteer()->set_id_number(" 11010519491231002X ");
  EXPECT_EQ(ReasonOf(service_.CreateVolunteer(Admin(), request).status()), type::REASON_ID_NUMBER_TAKEN);
}

TEST_F(VolunteersServiceTest, ARepeatedRequestChangesNothing) {
  auto request = CreateRequest(1);
  request.set_request_id("request-0001");
  const auto first = service_.CreateVolunteer(Admin(), request);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = service_.CreateVolunteer(Admin(), request);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM volunteers"), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), 1);
  *request.mutable_volunteer() = PersonNumber(2);
  EXPECT_EQ(ReasonOf(service_.CreateVolunteer(Admin(), request).status()), type::REASON_REQUEST_ID_REUSED);
}

TEST_F(VolunteersServiceTest, SixteenAtOnceRegisterOnePersonOnce) {
  std::vector<std::thread> threads;
  std::vector<absl::Status> answers(16);
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([this, i, &answers] {
      auto request = CreateRequest(i);
      request.mutable_volunteer()->set_id_number(PersonNumber(99).id_number());
      answers[i] = service_.CreateVolunteer(Admin(), request).status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<type::Reason, int> reasons;
  for (const absl::Status& answer : answers) ++reasons[answer.ok() ? type::REASON_UNSPECIFIED : ReasonOf(answer)];
  EXPECT_EQ(reasons[type::REASON_UNSPECIFIED], 1);
  EXPECT_EQ(reasons[type::REASON_ID_NUMBER_TAKEN], 15);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM volunteers"), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), 1);
  EXPECT_EQ(Number("SELECT value FROM counters"), 1);
}

TEST_F(VolunteersServiceTest, ManyAtOnceGetNumbersWithoutGaps) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this, i] {
      for (int j = 0; j < 5; ++j) EXPECT_TRUE(service_.CreateVolunteer(Admin(), CreateRequest(10 * i + j)).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Number("SELECT COUNT(DISTINCT number) FROM volunteers"), 40);
  EXPECT_EQ(Text("SELECT MIN(number) FROM volunteers"), "HT00000001");
  EXPECT_EQ(Text("SELECT MAX(number) FROM volunteers"), "HT00000040");
}

TEST_F(VolunteersServiceTest, ShowsOneselfAndThoseWhoMayRead) {
  const uint64_t id = Register(1), other = Register(2, kOtherStation);
  const auto self = service_.GetVolunteer(Self(id), GetRequest(id));
  ASSERT_TRUE(self.ok()) << self.status();
  EXPECT_EQ(self->residence(), PersonNumber(1).residence());
  EXPECT_EQ(self->birth_date().day(), 1);
  const auto read = service_.GetVolunteer(Reader(), GetRequest(id));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->display_name(), "王小1");
  EXPECT_EQ(read->residence(), "");
  EXPECT_EQ(read->birth_date().month(), 0);
  for (const absl::Status& status : {service_.GetVolunteer(Self(other), GetRequest(id)).status(),
                                     service_.GetVolunteer(Self(other), GetRequest(12345)).status(),
                                     service_.GetVolunteer(Reader(), GetRequest(other)).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
  }
  EXPECT_EQ(service_.GetVolunteer(Stranger(), GetRequest(id)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(service_.GetVolunteer(Admin(), GetRequest(12345)).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(VolunteersServiceTest, DecidesAccessBeforeItAnswersStaff) {
  const uint64_t id = Register(1);
  const rpc::Call call = Head();
  ASSERT_TRUE(service_.GetVolunteer(call, GetRequest(id)).ok());
  EXPECT_TRUE(call.access_decided);
}

TEST_F(VolunteersServiceTest, ListsTheSubtreeByNumberInPages) {
  for (int i = 0; i < 7; ++i) Register(i, i % 3 == 2 ? kOtherStation : kStation);
  ASSERT_TRUE(service_.CreateVolunteer(Stranger(), CreateRequest(50, kStationElsewhere)).ok());
  const auto list = [this](const rpc::Call& call, uint64_t unit) {
    std::vector<std::string> numbers;
    v1::ListVolunteersRequest request;
    request.set_parent(ids::ResourceName("units", unit));
    request.set_page_size(2);
    do {
      const auto page = service_.ListVolunteers(call, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return numbers;
      EXPECT_LE(page->volunteers_size(), 2);
      for (const Volunteer& volunteer : page->volunteers()) {
        numbers.push_back(volunteer.number());
        EXPECT_EQ(volunteer.residence(), "");
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return numbers;
  };
  const std::vector<std::string> all = {"HT00000001", "HT00000002", "HT00000003", "HT00000004",
                                        "HT00000005", "HT00000006", "HT00000007"};
  EXPECT_EQ(list(Admin(), kCenter), all);
  EXPECT_EQ(list(Admin(), kInstitute), all);
  EXPECT_THAT(list(Admin(), kOtherStation), ElementsAre("HT00000003", "HT00000006"));
  EXPECT_THAT(list(Stranger(), kElsewhere), ElementsAre("XF00000001"));
}

TEST_F(VolunteersServiceTest, AVolunteerUpdatesHimself) {
  const uint64_t id = Register(1);
  auto request = UpdateRequest(id, {"phone", "service_categories"});
  request.mutable_volunteer()->set_phone("12499999999");
  request.mutable_volunteer()->add_service_categories("扶老助残");
  const auto updated = service_.UpdateVolunteer(Self(id), request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->phone(), "124****9999");
  EXPECT_THAT(updated->service_categories(), ElementsAre("扶老助残"));
  EXPECT_THAT(updated->skills(), ElementsAre("急救"));
  const auto read = service_.GetVolunteer(Self(id), GetRequest(id));
  EXPECT_EQ(read->SerializeAsString(), updated->SerializeAsString());
  EXPECT_EQ(Events().size(), 2u);

  const uint64_t other = Register(2);
  EXPECT_EQ(service_.UpdateVolunteer(Self(other), request).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(service_.UpdateVolunteer(Reader(), request).status().code(), absl::StatusCode::kPermissionDenied);
  request.mutable_volunteer()->set_name(ids::ResourceName("volunteers", other));
  EXPECT_EQ(ReasonOf(service_.UpdateVolunteer(Admin(), request).status()), type::REASON_PHONE_TAKEN);
}

TEST_F(VolunteersServiceTest, RefusesToChangeWhatIdentifies) {
  const uint64_t id = Register(1);
  for (const char* field : {"id_number", "display_name", "birth_date", "number", "unit", "nonsense"}) {
    const auto updated = service_.UpdateVolunteer(Admin(), UpdateRequest(id, {field}));
    EXPECT_EQ(updated.status().code(), absl::StatusCode::kInvalidArgument) << field;
  }
  EXPECT_EQ(service_.UpdateVolunteer(Admin(), v1::UpdateVolunteerRequest()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(VolunteersServiceTest, OfTwoWhoEditOneHearsOfTheOther) {
  const uint64_t id = Register(1);
  const std::string etag = service_.GetVolunteer(Admin(), GetRequest(id))->etag();
  auto request = UpdateRequest(id, {"residence"});
  request.mutable_volunteer()->set_etag(etag);
  request.mutable_volunteer()->set_residence("赵城镇");
  ASSERT_TRUE(service_.UpdateVolunteer(Admin(), request).ok());
  const auto second = service_.UpdateVolunteer(Head(), request);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(second.status()), type::REASON_ETAG_MISMATCH);
}

TEST_F(VolunteersServiceTest, DeactivatingEndsTheMembershipOnce) {
  const uint64_t id = Register(1);
  EXPECT_EQ(service_.DeactivateVolunteer(Reader(), DeactivateRequest(id)).status().code(),
            absl::StatusCode::kPermissionDenied);
  const auto ended = service_.DeactivateVolunteer(Head(), DeactivateRequest(id));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->state(), Volunteer::STATE_INACTIVE);
  EXPECT_FALSE(Events().back().active());
  EXPECT_EQ(ReasonOf(service_.DeactivateVolunteer(Head(), DeactivateRequest(id)).status()),
            type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(service_.UpdateVolunteer(Head(), UpdateRequest(id, {"skills"})).status()),
            type::REASON_MOVE_NOT_ALLOWED);
  // The phone may pass to another, the person stays the one that is registered.
  auto request = CreateRequest(2);
  request.mutable_volunteer()->set_phone(PersonNumber(1).phone());
  EXPECT_TRUE(service_.CreateVolunteer(Admin(), request).ok());
  request = CreateRequest(3);
  request.mutable_volunteer()->set_id_number(PersonNumber(1).id_number());
  EXPECT_EQ(ReasonOf(service_.CreateVolunteer(Admin(), request).status()), type::REASON_ID_NUMBER_TAKEN);
}

TEST_F(VolunteersServiceTest, ReactivatingTakesUpTheSameMembership) {
  const uint64_t id = Register(1);
  EXPECT_EQ(ReasonOf(service_.ReactivateVolunteer(Head(), ReactivateRequest(id)).status()),
            type::REASON_MOVE_NOT_ALLOWED);
  const auto ended = service_.DeactivateVolunteer(Head(), DeactivateRequest(id));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(service_.ReactivateVolunteer(Reader(), ReactivateRequest(id)).status().code(),
            absl::StatusCode::kPermissionDenied);
  const auto back = service_.ReactivateVolunteer(Head(), ReactivateRequest(id));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->state(), Volunteer::STATE_ACTIVE);
  EXPECT_EQ(back->number(), ended->number());
  EXPECT_NE(back->etag(), ended->etag());
  EXPECT_TRUE(Events().back().active());
  EXPECT_TRUE(service_.UpdateVolunteer(Head(), UpdateRequest(id, {"skills"})).ok());
  // The phone is the person's own again.
  auto request = CreateRequest(2);
  request.mutable_volunteer()->set_phone(PersonNumber(1).phone());
  EXPECT_EQ(ReasonOf(service_.CreateVolunteer(Admin(), request).status()), type::REASON_PHONE_TAKEN);
}

TEST_F(VolunteersServiceTest, DoesNotReactivateOneWhosePhoneIsAnothers) {
  const uint64_t id = Register(1);
  ASSERT_TRUE(service_.DeactivateVolunteer(Head(), DeactivateRequest(id)).ok());
  auto request = CreateRequest(2);
  request.mutable_volunteer()->set_phone(PersonNumber(1).phone());
  ASSERT_TRUE(service_.CreateVolunteer(Admin(), request).ok());
  EXPECT_EQ(ReasonOf(service_.ReactivateVolunteer(Head(), ReactivateRequest(id)).status()), type::REASON_PHONE_TAKEN);
  EXPECT_EQ(service_.GetVolunteer(Head(), GetRequest(id))->state(), Volunteer::STATE_INACTIVE);
}

TEST_F(VolunteersServiceTest, RefusesAUnitThatWasDeleted) {
  directory_.AddUnit(kOtherStation, kInstitute, kCenter, 3, /*deleted=*/true);
  const auto created = service_.CreateVolunteer(Admin(), CreateRequest(1, kOtherStation));
  EXPECT_EQ(created.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM volunteers"), 0);
}

// Canaries: no cell of any table holds in clear what the person gave us.
TEST_F(VolunteersServiceTest, StoresNothingPersonalInClear) {
  auto request = CreateRequest(1);
  request.set_request_id("request-0001");
  request.mutable_volunteer()->set_display_name("欧阳金丝雀");
  request.mutable_volunteer()->set_residence("金丝雀街七号");
  ASSERT_TRUE(service_.CreateVolunteer(Admin(), request).ok());
  const uint64_t id = Events()[0].volunteer_id();
  auto update = UpdateRequest(id, {"residence"});
  update.mutable_volunteer()->set_residence("金丝雀街八号");
  ASSERT_TRUE(service_.UpdateVolunteer(Self(id), update).ok());

  const Volunteer person = PersonNumber(1);
  const std::vector<std::string> canaries = {"欧阳金丝雀",   "金丝雀",     person.id_number(),
                                             person.phone(), "1980-01-01", "19800101"};
  const auto tables = db::Read(pool_, absl::InfiniteFuture(), [](db::Session& session) {
    return session.Query("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()");
  });
  ASSERT_TRUE(tables.ok());
  size_t cells = 0;
  for (const db::Row& table : *tables) {
    const auto columns = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
      return session.Query(
          "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?",
          {table.Text(0)});
    });
    for (const db::Row& column : *columns) {
      const auto values = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
        return session.Query("SELECT HEX(" + column.Text(0) + "), CAST(" + column.Text(0) + " AS BINARY) FROM " +
                             table.Text(0));
      });
      ASSERT_TRUE(values.ok());
      for (const db::Row& value : *values) {
        ++cells;
        for (const std::string& canary : canaries) {
          EXPECT_THAT(value.Text(1), Not(HasSubstr(canary))) << table.Text(0) << "." << column.Text(0);
        }
      }
    }
  }
  EXPECT_GT(cells, 40u);
}

class VolunteersAtScaleTest : public VolunteerTest {
 protected:
  VolunteersAtScaleTest() : VolunteerTest(1) {}
  VolunteersService service_{dependencies_};
};

TEST_F(VolunteersAtScaleTest, NoCallReadsManyMoreRowsThanItShows) {
  // These come first; the many behind them could not even be opened, for their columns were sealed for another row.
  const uint64_t id = Register(1, kOtherStation);
  for (int n = 10; n < 18; ++n) Register(n, n % 2 == 0 ? kStation : kOtherStation);
  Execute(
      "INSERT INTO volunteers SELECT center_id, seq, 1003, CONCAT('ZZ', LPAD(seq, 8, '0')), display_name_sealed, sex, "
      "birth_date_sealed,"
      " id_type, id_number_sealed, UNHEX(LPAD(HEX(seq), 32, '0')), phone_sealed, UNHEX(LPAD(HEX(seq), 32, '0')),"
      " residence_sealed, skills, service_categories, state, version, create_time, update_time"
      " FROM volunteers, seq_1_to_20000 WHERE number = 'HT00000001'");
  const auto list = [this](uint64_t unit) {
    v1::ListVolunteersRequest request;
    request.set_parent(ids::ResourceName("units", unit));
    request.set_page_size(2);
    EXPECT_TRUE(service_.ListVolunteers(Admin(), request).ok());
  };
  v1::GetVolunteerRequest get;
  get.set_name(ids::ResourceName("volunteers", id));
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(service_.GetVolunteer(Admin(), get).ok()); }), 2);
  v1::UpdateVolunteerRequest update;
  update.mutable_volunteer()->set_name(get.name());
  update.mutable_volunteer()->set_phone("12499999999");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM memberships"), 0);  // the first look at a table reads its statistics, too
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(service_.UpdateVolunteer(Admin(), update).ok()); }), 10);
  EXPECT_LE(RowsRead([&] { Register(2, kOtherStation); }), 20);
  EXPECT_LE(RowsRead([&] { list(kOtherStation); }), 40);
  EXPECT_LE(RowsRead([&] { list(kInstitute); }), 60);
  EXPECT_LE(RowsRead([&] { list(kCenter); }), 20);
  EXPECT_GE(RowsRead([&] { Number("SELECT COUNT(*) FROM volunteers"); }), 20000) << "a whole table would go unnoticed";
}

}  // namespace
}  // namespace wenming::volunteer
