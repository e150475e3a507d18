// Who sees a person in full: reveals with a reason, minors' after an approval.
#include <gmock/gmock.h>

#include "common/errors/errors.h"
#include "tests/volunteer_svc/data_fixture.h"

namespace wenming::volunteer {
namespace {

using errors::ReasonOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using v1::AccessRequest;

constexpr char kMethod[] = "/wenming.volunteer.v1.VolunteersService/RevealVolunteer";

class RevealTest : public DataTest {
 protected:
  absl::StatusOr<AccessRequest> Ask(const rpc::Call& call, uint64_t id,
                                    v1::RevealPurpose purpose = v1::REVEAL_PURPOSE_CONTACT) {
    v1::CreateAccessRequestRequest request;
    request.set_parent(ids::ResourceName("volunteers", id));
    request.mutable_access_request()->set_purpose(purpose);
    request.mutable_access_request()->set_reason("活动中受伤，须联系家长");
    return access_requests_.CreateAccessRequest(call, request);
  }
  absl::StatusOr<AccessRequest> Approve(const rpc::Call& call, const std::string& name) {
    v1::ApproveAccessRequestRequest request;
    request.set_name(name);
    return access_requests_.ApproveAccessRequest(call, request);
  }
  absl::StatusOr<AccessRequest> Reject(const rpc::Call& call, const std::string& name) {
    v1::RejectAccessRequestRequest request;
    request.set_name(name);
    return access_requests_.RejectAccessRequest(call, request);
  }
};

TEST_F(RevealTest, ShowsWhatWasAskedForAndNothingElse) {
  const uint64_t id = Register(1);
  const auto revealed = Reveal(As(Head(), kMethod), id);
  ASSERT_TRUE(revealed.ok()) << revealed.status();
  EXPECT_EQ(revealed->volunteer().phone(), PersonNumber(1).phone());
  EXPECT_EQ(revealed->volunteer().id_number(), "");
  EXPECT_EQ(revealed->volunteer().display_name(), "");
  EXPECT_EQ(revealed->volunteer().residence(), "");
}

TEST_F(RevealTest, IsRecordedWithItsReasonAndWithoutNumbers) {
  const uint64_t id = Register(1);
  ASSERT_TRUE(Reveal(As(Head(), kMethod), id).ok());
  const auto records = Audited(kMethod, ids::ResourceName("volunteers", id));
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(records[0], HasSubstr("通知集合地点变更"));
  EXPECT_THAT(records[0], HasSubstr("FIELD_PHONE"));
  EXPECT_THAT(records[0], Not(HasSubstr("13812341234")));
  EXPECT_THAT(records[0], Not(HasSubstr(PersonNumber(1).phone())));
}

TEST_F(RevealTest, NeedsThePermissionThere) {
  const uint64_t id = Register(1, kOtherStation);
  EXPECT_EQ(Reveal(Head(), id).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reveal(Reader(), Register(2)).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reveal(Stranger(), id).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending WHERE method LIKE '%Reveal%'"), 0);
}

TEST_F(RevealTest, AMinorsNameIsMaskedForEverybody) {
  const uint64_t id = RegisterAged(1, 17);
  EXPECT_EQ(Get(Self(id), id)->display_name(), "王*1");
  EXPECT_EQ(Get(Admin(), id)->display_name(), "王*1");
  EXPECT_EQ(Get(Admin(), id)->residence(), "");
  EXPECT_EQ(Get(Admin(), id)->birth_date().month(), 0);
  EXPECT_NE(Get(Self(id), id)->residence(), "");
  ASSERT_TRUE(CreditHours(Settled(id, 1, test::Morning() - absl::Hours(24), 60)).ok());
  EXPECT_EQ(Certify(id)->display_name(), "王*1");
}

TEST_F(RevealTest, EveryLookOfStaffAtAMinorIsRecorded) {
  const uint64_t id = RegisterAged(1, 17), adult = Register(2);
  const char* const kGet = "/wenming.volunteer.v1.VolunteersService/GetVolunteer";
  ASSERT_TRUE(Get(As(Reader(), kGet), id).ok());
  ASSERT_TRUE(Get(As(Admin(), kGet), id).ok());
  ASSERT_TRUE(Get(As(Self(id), kGet), id).ok());
  ASSERT_TRUE(Get(As(Admin(), kGet), adult).ok());
  EXPECT_THAT(Audited(kGet, ids::ResourceName("volunteers", id)), SizeIs(2));
  EXPECT_THAT(Audited(kGet, ids::ResourceName("volunteers", adult)), SizeIs(0));
}

TEST_F(RevealTest, WhoSetsAPhoneIsRecordedAsSuch) {
  const uint64_t id = Register(1);
  const char* const kUpdate = "/wenming.volunteer.v1.VolunteersService/UpdateVolunteer";
  v1::UpdateVolunteerRequest request;
  request.mutable_volunteer()->set_name(ids::ResourceName("volunteers", id));
  request.mutable_volunteer()->set_phone("13900001111");
  ASSERT_TRUE(volunteers_.UpdateVolunteer(As(Head(), kUpdate), request).ok());
  const auto records = Audited(kUpdate, ids::ResourceName("volunteers", id));
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_THAT(records[0], HasSubstr("phone"));
  EXPECT_THAT(records[0], Not(HasSubstr("13900001111")));
}

TEST_F(RevealTest, AMinorsDataNeedAnApprovalByAnother) {
  const uint64_t id = RegisterAged(1, 12);
  EXPECT_EQ(ReasonOf(Reveal(Head(), id).status()), type::REASON_APPROVAL_REQUIRED);
  const auto asked = Ask(Head(), id);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->state(), AccessRequest::STATE_PENDING);
  EXPECT_EQ(ReasonOf(Reveal(Head(), id).status()), type::REASON_APPROVAL_REQUIRED);
  EXPECT_EQ(ReasonOf(Approve(Head(), asked->name()).status()), type::REASON_OWN_APPROVAL);
  EXPECT_EQ(Approve(Reader(), asked->name()).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Approve(Stranger(), asked->name()).status().code(), absl::StatusCode::kNotFound);

  const auto approved = Approve(Admin(), asked->name());
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->state(), AccessRequest::STATE_APPROVED);
  EXPECT_EQ(ReasonOf(Reject(Admin(), asked->name()).status()), type::REASON_ALREADY_DECIDED);
  const auto revealed = Reveal(Head(), id);
  ASSERT_TRUE(revealed.ok()) << revealed.status();
  EXPECT_EQ(revealed->volunteer().phone(), PersonNumber(1).phone());
  EXPECT_EQ(revealed->guardian().phone(), SomeGuardian().phone());

  // It is the asker's alone, for a day, and for this person.
  EXPECT_EQ(ReasonOf(Reveal(Admin(), id).status()), type::REASON_APPROVAL_REQUIRED);
  EXPECT_EQ(ReasonOf(Reveal(Head(), RegisterAged(2, 12)).status()), type::REASON_APPROVAL_REQUIRED);
  rpc::Call later = Head();
  later.now += absl::Hours(24) - absl::Seconds(1);
  EXPECT_TRUE(Reveal(later, id).ok());
  later.now += absl::Seconds(1);
  EXPECT_EQ(ReasonOf(Reveal(later, id).status()), type::REASON_APPROVAL_REQUIRED);
}

TEST_F(RevealTest, AnApprovalIsGoodForItsPurposeOnly) {
  const uint64_t id = RegisterAged(1, 12);
  const auto emergency = Ask(Head(), id, v1::REVEAL_PURPOSE_EMERGENCY);
  ASSERT_TRUE(Approve(Admin(), emergency->name()).ok());
  EXPECT_EQ(ReasonOf(Reveal(Head(), id).status()), type::REASON_APPROVAL_REQUIRED);
  const auto contact = Ask(Head(), id, v1::REVEAL_PURPOSE_CONTACT);
  ASSERT_TRUE(Approve(Admin(), contact->name()).ok());
  EXPECT_TRUE(Reveal(Head(), id).ok());
}

TEST_F(RevealTest, ARejectedRequestShowsNothing) {
  const uint64_t id = RegisterAged(1, 12);
  const auto asked = Ask(Head(), id);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(Reject(Admin(), asked->name())->state(), AccessRequest::STATE_REJECTED);
  EXPECT_EQ(ReasonOf(Approve(Admin(), asked->name()).status()), type::REASON_ALREADY_DECIDED);
  EXPECT_EQ(ReasonOf(Reveal(Head(), id).status()), type::REASON_APPROVAL_REQUIRED);
}

TEST_F(RevealTest, WhoHasWithdrawnIsShownForTheLawOnly) {
  const uint64_t id = Register(1);
  ASSERT_TRUE(Withdraw(Self(id), id, v1::ConsentDocument::KIND_SENSITIVE_DATA).ok());
  EXPECT_EQ(ReasonOf(Reveal(Head(), id).status()), type::REASON_CONSENT_REQUIRED);
  v1::RevealVolunteerRequest request;
  request.set_name(ids::ResourceName("volunteers", id));
  request.add_fields(v1::RevealVolunteerRequest::FIELD_PHONE);
  request.set_reason("公安机关依法调取");
  request.set_purpose(v1::REVEAL_PURPOSE_LEGAL_DUTY);
  EXPECT_EQ(volunteers_.RevealVolunteer(Head(), request)->volunteer().phone(), PersonNumber(1).phone());
}

TEST_F(RevealTest, AdultsNeedNoRequest) {
  EXPECT_EQ(ReasonOf(Ask(Head(), Register(1)).status()), type::REASON_NOT_A_MINOR);
}

TEST_F(RevealTest, ListsTheRequestsOfTheSubtree) {
  const uint64_t id = RegisterAged(1, 12);
  const auto first = Ask(Head(), id), second = Ask(Head(), id);
  v1::ListAccessRequestsRequest request;
  request.set_parent(ids::ResourceName("units", kInstitute));
  request.set_page_size(1);
  auto page = access_requests_.ListAccessRequests(Admin(), request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->access_requests(0).name(), second->name());
  request.set_page_token(page->next_page_token());
  page = access_requests_.ListAccessRequests(Admin(), request);
  EXPECT_EQ(page->access_requests(0).name(), first->name());
  EXPECT_EQ(page->next_page_token(), "");
  request.Clear();
  request.set_parent(ids::ResourceName("units", kOtherStation));
  EXPECT_EQ(access_requests_.ListAccessRequests(Admin(), request)->access_requests_size(), 0);
}

}  // namespace
}  // namespace wenming::volunteer
