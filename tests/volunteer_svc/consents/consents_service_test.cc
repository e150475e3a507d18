#include "volunteer_svc/consents/consents_service.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "common/crypto/digest.h"
#include "common/errors/errors.h"
#include "tests/volunteer_svc/data_fixture.h"

namespace wenming::volunteer {
namespace {

using errors::ReasonOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using v1::Consent;
using v1::ConsentDocument;

class ConsentsTest : public DataTest {
 protected:
  std::vector<ConsentDocument> Documents() {
    v1::ListConsentDocumentsRequest request;
    request.set_parent(ids::ResourceName("units", kCenter));
    const auto documents = consents_.ListConsentDocuments(test::AnonymousCall(directory_.get(), kCenter), request);
    EXPECT_TRUE(documents.ok()) << documents.status();
    return {documents->consent_documents().begin(), documents->consent_documents().end()};
  }
  absl::StatusOr<ConsentDocument> Publish(ConsentDocument::Kind kind, const std::string& text) {
    v1::PublishConsentDocumentRequest request;
    request.set_parent(ids::ResourceName("units", kCenter));
    request.mutable_consent_document()->set_kind(kind);
    request.mutable_consent_document()->set_title("同意书");
    request.mutable_consent_document()->set_text(text);
    return consents_.PublishConsentDocument(Admin(), request);
  }
  absl::StatusOr<v1::GiveConsentResponse> Give(const rpc::Call& call, uint64_t id, const std::string& document,
                                               Consent::Channel channel) {
    v1::GiveConsentRequest request;
    request.set_parent(ids::ResourceName("volunteers", id));
    request.add_documents(document);
    request.set_channel(channel);
    return consents_.GiveConsent(call, request);
  }
  std::vector<Consent> Given(uint64_t id) {
    v1::ListConsentsRequest request;
    request.set_parent(ids::ResourceName("volunteers", id));
    const auto consents = consents_.ListConsents(Self(id), request);
    EXPECT_TRUE(consents.ok()) << consents.status();
    return {consents->consents().begin(), consents->consents().end()};
  }
};

TEST_F(ConsentsTest, EveryCenterBeginsWithWholeTexts) {
  const auto documents = Documents();
  ASSERT_EQ(documents.size(), 4u);
  for (const ConsentDocument& document : documents) {
    EXPECT_EQ(document.version(), 1);
    EXPECT_GT(document.text().size(), 500u) << document.title();
    EXPECT_EQ(document.text_hash(), crypto::Sha256(document.text()));
  }
}

TEST_F(ConsentsTest, ListsDocumentsInPages) {
  v1::ListConsentDocumentsRequest request;
  request.set_parent(ids::ResourceName("units", kCenter));
  request.set_page_size(3);
  const rpc::Call call = test::AnonymousCall(directory_.get(), kCenter);
  const auto first = consents_.ListConsentDocuments(call, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->consent_documents_size(), 3);
  request.set_page_token(first->next_page_token());
  const auto second = consents_.ListConsentDocuments(call, request);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_EQ(second->consent_documents_size(), 1);
  EXPECT_EQ(second->consent_documents(0).kind(), ConsentDocument::KIND_CHILD_RULES);
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(ConsentsTest, ARegistrationKeepsWhatWasAgreedTo) {
  const uint64_t id = Register(1);
  const auto given = Given(id);
  ASSERT_EQ(given.size(), 2u);
  for (const Consent& consent : given) {
    EXPECT_EQ(consent.channel(), Consent::CHANNEL_PAPER);
    EXPECT_EQ(consent.recorder(), Admin().caller.subject);
    EXPECT_FALSE(consent.by_guardian());
    EXPECT_FALSE(consent.has_withdraw_time());
    EXPECT_EQ(consent.give_time().seconds(), absl::ToUnixSeconds(test::Morning()));
    EXPECT_EQ(consent.text_hash(), Documents()[consent.kind() - 1].text_hash());
  }
}

TEST_F(ConsentsTest, NobodyIsRegisteredWithoutTheConsentsOfHisAge) {
  struct Case {
    int age;
    std::vector<int> kinds;
    bool guardian;
    type::Reason reason;
  };
  constexpr type::Reason kFine = type::REASON_UNSPECIFIED;
  const Case cases[] = {
      {40, {1, 2}, false, kFine},
      {40, {}, false, type::REASON_CONSENT_REQUIRED},
      {40, {1}, false, type::REASON_CONSENT_REQUIRED},
      {40, {2}, false, type::REASON_CONSENT_REQUIRED},
      {18, {1, 2}, false, kFine},
      {17, {1, 2}, true, type::REASON_CONSENT_REQUIRED},
      {17, {1, 2, 3}, false, type::REASON_GUARDIAN_REQUIRED},
      {17, {1, 2, 3}, true, kFine},
      {14, {1, 2, 3}, true, kFine},
      {13, {1, 2, 3}, true, type::REASON_CONSENT_REQUIRED},
      {13, {1, 2, 4}, true, type::REASON_CONSENT_REQUIRED},
      {13, {1, 2, 3, 4}, true, kFine},
  };
  int n = 0;
  for (const Case& one : cases) {
    v1::CreateVolunteerRequest request = FormFor(++n, one.age);
    request.clear_consent_documents();
    for (const int kind : one.kinds) {
      request.add_consent_documents(ids::ResourceName("consentDocuments", static_cast<uint64_t>(kind)));
    }
    if (!one.guardian) request.clear_guardian();
    const absl::Status status = volunteers_.CreateVolunteer(Admin(), request).status();
    const type::Reason reason = status.ok() ? kFine : ReasonOf(status);
    EXPECT_EQ(reason, one.reason) << "age " << one.age << ", " << one.kinds.size() << " documents: " << status;
  }
}

TEST_F(ConsentsTest, OfAChildAllConsentsAreTheGuardians) {
  const uint64_t child = RegisterAged(1, 13), youth = RegisterAged(2, 16);
  for (const Consent& consent : Given(child)) EXPECT_TRUE(consent.by_guardian());
  for (const Consent& consent : Given(youth)) {
    EXPECT_EQ(consent.by_guardian(), consent.kind() == ConsentDocument::KIND_GUARDIAN);
  }
}

TEST_F(ConsentsTest, AGuardianIsAnAdultAndSomebodyElse) {
  v1::CreateVolunteerRequest request = FormFor(1, 15);
  request.mutable_guardian()->mutable_id_document()->set_id_number(request.volunteer().id_number());
  EXPECT_EQ(ReasonOf(volunteers_.CreateVolunteer(Admin(), request).status()), type::REASON_GUARDIAN_NOT_ADULT);
  request.mutable_guardian()->mutable_id_document()->set_id_number(FormFor(2, 17).volunteer().id_number());
  EXPECT_EQ(ReasonOf(volunteers_.CreateVolunteer(Admin(), request).status()), type::REASON_GUARDIAN_NOT_ADULT);
  request.mutable_guardian()->mutable_id_document()->set_id_number(FormFor(2, 18).volunteer().id_number());
  EXPECT_TRUE(volunteers_.CreateVolunteer(Admin(), request).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM guardians"), 1);
}

TEST_F(ConsentsTest, ANewVersionIsTheOneToAgreeTo) {
  const uint64_t id = Register(1);
  const auto published =
      Publish(ConsentDocument::KIND_PERSONAL_DATA, "本中心自己的个人信息处理同意书，第二版，内容从略。");
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->version(), 2);
  EXPECT_EQ(Documents()[0].name(), published->name());
  EXPECT_EQ(Documents().size(), 4u);

  v1::CreateVolunteerRequest request = FormFor(2, 40);
  EXPECT_EQ(ReasonOf(volunteers_.CreateVolunteer(Admin(), request).status()), type::REASON_CONSENT_OUTDATED);
  request.set_consent_documents(0, published->name());
  EXPECT_TRUE(volunteers_.CreateVolunteer(Admin(), request).ok());

  // Who has agreed before stays, and may agree again; twice is once.
  const auto outdated = Give(Self(id), id, ids::ResourceName("consentDocuments", 1), Consent::CHANNEL_WEB);
  EXPECT_EQ(ReasonOf(outdated.status()), type::REASON_CONSENT_OUTDATED);
  const auto given = Give(Self(id), id, published->name(), Consent::CHANNEL_WEB);
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ(given->consents(0).version(), 2);
  const auto again = Give(Self(id), id, published->name(), Consent::CHANNEL_WEB);
  EXPECT_EQ(again->consents(0).name(), given->consents(0).name());
  EXPECT_EQ(Given(id).size(), 3u);
}

TEST_F(ConsentsTest, StaffRecordPaperAndVolunteersAnythingElse) {
  const uint64_t id = Register(1);
  const std::string document = ids::ResourceName("consentDocuments", 1);
  EXPECT_FALSE(Give(Self(id), id, document, Consent::CHANNEL_PAPER).ok());
  EXPECT_FALSE(Give(Head(), id, document, Consent::CHANNEL_MINI_PROGRAM).ok());
  EXPECT_TRUE(Give(Head(), id, document, Consent::CHANNEL_PAPER).ok());
  EXPECT_EQ(Give(Reader(), id, document, Consent::CHANNEL_PAPER).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Give(Self(id + 1), id, document, Consent::CHANNEL_WEB).status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(ConsentsTest, WithdrawingEndsParticipationAndGivingAgainAllowsIt) {
  for (const auto kind : {ConsentDocument::KIND_PERSONAL_DATA, ConsentDocument::KIND_SENSITIVE_DATA}) {
    const uint64_t id = Register(static_cast<int>(kind));
    const auto withdrawn = Withdraw(Self(id), id, kind);
    ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
    EXPECT_TRUE(withdrawn->participation_ended());
    EXPECT_THAT(withdrawn->message(), HasSubstr("停止"));
    EXPECT_THAT(traces_.ended, ElementsAre(id));
    traces_.ended.clear();
    EXPECT_EQ(Get(Head(), id)->state(), v1::Volunteer::STATE_INACTIVE);

    EXPECT_EQ(ReasonOf(Reactivate(id)), type::REASON_CONSENT_REQUIRED);
    const std::string document = ids::ResourceName("consentDocuments", static_cast<uint64_t>(kind));
    ASSERT_TRUE(Give(Self(id), id, document, Consent::CHANNEL_MINI_PROGRAM).ok());
    EXPECT_TRUE(Reactivate(id).ok());
  }
}

TEST_F(ConsentsTest, WhatAnAdultDoesNotNeedHeMayWithdraw) {
  const uint64_t id = Register(1);
  const auto withdrawn = Withdraw(Self(id), id, ConsentDocument::KIND_GUARDIAN);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_FALSE(withdrawn->participation_ended());
  EXPECT_THAT(traces_.ended, IsEmpty());
  EXPECT_EQ(Get(Head(), id)->state(), v1::Volunteer::STATE_ACTIVE);
}

TEST_F(ConsentsTest, OnlyTheCenterPublishes) {
  v1::PublishConsentDocumentRequest request;
  request.set_parent(ids::ResourceName("units", kStation));
  EXPECT_EQ(consents_.PublishConsentDocument(Admin(), request).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace wenming::volunteer
