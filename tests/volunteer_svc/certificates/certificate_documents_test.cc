// Certificates on paper and as signed statements: what the PDF holds is read back with poppler and zbar.
#include <gmock/gmock.h>
#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/crypto/digest.h"
#include "common/errors/errors.h"
#include "tests/volunteer_svc/data_fixture.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/certificates/certificate_issuers_service.h"
#include "volunteer_svc/certificates/certificate_pdf.h"

namespace wenming::volunteer {
namespace {

using errors::ReasonOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The compact JWS is good for the key: nothing of ours but the text form of bytes takes part.
bool Verifies(std::string_view statement, const v1::CertificateKey& key) {
  const size_t end = statement.rfind('.');
  const auto signature = crypto::FromBase64Url(statement.substr(end + 1));
  const auto x = crypto::FromBase64Url(key.x());
  if (!signature || !x) return false;
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> open(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(*x), x->size()), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, open.get()) == 1 &&
         EVP_DigestVerify(digest.get(), bytes(*signature), signature->size(), bytes(statement), end) == 1;
}

class CertificateDocumentsTest : public DataTest {
 protected:
  CertificateDocumentsTest() {
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    EXPECT_TRUE(CreditHours(Settled(adult_, 1, test::Morning() - absl::Hours(48), 65)).ok());
    EXPECT_TRUE(CreditHours(Settled(minor_, 2, test::Morning() - absl::Hours(48), 60)).ok());
  }
  ~CertificateDocumentsTest() override { std::filesystem::remove_all(folder_); }

  absl::StatusOr<std::string> Print(const rpc::Call& call, const std::string& name) {
    v1::PrintCertificateRequest request;
    request.set_name(name);
    const auto body = certificates_.PrintCertificate(call, request);
    if (!body.ok()) return body.status();
    EXPECT_EQ(body->content_type(), "application/pdf");
    return body->data();
  }
  absl::StatusOr<std::string> Sign(const rpc::Call& call, const std::string& name) {
    v1::SignCertificateRequest request;
    request.set_name(name);
    const auto body = certificates_.SignCertificate(call, request);
    if (!body.ok()) return body.status();
    return body->data();
  }
  v1::CertificateKeys Keys() { return *certificates_.GetCertificateKeys(Admin(), {}); }
  absl::Status Revoke(const std::string& name) {
    v1::RevokeCertificateRequest request;
    request.set_name(name);
    request.set_reason("时长有误");
    return certificates_.RevokeCertificate(Admin(), request).status();
  }
  v1::BatchCreateCertificatesRequest Batch(uint64_t unit = kCenter) const {
    v1::BatchCreateCertificatesRequest request;
    request.set_parent(ids::ResourceName("units", unit));
    return request;
  }
  absl::StatusOr<std::string> PrintBatch(const rpc::Call& call, const std::string& name) {
    v1::PrintCertificateBatchRequest request;
    request.set_name(name);
    const auto body = certificates_.PrintCertificateBatch(call, request);
    if (!body.ok()) return body.status();
    return body->data();
  }

  // What a program says of the PDF; "%" in the command is its file.
  std::string Ask(const std::string& pdf, const std::string& command) {
    const std::string file = folder_ + "/certificate.pdf";
    std::ofstream(file, std::ios::binary) << pdf;
    std::string line = command;
    for (size_t at; (at = line.find('%')) != line.npos;) line.replace(at, 1, file);
    const std::unique_ptr<FILE, decltype(&pclose)> pipe(popen(line.c_str(), "r"), pclose);
    std::string answer;
    char part[4096];
    while (const size_t size = std::fread(part, 1, sizeof(part), pipe.get())) answer.append(part, size);
    return answer;
  }
  std::string TextOf(const std::string& pdf) { return Ask(pdf, "pdftotext -layout % -"); }

  std::string folder_ = (std::filesystem::temp_directory_path() / "wenming-paper-XXXXXX").string();
  const uint64_t adult_ = RegisterAged(1, 30), minor_ = RegisterAged(2, 15);
  CertificateIssuersService issuers_{dependencies_};
};

TEST_F(CertificateDocumentsTest, TheStatementVerifiesAndNoAlteredByteDoes) {
  const auto certificate = Certify(adult_);
  ASSERT_TRUE(certificate.ok()) << certificate.status();
  const auto statement = Sign(Self(adult_), certificate->name());
  ASSERT_TRUE(statement.ok()) << statement.status();
  const v1::CertificateKeys keys = Keys();
  ASSERT_EQ(keys.keys_size(), 1);
  ASSERT_TRUE(Verifies(*statement, keys.keys(0)));
  const std::vector<std::string> parts = absl::StrSplit(*statement, '.');
  EXPECT_EQ(*crypto::FromBase64Url(parts[0]),
            absl::StrCat(R"({"alg":"EdDSA","cty":"json","kid":")", keys.keys(0).kid(), R"("})"));
  for (size_t i = 0; i < statement->size(); ++i) {
    std::string altered = *statement;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(Verifies(altered, keys.keys(0))) << i;
  }
  const std::string payload = *crypto::FromBase64Url(parts[1]);
  const auto volunteer = Get(Self(adult_), adult_);
  for (const std::string& said :
       {certificate->serial(), FormFor(1, 30).volunteer().display_name(), std::string("ID_TYPE_RESIDENT"),
        volunteer->id_number(), volunteer->number(), std::string("洪洞县新时代文明实践中心"), std::string("清扫街道"),
        std::string("\"minutes\":\"65\"")}) {
    EXPECT_THAT(payload, HasSubstr(said));
  }
  EXPECT_THAT(payload, Not(HasSubstr(FormFor(1, 30).volunteer().id_number())));
  EXPECT_THAT(payload, Not(HasSubstr("STATE_")));
}

TEST_F(CertificateDocumentsTest, AnOldStatementOutlivesTheRotationOfItsKey) {
  const std::string old = *Sign(Self(adult_), Certify(adult_)->name());
  keys_.AddCertificateKey("2");
  const std::string fresh = *Sign(Self(adult_), Certify(adult_)->name());
  const v1::CertificateKeys keys = Keys();
  ASSERT_EQ(keys.keys_size(), 2);
  EXPECT_TRUE(Verifies(fresh, keys.keys(0)));
  EXPECT_FALSE(Verifies(fresh, keys.keys(1)));
  EXPECT_TRUE(Verifies(old, keys.keys(1)));
}

TEST_F(CertificateDocumentsTest, NothingIsSignedThatNobodyCanVerify) {
  const std::string old = keys_.Read("certificate.public.pem");
  keys_.AddCertificateKey("2");
  const std::string fresh = keys_.Read("certificate.2.public.pem");
  std::filesystem::remove(keys_.path() + "/certificate.2.public.pem");
  EXPECT_EQ(Certify(adult_).status().code(), absl::StatusCode::kFailedPrecondition) << "it is not published";
  keys_.Write("certificate.2.public.pem", old);
  EXPECT_EQ(Certify(adult_).status().code(), absl::StatusCode::kFailedPrecondition) << "another one is in its place";
  EXPECT_EQ(Number("SELECT COUNT(*) FROM certificates"), 0);
  keys_.Write("certificate.2.public.pem", fresh);
  EXPECT_TRUE(Certify(adult_).ok());
}

TEST_F(CertificateDocumentsTest, TheStatementIsForThePersonAlone) {
  const std::string name = Certify(adult_)->name();
  EXPECT_EQ(ReasonOf(Sign(Admin(), name).status()), type::REASON_NOT_YOURS);
  EXPECT_EQ(Sign(Self(minor_), name).status().code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Erase(Self(adult_), adult_).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM certificate_statements"), 0);
  EXPECT_EQ(Print(Admin(), name).status().code(), absl::StatusCode::kPermissionDenied) << "nobody's name is left";
}

TEST_F(CertificateDocumentsTest, ThePaperSaysEverythingAndIsTheSameEachTime) {
  v1::UpdateCertificateIssuerRequest issuer;
  issuer.mutable_certificate_issuer()->set_name(ids::ResourceName("units", kCenter) + "/certificateIssuer");
  issuer.mutable_certificate_issuer()->set_responsible_person("张负责");
  issuer.mutable_certificate_issuer()->set_handler("李经办");
  issuer.mutable_certificate_issuer()->set_contact("0357-0000000");
  ASSERT_TRUE(issuers_.UpdateCertificateIssuer(Admin(), issuer).ok());
  const auto certificate = Certify(adult_);
  const auto pdf = Print(Self(adult_), certificate->name());
  ASSERT_TRUE(pdf.ok()) << pdf.status();
  EXPECT_EQ(*Print(Self(adult_), certificate->name()), *pdf);

  const std::string text = TextOf(*pdf);
  const auto volunteer = Get(Self(adult_), adult_);
  for (const std::string& said :
       {std::string("志愿服务记录证明"), certificate->serial(), FormFor(1, 30).volunteer().display_name(),
        std::string("居民身份证"), volunteer->id_number(), volunteer->number(), std::string("1 小时 5 分钟"),
        std::string("洪洞县新时代文明实践中心"), std::string("清洁家园"), std::string("清扫街道"),
        std::string("张负责"), std::string("李经办"), std::string("0357-0000000"), std::string("2026年5月1日"),
        std::string("第 1 页，共 1 页"), FingerprintOf(*Sign(Self(adult_), certificate->name()))}) {
    EXPECT_THAT(text, HasSubstr(said));
  }
  EXPECT_THAT(text, Not(HasSubstr(FormFor(1, 30).volunteer().id_number())));

  // Every font is embedded and of the family meant.
  const std::vector<std::string> fonts = absl::StrSplit(Ask(*pdf, "pdffonts % | tail -n +3"), '\n', absl::SkipEmpty());
  EXPECT_GE(fonts.size(), 2u);
  for (const std::string& font : fonts) {
    EXPECT_THAT(font, HasSubstr("NotoSerifCJK"));
    EXPECT_THAT(font, ::testing::ContainsRegex("yes +yes +yes"));
  }
  EXPECT_THAT(Ask(*pdf, "pdfinfo %"), HasSubstr("A4"));
}

TEST_F(CertificateDocumentsTest, TheCodeOnPaperLeadsToTheVerification) {
  const auto certificate = Certify(adult_);
  const auto pdf = Print(Self(adult_), certificate->name());
  ASSERT_TRUE(pdf.ok()) << pdf.status();
  const std::string link =
      Ask(*pdf, "pdftoppm -r 150 -png -singlefile % " + folder_ + "/page && zbarimg -q --raw " + folder_ + "/page.png");
  EXPECT_EQ(link, absl::StrCat("https://wenming.example.cn", certificate->verify_path(), "\n"));
  v1::VerifyCertificateRequest request;
  request.set_code(std::string(absl::StripAsciiWhitespace(link.substr(link.find('=') + 1))));
  const auto verified = certificates_.VerifyCertificate(test::AnonymousCall(directory_.get(), 0), request);
  ASSERT_TRUE(verified.ok()) << link;
  EXPECT_EQ(verified->serial(), certificate->serial());
}

TEST_F(CertificateDocumentsTest, OnesOwnFileCarriesTheStatementAndCopiesDoNot) {
  const std::string name = Certify(adult_)->name();
  const std::string statement = *Sign(Self(adult_), name);
  EXPECT_THAT(*Print(Self(adult_), name), HasSubstr(statement));
  EXPECT_THAT(Ask(*Print(Self(adult_), name), "pdfinfo %"), HasSubstr(statement));
  EXPECT_THAT(*Print(Head(), name), Not(HasSubstr(statement)));
  EXPECT_EQ(Print(Reader(), name).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(CertificateDocumentsTest, AMinorsPaperIsHisOwn) {
  const std::string name = Certify(minor_)->name();
  EXPECT_THAT(TextOf(*Print(Self(minor_), name)), HasSubstr(FormFor(2, 15).volunteer().display_name()));
  EXPECT_EQ(ReasonOf(Print(Head(), name).status()), type::REASON_NOT_YOURS);
}

TEST_F(CertificateDocumentsTest, ManyActivitiesGoOnOnFurtherPages) {
  for (int i = 0; i < 130; ++i) {
    auto event = Settled(adult_, 100 + i, test::Morning() - absl::Hours(24 * (i + 4)), 60 + (i < 100 ? 1 : 0));
    event.set_activity_title(absl::StrCat("第", i, "次活动"));
    ASSERT_TRUE(CreditHours(event).ok());
  }
  const auto certificate = Certify(adult_);
  EXPECT_EQ(certificate->activities_size(), 20);
  const std::string pdf = *Print(Self(adult_), certificate->name()), text = TextOf(pdf);
  const int pages = std::atoi(Ask(pdf, "pdfinfo % | sed -n 's/^Pages: *//p'").c_str());
  EXPECT_GE(pages, 3);
  for (int page = 1; page <= pages; ++page) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("第 ", page, " 页，共 ", pages, " 页")));
  }
  EXPECT_THAT(text, HasSubstr("第99次活动"));
  // 131 activities, of which the 100 longest are named.
  EXPECT_THAT(text, HasSubstr("其他活动"));
  EXPECT_THAT(text, HasSubstr("31 小时"));
}

TEST_F(CertificateDocumentsTest, ARevokedCertificateIsNotPrinted) {
  const std::string name = Certify(adult_)->name();
  ASSERT_TRUE(Revoke(name).ok());
  EXPECT_EQ(ReasonOf(Print(Self(adult_), name).status()), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(ReasonOf(Sign(Self(adult_), name).status()), type::REASON_MOVE_NOT_ALLOWED);
}

TEST_F(CertificateDocumentsTest, ABatchGivesEachALineAndPrintsTogether) {
  const uint64_t idle = RegisterAged(3, 40), elsewhere = RegisterAged(4, 40);
  ASSERT_TRUE(CreditHours(Settled(elsewhere, 4, test::Morning() - absl::Hours(48), 30)).ok());
  Execute(absl::StrCat("UPDATE volunteers SET unit_id = ", kOtherStation, " WHERE id = ", elsewhere));
  auto request = Batch(kStation);
  request.set_request_id("batch-0001");
  for (const uint64_t id : {minor_, idle, adult_, elsewhere, adult_}) {
    request.add_volunteers(ids::ResourceName("volunteers", id));
  }
  const auto batch = certificates_.BatchCreateCertificates(Head(), request);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->lines_size(), 4);
  EXPECT_EQ(batch->lines(0).serial(), "HT-2026-000001");
  EXPECT_TRUE(batch->lines(0).minor());
  EXPECT_EQ(batch->lines(1).reason(), "NOTHING_TO_CERTIFY");
  EXPECT_THAT(batch->lines(1).message(), HasSubstr("没有已入账"));
  EXPECT_EQ(batch->lines(2).serial(), "HT-2026-000002");
  EXPECT_EQ(batch->lines(2).volunteer(), ids::ResourceName("volunteers", adult_));
  EXPECT_FALSE(batch->lines(2).minor());
  EXPECT_EQ(batch->lines(3).reason(), "NOT_FOUND") << "of another station";

  const auto again = certificates_.BatchCreateCertificates(Head(), request);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), batch->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM certificates"), 2);

  const auto pdf =
      PrintBatch(As(Head(), "/wenming.volunteer.v1.CertificatesService/PrintCertificateBatch"), batch->name());
  ASSERT_TRUE(pdf.ok()) << pdf.status();
  EXPECT_THAT(TextOf(*pdf), HasSubstr("HT-2026-000002"));
  EXPECT_THAT(TextOf(*pdf), Not(HasSubstr("HT-2026-000001"))) << "the minor's";
  EXPECT_THAT(Ask(*pdf, "pdfinfo %"), HasSubstr("Pages:           1"));
  EXPECT_EQ(Audited("/wenming.volunteer.v1.CertificatesService/PrintCertificateBatch", batch->name()).size(), 1u);
  EXPECT_EQ(PrintBatch(Stranger(), batch->name()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(PrintBatch(Reader(), batch->name()).status().code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Revoke(batch->lines(2).certificate()).ok());
  EXPECT_EQ(PrintBatch(Admin(), batch->name()).status().code(), absl::StatusCode::kNotFound) << "nothing stands";
}

TEST_F(CertificateDocumentsTest, ABatchOfAUnitIsForAllItsVolunteers) {
  const auto batch = certificates_.BatchCreateCertificates(Admin(), Batch());
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->lines_size(), 2);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM certificates WHERE batch_id <> 0"), 2);
  auto late = Batch();
  *late.mutable_end_date() = ToDate(absl::CivilDay(2026, 5, 2));
  EXPECT_EQ(certificates_.BatchCreateCertificates(Admin(), late).status().code(), absl::StatusCode::kInvalidArgument);
  auto before = Batch();
  *before.mutable_end_date() = ToDate(absl::CivilDay(2026, 4, 1));
  const auto nothing = certificates_.BatchCreateCertificates(Admin(), before);
  ASSERT_TRUE(nothing.ok()) << nothing.status();
  EXPECT_EQ(nothing->name(), "");
  EXPECT_EQ(nothing->lines(0).reason(), "NOTHING_TO_CERTIFY");
}

TEST_F(CertificateDocumentsTest, ABatchOfATeamIsForItsMembersInTheUnit) {
  const uint64_t idle = RegisterAged(3, 40), elsewhere = RegisterAged(4, 40), left = RegisterAged(5, 40);
  Execute(absl::StrCat("UPDATE volunteers SET unit_id = ", kOtherStation, " WHERE id = ", elsewhere));
  uint64_t id = 0;
  for (const uint64_t member : {idle, elsewhere, adult_, left}) {
    Execute(absl::StrCat("INSERT INTO memberships (center_id, id, volunteer_id, team_id, live, join_time) VALUES (",
                         kCenter, ", ", ++id, ", ", member, ", 77, ", member == left ? "NULL" : "1", ", 1)"));
  }
  auto request = Batch(kStation);
  request.set_team(ids::ResourceName("teams", 77));
  const auto batch = certificates_.BatchCreateCertificates(Head(), request);
  ASSERT_TRUE(batch.ok()) << batch.status();
  ASSERT_EQ(batch->lines_size(), 2) << "neither of another station, nor who has left";
  EXPECT_EQ(batch->lines(0).volunteer(), ids::ResourceName("volunteers", idle));
  EXPECT_EQ(batch->lines(0).reason(), "NOTHING_TO_CERTIFY");
  EXPECT_EQ(batch->lines(1).volunteer(), ids::ResourceName("volunteers", adult_));
  EXPECT_EQ(batch->lines(1).serial(), "HT-2026-000001");
  request.set_team(ids::ResourceName("teams", 78));
  const auto nobody = certificates_.BatchCreateCertificates(Head(), request);
  ASSERT_TRUE(nobody.ok()) << nobody.status();
  EXPECT_EQ(nobody->lines_size(), 0);
  EXPECT_EQ(nobody->name(), "");
  request.add_volunteers(ids::ResourceName("volunteers", adult_));
  EXPECT_EQ(ReasonOf(certificates_.BatchCreateCertificates(Head(), request).status()), type::REASON_BAD_FORMAT);
}

TEST_F(CertificateDocumentsTest, TheCenterSaysWhoIssues) {
  v1::UpdateCertificateIssuerRequest request;
  request.mutable_certificate_issuer()->set_name(ids::ResourceName("units", kCenter) + "/certificateIssuer");
  request.mutable_certificate_issuer()->set_contact(" 0357-1 ");
  EXPECT_EQ(issuers_.UpdateCertificateIssuer(Head(), request).status().code(), absl::StatusCode::kPermissionDenied);
  const auto first = issuers_.UpdateCertificateIssuer(Admin(), request);
  ASSERT_TRUE(first.ok()) << first.status();
  request.mutable_certificate_issuer()->set_contact("0357-2");
  ASSERT_TRUE(issuers_.UpdateCertificateIssuer(Admin(), request).ok());
  request.mutable_certificate_issuer()->set_etag(first->etag());
  EXPECT_EQ(ReasonOf(issuers_.UpdateCertificateIssuer(Admin(), request).status()), type::REASON_ETAG_MISMATCH);
  v1::GetCertificateIssuerRequest get;
  get.set_name(ids::ResourceName("units", kStation) + "/certificateIssuer");
  EXPECT_EQ(issuers_.GetCertificateIssuer(Reader(), get)->contact(), "0357-2") << "of the center";
  EXPECT_EQ(issuers_.GetCertificateIssuer(Stranger(), get).status().code(), absl::StatusCode::kNotFound);
}

TEST(PublicUrlTest, IsAnAddress) {
  EXPECT_EQ(*CheckPublicUrl("https://wenming.example.cn/"), "https://wenming.example.cn");
  EXPECT_EQ(*CheckPublicUrl("http://localhost:8080"), "http://localhost:8080");
  for (const char* wrong :
       {"", "wenming.example.cn", "ftp://a", "https://", "https:///x", "https://a b", "https://a?x"}) {
    EXPECT_FALSE(CheckPublicUrl(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace wenming::volunteer
