#include "volunteer_svc/rights/rights_service.h"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/volunteer_svc/data_fixture.h"
#include "volunteer_svc/hours/ledger_verifier.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::volunteer {
namespace {

using errors::ReasonOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using v1::Volunteer;

class RightsTest : public DataTest {
 protected:
  v1::VolunteerChanged LastEvent() {
    v1::VolunteerChanged event;
    EXPECT_TRUE(event.ParseFromString(Text("SELECT payload FROM outbox ORDER BY place DESC LIMIT 1")));
    return event;
  }
  absl::StatusOr<Volunteer> Correct(const rpc::Call& call, uint64_t id, v1::CorrectVolunteerRequest request) {
    request.set_name(ids::ResourceName("volunteers", id));
    request.set_reason("身份证登记有误，已核对原件");
    return rights_.CorrectVolunteer(call, request);
  }
  bool SomebodyWaits() {
    return Number(
               "SELECT CAST(variable_value AS SIGNED) FROM information_schema.global_status"
               " WHERE variable_name = 'innodb_row_lock_current_waits'") > 0;
  }
  // What `action` comes to where an erasure holds the volunteer when it begins.
  absl::Status WhileBeingForgotten(uint64_t id, const std::function<absl::Status()>& action) {
    std::future<absl::Status> outcome;
    const absl::Status forgotten =
        db::RunTransaction(pool_, {.deadline = absl::InfiniteFuture()}, [&](db::Transaction& transaction) {
          const auto locked = transaction.Execute("UPDATE volunteers SET state = ? WHERE center_id = ? AND id = ?",
                                                  {Volunteer::STATE_ERASED, kCenter, id});
          outcome = std::async(std::launch::async, action);
          while (outcome.wait_for(std::chrono::milliseconds(0)) != std::future_status::ready && !SomebodyWaits()) {
            std::this_thread::yield();
          }
          return locked.status();
        });
    EXPECT_TRUE(forgotten.ok()) << forgotten;
    return outcome.get();
  }
  static v1::CorrectVolunteerRequest NewId(const std::string& number) {
    v1::CorrectVolunteerRequest request;
    request.mutable_id_document()->set_id_type(Volunteer::ID_TYPE_RESIDENT);
    request.mutable_id_document()->set_id_number(number);
    return request;
  }
};

TEST_F(RightsTest, AnExportHoldsEverythingInFull) {
  const auto form = FormFor(1, 16);
  const uint64_t id = RegisterAged(1, 16);
  ASSERT_TRUE(CreditHours(Settled(id, 1, test::Morning() - absl::Hours(24), 60)).ok());
  ASSERT_TRUE(Certify(id).ok());
  const auto all = Export(Self(id), id);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->volunteer().id_number(), form.volunteer().id_number());
  EXPECT_EQ(all->volunteer().phone(), form.volunteer().phone());
  EXPECT_EQ(all->volunteer().display_name(), form.volunteer().display_name());
  EXPECT_EQ(all->guardian().id_document().id_number(), form.guardian().id_document().id_number());
  EXPECT_EQ(all->consents_size(), 3);
  EXPECT_EQ(all->hour_account().balance_minutes(), 60);
  ASSERT_EQ(all->hour_entries_size(), 1);
  ASSERT_EQ(all->certificates_size(), 1);
  EXPECT_EQ(all->certificates(0).id_number(), form.volunteer().id_number());
  EXPECT_EQ(all->linked_identities_size(), 1);
}

TEST_F(RightsTest, AnExportTellsWhoHasLooked) {
  const uint64_t id = Register(1);
  Execute(
      "INSERT INTO audit_records SELECT 1, id, center_id, record_time, subject, session_id, address, method, object,"
      " result, details, request_id, seal, seal FROM audit_pending WHERE object = '" +
      ids::ResourceName("volunteers", id) + "'");
  const auto all = Export(Self(id), id);
  ASSERT_TRUE(all.ok()) << all.status();
  ASSERT_EQ(all->handlings_size(), 1);
  EXPECT_EQ(all->handlings(0).subject(), Admin().caller.subject);
}

TEST_F(RightsTest, NobodyElseGetsAnExport) {
  const uint64_t id = Register(1), other = Register(2);
  EXPECT_EQ(ReasonOf(Export(Self(other), id).status()), type::REASON_NOT_YOURS);
  EXPECT_EQ(ReasonOf(Export(Admin(), id).status()), type::REASON_NOT_YOURS);
}

TEST_F(RightsTest, ACorrectionFollowsTheRulesOfARegistration) {
  const uint64_t id = Register(1);
  Register(2);
  v1::CorrectVolunteerRequest request;
  request.set_display_name("李*四");
  EXPECT_EQ(Correct(Head(), id, request).status().code(), absl::StatusCode::kInvalidArgument);
  request.set_display_name("李小四");
  EXPECT_EQ(Correct(Head(), id, request)->display_name(), "李小四");
  EXPECT_EQ(LastEvent().masked_name(), "李*四");
  EXPECT_EQ(ReasonOf(Correct(Head(), id, NewId(PersonNumber(2).id_number())).status()), type::REASON_ID_NUMBER_TAKEN);
  EXPECT_EQ(Correct(Head(), id, NewId("110105194912310021")).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(Correct(Head(), id, NewId(FormFor(3, 16).volunteer().id_number())).status()),
            type::REASON_GUARDIAN_REQUIRED);
  ASSERT_TRUE(Correct(Head(), id, NewId("11010519491231002X")).ok());
  const auto all = Export(Self(id), id);
  EXPECT_EQ(all->volunteer().id_number(), "11010519491231002X");
  EXPECT_EQ(all->volunteer().birth_date().year(), 1949);
  EXPECT_EQ(all->volunteer().sex(), Volunteer::SEX_FEMALE);
  // The old number is free.
  v1::CreateVolunteerRequest twin = FormFor(4, 40);
  twin.mutable_volunteer()->set_id_number(PersonNumber(1).id_number());
  EXPECT_TRUE(volunteers_.CreateVolunteer(Admin(), twin).ok());
  EXPECT_EQ(Correct(Reader(), id, request).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(RightsTest, AGuardianIsKeptOfAMinorOnly) {
  v1::CorrectVolunteerRequest request;
  *request.mutable_guardian() = SomeGuardian();
  request.mutable_guardian()->set_phone("13900001111");
  ASSERT_TRUE(Correct(Head(), Register(1), request).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM guardians"), 0);
  const uint64_t minor = RegisterAged(2, 16);
  ASSERT_TRUE(Correct(Head(), minor, request).ok());
  EXPECT_EQ(Export(Self(minor), minor)->guardian().phone(), "13900001111");
}

TEST_F(RightsTest, WhoIsForgottenLeavesHoursWithoutAPerson) {
  const uint64_t id = RegisterAged(1, 16);
  ASSERT_TRUE(CreditHours(Settled(id, 1, test::Morning() - absl::Hours(24), 60)).ok());
  const auto certificate = Certify(id);
  ASSERT_TRUE(certificate.ok()) << certificate.status();
  v1::RevokeCertificateRequest revoke;
  revoke.set_name(certificate->name());
  revoke.set_reason("姓名写错，本人电话 13812341234");
  ASSERT_TRUE(certificates_.RevokeCertificate(Admin(), revoke).ok());
  EXPECT_EQ(Text("SELECT revoke_reason FROM certificates"), "姓名写错，本人电话 ***********");
  const auto erased = Erase(Self(id), id);
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->minutes(), 60);
  EXPECT_THAT(traces_.ended, ElementsAre(id));
  EXPECT_THAT(traces_.forgotten, ElementsAre(id));
  EXPECT_TRUE(LastEvent().erased());
  EXPECT_FALSE(LastEvent().active());
  EXPECT_EQ(LastEvent().masked_name(), "");
  EXPECT_FALSE(LastEvent().has_adult_from_date());

  EXPECT_EQ(Number("SELECT COUNT(*) FROM guardians"), 0);
  EXPECT_EQ(Text("SELECT CONCAT(display_name_sealed, birth_date_sealed, id_number_sealed, phone_sealed,"
                 " residence_sealed, COALESCE(id_number_index, ''), COALESCE(phone_index, '')) FROM volunteers"),
            "");
  EXPECT_EQ(Text("SELECT CONCAT(display_name_sealed, id_number_sealed, revoke_reason) FROM certificates"), "");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM consents WHERE withdraw_time IS NULL"), 0);
  const auto left = Get(Admin(), id);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->state(), Volunteer::STATE_ERASED);
  EXPECT_EQ(left->display_name(), "");
  EXPECT_EQ(left->number(), "HT00000001");
  v1::GetCertificateRequest get;
  get.set_name(certificate->name());
  const auto anonymous = certificates_.GetCertificate(Admin(), get);
  ASSERT_TRUE(anonymous.ok()) << anonymous.status();
  EXPECT_EQ(anonymous->minutes(), 60);
  EXPECT_EQ(anonymous->display_name(), "");
  const auto verified = db::RunTransaction(
      pool_, {}, [&](db::Transaction& transaction) { return VerifyChain(transaction, kCenter, id); });
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->entries, 1);
  EXPECT_FALSE(verified->fault.has_value());
}

TEST_F(RightsTest, ASecondErasureChangesNothing) {
  const uint64_t id = Register(1);
  const auto first = Erase(Self(id), id);
  const int64_t events = Number("SELECT COUNT(*) FROM outbox"), records = Number("SELECT COUNT(*) FROM audit_pending");
  const auto second = Erase(Self(id), id);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM outbox"), events);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending"), records);
}

TEST_F(RightsTest, WhoComesBackIsSomebodyNew) {
  const uint64_t id = Register(1);
  ASSERT_TRUE(Erase(Self(id), id).ok());
  const uint64_t again = Register(1);
  EXPECT_NE(again, id);
  EXPECT_EQ(Get(Self(again), again)->number(), "HT00000002");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM volunteers"), 2);
}

TEST_F(RightsTest, NothingIsDoneWithWhomWasForgotten) {
  const uint64_t id = Register(1);
  ASSERT_TRUE(Erase(Admin(), id, "本人书面申请删除").ok());
  EXPECT_EQ(ReasonOf(Reactivate(id)), type::REASON_PERSON_ERASED);
  EXPECT_EQ(ReasonOf(Reveal(Admin(), id).status()), type::REASON_PERSON_ERASED);
  EXPECT_EQ(ReasonOf(Correct(Admin(), id, NewId("11010519491231002X")).status()), type::REASON_PERSON_ERASED);
  v1::UpdateVolunteerRequest update;
  update.mutable_volunteer()->set_name(ids::ResourceName("volunteers", id));
  update.mutable_volunteer()->set_residence("某处");
  EXPECT_EQ(ReasonOf(volunteers_.UpdateVolunteer(Admin(), update).status()), type::REASON_PERSON_ERASED);
}

TEST_F(RightsTest, NothingIsWrittenAboutWhomIsBeingForgotten) {
  const uint64_t adult = Register(1), minor = RegisterAged(2, 12);
  ASSERT_TRUE(CreditHours(Settled(adult, 1, test::Morning() - absl::Hours(24), 60)).ok());
  EXPECT_EQ(ReasonOf(WhileBeingForgotten(adult, [&] { return Certify(adult).status(); })), type::REASON_PERSON_ERASED);
  v1::CreateAccessRequestRequest ask;
  ask.set_parent(ids::ResourceName("volunteers", minor));
  ask.mutable_access_request()->set_purpose(v1::REVEAL_PURPOSE_CONTACT);
  ask.mutable_access_request()->set_reason("联系家长");
  EXPECT_EQ(
      ReasonOf(WhileBeingForgotten(minor, [&] { return access_requests_.CreateAccessRequest(Head(), ask).status(); })),
      type::REASON_PERSON_ERASED);
  EXPECT_EQ(Number("SELECT (SELECT COUNT(*) FROM certificates) + (SELECT COUNT(*) FROM access_requests)"), 0);
}

TEST_F(RightsTest, StaffEraseWithPermissionAndReasonOnly) {
  const uint64_t id = Register(1);
  EXPECT_EQ(Erase(Admin(), id).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Erase(Reader(), id, "本人申请").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Erase(Self(id + 1), id).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Get(Admin(), id)->state(), Volunteer::STATE_ACTIVE);
}

TEST_F(RightsTest, TheOthersHearWhenAMinorComesOfAge) {
  RegisterAged(1, 16);
  const auto event = LastEvent();
  EXPECT_EQ(event.adult_from_date().year(), 2028);
  EXPECT_EQ(event.adult_from_date().month(), 6);
  EXPECT_EQ(event.adult_from_date().day(), 1);
  RegisterAged(2, 18);
  EXPECT_FALSE(LastEvent().has_adult_from_date());
}

}  // namespace
}  // namespace wenming::volunteer
