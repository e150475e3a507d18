#include "volunteer_svc/certificates/certificates_service.h"

#include <gmock/gmock.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/errors/errors.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

using errors::ReasonOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using v1::Certificate;

constexpr std::string_view kVerifyPrefix = "/v1/certificates:verify?code=";

class CertificatesServiceTest : public VolunteerTest {
 protected:
  // An hour on each of the last five days before the calls, in two activities.
  CertificatesServiceTest() : VolunteerTest(12) {
    for (int day = 1; day <= 5; ++day) {
      auto event = Settled(volunteer_, 100 + day, test::Morning() - absl::Hours(24 * day), 60);
      if (day <= 3) event.set_activity_title("义诊");
      EXPECT_TRUE(CreditHours(event).ok());
    }
  }

  v1::CreateCertificateRequest CreateRequest() const {
    v1::CreateCertificateRequest request;
    request.set_parent(ids::ResourceName("volunteers", volunteer_));
    return request;
  }
  absl::StatusOr<Certificate> Create(const rpc::Call& call) {
    return service_.CreateCertificate(call, CreateRequest());
  }
  absl::StatusOr<Certificate> Get(const rpc::Call& call, const std::string& name) {
    v1::GetCertificateRequest request;
    request.set_name(name);
    return service_.GetCertificate(call, request);
  }
  absl::StatusOr<Certificate> Revoke(const rpc::Call& call, const std::string& name) {
    v1::RevokeCertificateRequest request;
    request.set_name(name);
    request.set_reason("时长有误");
    return service_.RevokeCertificate(call, request);
  }
  // As anybody with the link: no token, no center.
  absl::StatusOr<v1::VerifyCertificateResponse> Verify(std::string_view code) {
    v1::VerifyCertificateRequest request;
    request.set_code(std::string(code));
    return service_.VerifyCertificate(test::AnonymousCall(directory_.get(), 0), request);
  }
  static std::string CodeIn(const Certificate& certificate) {
    return certificate.verify_path().substr(kVerifyPrefix.size());
  }

  const uint64_t volunteer_ = Register(1);
  const uint64_t other_ = Register(2, kOtherStation);
  const CertificatePrinter printer_{"https://wenming.example.cn"};
  CertificatesService service_{dependencies_, CertificateKeys(keys_.path()), printer_};
};

TEST_F(CertificatesServiceTest, CertifiesAllSettledHours) {
  const auto certificate = Create(Self(volunteer_));
  ASSERT_TRUE(certificate.ok()) << certificate.status();
  EXPECT_EQ(certificate->serial(), "HT-2026-000001");
  EXPECT_EQ(certificate->volunteer(), ids::ResourceName("volunteers", volunteer_));
  EXPECT_EQ(certificate->volunteer_number(), "HT00000001");
  EXPECT_EQ(certificate->display_name(), "王小1");
  EXPECT_THAT(certificate->id_number(), HasSubstr("**********"));
  EXPECT_EQ(FromDate(certificate->start_date()), absl::CivilDay(2026, 4, 26));
  EXPECT_EQ(FromDate(certificate->end_date()), absl::CivilDay(2026, 5, 1));
  EXPECT_EQ(certificate->minutes(), 300);
  EXPECT_EQ(certificate->star(), 0);
  ASSERT_EQ(certificate->activities_size(), 2);
  EXPECT_EQ(certificate->activities(0).title(), "义诊");
  EXPECT_EQ(certificate->activities(0).minutes(), 180);
  EXPECT_EQ(certificate->issuer(), ids::ResourceName("units", kCenter));
  EXPECT_EQ(certificate->issuer_name(), "洪洞县新时代文明实践中心");
  EXPECT_THAT(certificate->verify_path(), StartsWith(std::string(kVerifyPrefix)));
  EXPECT_EQ(certificate->state(), Certificate::STATE_ISSUED);
  const auto read = Get(Reader(), certificate->name());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->SerializeAsString(), certificate->SerializeAsString());
}

TEST_F(CertificatesServiceTest, CertifiesWhatWasNotTakenBack) {
  ASSERT_TRUE(CreditHours(Settled(volunteer_, 901, StartInChina(absl::CivilDay(2026, 3, 2)), 60)).ok());
  ASSERT_TRUE(TakeBackHours(Reversed(volunteer_, 901, 1)).ok());
  ASSERT_TRUE(CreditHours(Settled(volunteer_, 902, StartInChina(absl::CivilDay(2026, 3, 2)), 50)).ok());
  auto request = CreateRequest();
  *request.mutable_start_date() = ToDate(absl::CivilDay(2026, 3, 1));
  *request.mutable_end_date() = ToDate(absl::CivilDay(2026, 3, 3));
  const auto certificate = service_.CreateCertificate(Self(volunteer_), request);
  ASSERT_TRUE(certificate.ok()) << certificate.status();
  EXPECT_EQ(certificate->minutes(), 50);
  ASSERT_TRUE(TakeBackHours(Reversed(volunteer_, 902, 1)).ok());
  request.set_request_id("another-request");
  EXPECT_EQ(errors::ReasonOf(service_.CreateCertificate(Self(volunteer_), request).status()),
            type::REASON_NOTHING_TO_CERTIFY);
}

TEST_F(CertificatesServiceTest, DaysOfThePeriodAreDaysInChina) {
  // 30 minutes before and after midnight in China.
  ASSERT_TRUE(
      CreditHours(Settled(volunteer_, 1, StartInChina(absl::CivilDay(2026, 3, 2)) - absl::Minutes(30), 30)).ok());
  ASSERT_TRUE(CreditHours(Settled(volunteer_, 2, StartInChina(absl::CivilDay(2026, 3, 2)), 20)).ok());
  auto request = CreateRequest();
  *request.mutable_start_date() = ToDate(absl::CivilDay(2026, 3, 2));
  *request.mutable_end_date() = ToDate(absl::CivilDay(2026, 3, 2));
  EXPECT_EQ(service_.CreateCertificate(Admin(), request)->minutes(), 20);
  *request.mutable_start_date() = ToDate(absl::CivilDay(2026, 3, 1));
  *request.mutable_end_date() = ToDate(absl::CivilDay(2026, 3, 1));
  EXPECT_EQ(service_.CreateCertificate(Admin(), request)->minutes(), 30);
}

TEST_F(CertificatesServiceTest, CertifiesNothingWhereThereIsNothing) {
  auto request = CreateRequest();
  *request.mutable_end_date() = ToDate(absl::CivilDay(2026, 4, 25));
  *request.mutable_start_date() = ToDate(absl::CivilDay(2026, 1, 1));
  const auto refused = service_.CreateCertificate(Admin(), request);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(refused.status()), type::REASON_NOTHING_TO_CERTIFY);
  request = CreateRequest();
  request.set_parent(ids::ResourceName("volunteers", other_));
  EXPECT_EQ(ReasonOf(service_.CreateCertificate(Self(other_), request).status()), type::REASON_NOTHING_TO_CERTIFY);
  EXPECT_EQ(Create(Admin())->serial(), "HT-2026-000001") << "what was refused has used up a number";
}

TEST_F(CertificatesServiceTest, IssuesForOneselfAndByThoseWhoMay) {
  EXPECT_TRUE(Create(Self(volunteer_)).ok());
  EXPECT_TRUE(Create(Head()).ok());
  EXPECT_EQ(Create(Self(other_)).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Create(Reader()).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Create(Stranger()).status().code(), absl::StatusCode::kNotFound);
  const std::string name = Create(Admin())->name();
  EXPECT_TRUE(Get(Self(volunteer_), name).ok());
  EXPECT_EQ(Get(Self(other_), name).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Get(Stranger(), name).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(CertificatesServiceTest, ARepeatedRequestIssuesNoSecond) {
  auto request = CreateRequest();
  request.set_request_id("request-0001");
  const auto first = service_.CreateCertificate(Self(volunteer_), request);
  const auto second = service_.CreateCertificate(Self(volunteer_), request);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM certificates"), 1);
}

TEST_F(CertificatesServiceTest, SerialsHaveNoGapsAndBeginAnewEachYear) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([this] {
      for (int j = 0; j < 3; ++j) EXPECT_TRUE(Create(Admin()).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Number("SELECT COUNT(DISTINCT serial) FROM certificates"), 24);
  EXPECT_EQ(Text("SELECT MAX(serial) FROM certificates"), "HT-2026-000024");
  rpc::Call call = Admin();
  call.now = StartInChina(absl::CivilDay(2027, 1, 1));
  EXPECT_EQ(Create(call)->serial(), "HT-2027-000001");
}

TEST_F(CertificatesServiceTest, AnybodyWithTheLinkMayVerify) {
  const auto certificate = Create(Self(volunteer_));
  ASSERT_TRUE(certificate.ok());
  const auto verified = Verify(CodeIn(*certificate));
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->state(), Certificate::STATE_ISSUED);
  EXPECT_EQ(verified->serial(), certificate->serial());
  EXPECT_EQ(verified->minutes(), 300);
  EXPECT_EQ(verified->issuer_name(), certificate->issuer_name());
  EXPECT_EQ(FromDate(verified->issue_date()), absl::CivilDay(2026, 5, 1));
  for (const std::string& personal : {certificate->display_name(), certificate->id_number(), certificate->volunteer(),
                                      certificate->volunteer_number()}) {
    EXPECT_THAT(verified->DebugString(), Not(HasSubstr(personal)));
  }
}

TEST_F(CertificatesServiceTest, EveryWrongCodeGetsTheSameAnswer) {
  const std::string code = CodeIn(*Create(Self(volunteer_)));
  std::set<std::string> answers;
  std::vector<std::string> wrong = {
      "", "x", code.substr(0, 38), code + "0", std::string(39, '0'), ids::ToText(kElsewhere) + code.substr(13)};
  for (size_t i = 0; i < code.size(); ++i) {
    wrong.push_back(code);
    wrong.back()[i] = code[i] == '7' ? '8' : '7';
  }
  for (const std::string& candidate : wrong) {
    const auto refused = Verify(candidate);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kNotFound) << candidate;
    answers.insert(errors::ToWire(refused.status(), errors::Language::kChinese, "").SerializeAsString());
  }
  EXPECT_EQ(answers.size(), 1u);
  EXPECT_TRUE(Verify(code).ok());
}

TEST_F(CertificatesServiceTest, ARevokedCertificateSaysSo) {
  const auto certificate = Create(Self(volunteer_));
  EXPECT_EQ(Revoke(Reader(), certificate->name()).status().code(), absl::StatusCode::kPermissionDenied);
  const auto revoked = Revoke(Head(), certificate->name());
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->state(), Certificate::STATE_REVOKED);
  EXPECT_EQ(Verify(CodeIn(*certificate))->state(), Certificate::STATE_REVOKED);
  const auto again = Revoke(Admin(), certificate->name());
  EXPECT_EQ(ReasonOf(again.status()), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(Text("SELECT revoke_reason FROM certificates"), "时长有误");
  EXPECT_EQ(Text("SELECT revoked_by FROM certificates"), ids::ResourceName("staff", kHead));
}

TEST_F(CertificatesServiceTest, ThePageSaysTheSameAndNamesNobody) {
  const auto show = [this](const std::string& code) {
    v1::ShowVerificationRequest request;
    request.set_code(code);
    const auto page = service_.ShowVerification(test::AnonymousCall(directory_.get(), 0), request);
    EXPECT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->content_type(), "text/html; charset=utf-8");
    return page->data();
  };
  const auto certificate = Create(Self(volunteer_));
  const std::string page = show(CodeIn(*certificate));
  for (const std::string& text : {std::string("✓ 有效"), certificate->serial(), std::string("5 小时"),
                                  certificate->issuer_name(), std::string("2026年5月1日")}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
  const v1::Volunteer person = PersonNumber(1);
  for (const std::string& personal : {person.display_name(), person.id_number(), person.phone(),
                                      certificate->volunteer_number(), CodeIn(*certificate)}) {
    ASSERT_FALSE(personal.empty());
    EXPECT_THAT(page, Not(HasSubstr(personal)));
  }
  ASSERT_TRUE(Revoke(Head(), certificate->name()).ok());
  EXPECT_THAT(show(CodeIn(*certificate)), HasSubstr("已撤销"));
  EXPECT_THAT(show("x"), HasSubstr("查无此证明"));
  EXPECT_EQ(show("x"), show(std::string(39, '0')));
}

TEST_F(CertificatesServiceTest, ListsNewestFirstInPages) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Create(Admin()).ok());
  v1::ListCertificatesRequest request;
  request.set_parent(ids::ResourceName("volunteers", volunteer_));
  request.set_page_size(2);
  std::vector<std::string> serials;
  do {
    const auto page = service_.ListCertificates(Self(volunteer_), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const Certificate& certificate : page->certificates()) serials.push_back(certificate.serial());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(serials, (std::vector<std::string>{"HT-2026-000005", "HT-2026-000004", "HT-2026-000003", "HT-2026-000002",
                                               "HT-2026-000001"}));
  EXPECT_EQ(service_.ListCertificates(Self(other_), request).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(CertificatesServiceTest, StoresNeitherPersonNorCodeInClear) {
  const auto certificate = Create(Self(volunteer_));
  const v1::Volunteer person = PersonNumber(1);
  const auto holds = [this](const std::string& text) {
    return Number(
        "SELECT COUNT(*) FROM certificates WHERE LOCATE('" + text +
        "', CONCAT_WS('|', serial, volunteer_number, HEX(display_name_sealed), display_name_sealed, id_number_sealed,"
        " activities, issuer_name, issued_by, code_sealed, code_hash)) > 0");
  };
  EXPECT_EQ(holds(certificate->serial()), 1) << "the question must be able to find something";
  for (const std::string& canary : {person.display_name(), person.id_number(), CodeIn(*certificate)}) {
    EXPECT_EQ(holds(canary), 0) << canary;
  }
}

}  // namespace
}  // namespace wenming::volunteer
