// What would hurt somebody if it got out is planted through the services, everything is done with it that can be, and
// then neither any answer nor any cell of any table holds it: as it is, as hex or as base64.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/audit/chain.h"
#include "common/crypto/digest.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/outbox/sequencer.h"
#include "common/reseal/key_check.h"
#include "tests/volunteer_svc/data_fixture.h"
#include "volunteer_svc/auth/identities_store.h"
#include "volunteer_svc/sealed_tables.h"

namespace wenming::volunteer {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kAdultName[] = "欧阳金丝雀", kMinorName[] = "司马白灵鸟", kGuardianName[] = "诸葛画眉";
constexpr char kAdultPhone[] = "12455550001", kMinorPhone[] = "12455550002", kGuardianPhone[] = "12455550003";
constexpr char kNewPhone[] = "12455550004", kResidence[] = "金丝雀街七号", kOpenid[] = "oCanaryOpenid0123456789abcdef";

class CanaryTest : public DataTest {
 protected:
  // Texts a reader of the dump could look for.
  static std::vector<std::string> FormsOf(const std::string& canary) {
    const std::string hex = crypto::Hex(canary);
    return {canary, hex, absl::AsciiStrToUpper(hex), crypto::Base64Url(canary), absl::Base64Escape(canary)};
  }

  // "table.column: canary" for every cell that holds one.
  std::vector<std::string> FoundInTables(const std::vector<std::string>& canaries, size_t& cells) {
    const auto columns = db::Read(pool_, absl::InfiniteFuture(), [](db::Session& session) {
      return session.Query(
          "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()");
    });
    EXPECT_TRUE(columns.ok()) << columns.status();
    std::vector<std::string> found;
    cells = 0;
    for (const db::Row& column : *columns) {
      const std::string sql = absl::StrCat("SELECT CAST(", column.Text(1), " AS BINARY) FROM ", column.Text(0));
      const auto values =
          db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) { return session.Query(sql); });
      EXPECT_TRUE(values.ok()) << values.status() << sql;
      for (const db::Row& value : *values) {
        ++cells;
        for (const std::string& canary : canaries) {
          for (const std::string& form : FormsOf(canary)) {
            if (value.Text(0).find(form) == std::string::npos) continue;
            found.push_back(absl::StrCat(column.Text(0), ".", column.Text(1), ": ", canary));
          }
        }
      }
    }
    return found;
  }

  template <typename Answer>
  Answer Keep(const absl::StatusOr<Answer>& answer) {
    EXPECT_TRUE(answer.ok()) << answer.status();
    if (!answer.ok()) return Answer();
    answers_.push_back(answer->DebugString() + answer->SerializeAsString());
    return *answer;
  }
  // A refusal with everything that a caller is told.
  void Refused(const absl::Status& status) {
    EXPECT_FALSE(status.ok());
    answers_.push_back(errors::ToWire(status, errors::Language::kChinese, "").SerializeAsString() + status.ToString());
  }

  // Everything that is written leaves the tables where it waits.
  void Settle() {
    outbox::Log log(pool_);
    const outbox::Sequencer sequencer(pool_, log);
    const audit::Chainer chainer(pool_, {"volunteer_svc", "a key"});
    const absl::Time patience = absl::Now() + absl::Seconds(30);
    while (Number("SELECT (SELECT COUNT(*) FROM outbox) + (SELECT COUNT(*) FROM audit_pending)") > 0 &&
           absl::Now() < patience) {
      absl::SleepFor(absl::Milliseconds(10));
    }
  }

  std::vector<std::string> answers_;
};

TEST_F(CanaryTest, NothingPersonalGetsOut) {
  v1::CreateVolunteerRequest adult = FormFor(1, 40), minor = FormFor(2, 12);
  adult.mutable_volunteer()->set_display_name(kAdultName);
  adult.mutable_volunteer()->set_phone(kAdultPhone);
  adult.mutable_volunteer()->set_residence(kResidence);
  adult.set_request_id("canary-request-1");
  minor.mutable_volunteer()->set_display_name(kMinorName);
  minor.mutable_volunteer()->set_phone(kMinorPhone);
  minor.mutable_guardian()->set_display_name(kGuardianName);
  minor.mutable_guardian()->set_phone(kGuardianPhone);
  const std::vector<std::string> numbers = {adult.volunteer().id_number(), minor.volunteer().id_number(),
                                            minor.guardian().id_document().id_number(), "11010519491231002X"};
  std::vector<std::string> canaries = {kAdultName,     kMinorName, kGuardianName, kAdultPhone, kMinorPhone,
                                       kGuardianPhone, kNewPhone,  kResidence,    kOpenid};
  canaries.insert(canaries.end(), numbers.begin(), numbers.end());
  for (const std::string& number : numbers) {
    canaries.push_back(number.substr(6, 8));  // the birth date
    canaries.push_back(absl::StrCat(number.substr(6, 4), "-", number.substr(10, 2), "-", number.substr(12, 2)));
  }

  // Registered, again, and refused; by a form that is masked, too.
  const std::string adult_name = Keep(volunteers_.CreateVolunteer(Head(), adult)).name();
  EXPECT_EQ(Keep(volunteers_.CreateVolunteer(Head(), adult)).name(), adult_name);
  const std::string minor_name = Keep(volunteers_.CreateVolunteer(Head(), minor)).name();
  adult.clear_request_id();
  Refused(volunteers_.CreateVolunteer(Head(), adult).status());
  const auto masked = Keep(volunteers_.CreateVolunteer(Head(), FormFor(3, 30)));
  v1::CreateVolunteerRequest returned = FormFor(4, 30);
  returned.mutable_volunteer()->set_id_number(masked.id_number());
  Refused(volunteers_.CreateVolunteer(Head(), returned).status());
  const uint64_t adult_id = *ids::ParseName("volunteers", adult_name);
  const uint64_t minor_id = *ids::ParseName("volunteers", minor_name);

  // Changed, read, listed, certified.
  v1::UpdateVolunteerRequest update;
  update.mutable_volunteer()->set_name(adult_name);
  update.mutable_volunteer()->set_phone(kNewPhone);
  Keep(volunteers_.UpdateVolunteer(Self(adult_id), update));
  update.mutable_volunteer()->set_phone("124****0004");
  const absl::Status given_back = volunteers_.UpdateVolunteer(Self(adult_id), update).status();
  Refused(given_back);
  EXPECT_EQ(errors::ReasonOf(given_back), type::REASON_MASKED_VALUE);
  for (const uint64_t id : {adult_id, minor_id}) {
    for (const rpc::Call& call : {Head(), Reader(), Self(id)}) Keep(Get(call, id));
    ASSERT_TRUE(CreditHours(Settled(id, id, test::Morning() - absl::Hours(24), 60)).ok());
    Keep(Certify(id));
    v1::ListCertificatesRequest certificates;
    certificates.set_parent(ids::ResourceName("volunteers", id));
    Keep(certificates_.ListCertificates(Head(), certificates));
  }
  v1::ListVolunteersRequest list;
  list.set_parent(ids::ResourceName("units", kCenter));
  Keep(volunteers_.ListVolunteers(Admin(), list));
  v1::CorrectVolunteerRequest correct;
  correct.set_name(adult_name);
  correct.set_reason("登记有误");
  correct.mutable_id_document()->set_id_type(v1::Volunteer::ID_TYPE_RESIDENT);
  correct.mutable_id_document()->set_id_number("11010519491231002X");
  Keep(rights_.CorrectVolunteer(Head(), correct));
  const auto bound = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
    return IdentitiesStore(cipher_, blind_index_)
        .Bind(transaction, kCenter, adult_id, {.app = "wx1", .user = {.openid = kOpenid, .unionid = ""}},
              test::Morning());
  });
  ASSERT_TRUE(bound.ok()) << bound;

  // In full, for whom it is meant: the answer holds it, and nothing else does.
  EXPECT_TRUE(Reveal(Head(), adult_id).ok());
  EXPECT_TRUE(Export(Self(minor_id), minor_id).ok());
  Settle();

  size_t cells = 0;
  EXPECT_THAT(FoundInTables(canaries, cells), IsEmpty());
  EXPECT_GT(cells, 300u) << "the tables are hardly filled";
  size_t looks = 0;
  for (const std::string& canary :
       {std::string(kMinorName), std::string(kGuardianName), std::string(kAdultPhone), std::string(kMinorPhone),
        std::string(kGuardianPhone), std::string(kNewPhone), numbers[0], numbers[1], numbers[2], numbers[3]}) {
    for (const std::string& answer : answers_) {
      EXPECT_EQ(answer.find(canary), std::string::npos) << canary << " in an answer";
      ++looks;
    }
  }
  EXPECT_GE(looks, 150u);

  // The search would find one.
  Execute(absl::StrCat("UPDATE hour_entries SET content = HEX('", kMinorPhone, "') LIMIT 1"));
  EXPECT_THAT(FoundInTables(canaries, cells), Not(IsEmpty()));
}

TEST_F(CanaryTest, EverySealedColumnIsKnownToTheReencryption) {
  std::set<std::string> declared;
  for (const reseal::SealedTable& table : SealedTables()) {
    for (const std::string& column : table.columns) declared.insert(absl::StrCat(table.name, ".", column));
  }
  const auto rows = db::Read(pool_, absl::InfiniteFuture(), [](db::Session& session) {
    return session.Query(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE()"
        " AND column_name LIKE '%\\_sealed'");
  });
  ASSERT_TRUE(rows.ok());
  std::set<std::string> there;
  for (const db::Row& row : *rows) there.insert(absl::StrCat(row.Text(0), ".", row.Text(1)));
  EXPECT_EQ(declared, there);
  EXPECT_GE(there.size(), 12u);
}

TEST_F(CanaryTest, ReencryptionOpensAndSealsEveryColumnInItsPlace) {
  const uint64_t id = RegisterAged(1, 16);
  ASSERT_TRUE(CreditHours(Settled(id, 1, test::Morning() - absl::Hours(24), 60)).ok());
  ASSERT_TRUE(Certify(id).ok());
  const auto bound = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
    return IdentitiesStore(cipher_, blind_index_)
        .Bind(transaction, kCenter, id, {.app = "wx1", .user = {.openid = kOpenid, .unionid = "u"}}, test::Morning());
  });
  ASSERT_TRUE(bound.ok()) << bound;
  const auto before = Export(Self(id), id);
  ASSERT_TRUE(before.ok()) << before.status();

  const auto check_keys = [&](const crypto::DataCipher& cipher, const crypto::BlindIndex& index) {
    return reseal::CheckKeys(pool_, cipher, index, SealedTables(), absl::InfiniteFuture());
  };
  EXPECT_TRUE(check_keys(cipher_, blind_index_).ok()) << check_keys(cipher_, blind_index_);
  EXPECT_EQ(check_keys(cipher_, crypto::BlindIndex("made anew, of sixteen bytes")).code(),
            absl::StatusCode::kFailedPrecondition);
  const auth::KeyFolder made_anew{{}};
  EXPECT_EQ(check_keys(*crypto::DataCipher::Load(made_anew.path()), blind_index_).code(),
            absl::StatusCode::kFailedPrecondition);

  const std::string old = std::string(absl::StripAsciiWhitespace(keys_.Read("data.key")));
  const std::string fresh = absl::StrCat("2:", std::string(64, 'b'), "\n");
  keys_.Write("data.key", absl::StrCat("1:", old, "\n", fresh));
  auto cipher = crypto::DataCipher::Load(keys_.path());
  ASSERT_TRUE(cipher.ok()) << cipher.status();
  for (const reseal::SealedTable& table : SealedTables()) {
    const reseal::TableResealer resealer(pool_, *cipher, table);
    EXPECT_GT(*resealer.CountLeft(absl::InfiniteFuture()), 0) << table.name;
    const auto step = resealer.Take(1000, absl::InfiniteFuture());
    ASSERT_TRUE(step.ok()) << step.status();
    EXPECT_EQ(step->unreadable, 0) << table.name;
    EXPECT_EQ(*resealer.CountLeft(absl::InfiniteFuture()), 0) << table.name;
  }
  keys_.Write("data.key", fresh);
  ASSERT_TRUE(*cipher->Reload());
  Dependencies with = dependencies_;
  RightsService rights({.db = with.db,
                        .ids = with.ids,
                        .pager = with.pager,
                        .directory = with.directory,
                        .cipher = *cipher,
                        .blind_index = with.blind_index,
                        .random = with.random,
                        .trail = with.trail},
                       {&traces_});
  v1::ExportVolunteerRequest request;
  request.set_name(ids::ResourceName("volunteers", id));
  const auto after = rights.ExportVolunteer(Self(id), request);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->SerializeAsString(), before->SerializeAsString());
  const auto linked = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
    return IdentitiesStore(*cipher, blind_index_).List(session, kCenter, id);
  });
  ASSERT_TRUE(linked.ok()) << linked.status();
  EXPECT_EQ(linked->size(), 2u);
}

}  // namespace
}  // namespace wenming::volunteer
