#include "volunteer_svc/hours/hours_service.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "tests/volunteer_svc/fixture.h"

namespace wenming::volunteer {
namespace {

class HoursServiceTest : public VolunteerTest {
 protected:
  static v1::GetHourAccountRequest AccountRequest(uint64_t id) {
    v1::GetHourAccountRequest request;
    request.set_name(ids::ResourceName("volunteers", id) + "/hourAccount");
    return request;
  }
  static v1::ListHourEntriesRequest EntriesRequest(uint64_t id) {
    v1::ListHourEntriesRequest request;
    request.set_parent(ids::ResourceName("volunteers", id));
    return request;
  }

  HoursService service_{dependencies_};
};

TEST_F(HoursServiceTest, ShowsBalanceAndStar) {
  const uint64_t id = Register(1);
  auto account = service_.GetHourAccount(Self(id), AccountRequest(id));
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_EQ(account->name(), AccountRequest(id).name());
  EXPECT_EQ(account->balance_minutes(), 0);
  EXPECT_EQ(account->next_star_minutes(), 6000);
  EXPECT_EQ(account->head_hash(), "");
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(CreditHours(Settled(id, 1 + i, test::Morning() + absl::Hours(24 * i), 1200)).ok());
  }
  account = service_.GetHourAccount(Reader(), AccountRequest(id));
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_EQ(account->balance_minutes(), 6000);
  EXPECT_EQ(account->entry_count(), 5);
  EXPECT_EQ(account->star(), 1);
  EXPECT_EQ(account->next_star_minutes(), 18000);
  EXPECT_EQ(account->head_hash().size(), 32u);
}

TEST_F(HoursServiceTest, ACenterMayHaveItsOwnStars) {
  const uint64_t id = Register(1);
  ASSERT_TRUE(CreditHours(Settled(id, 1, test::Morning(), 120)).ok());
  Execute("INSERT INTO star_levels VALUES (1001, 1, 60), (1001, 2, 120), (2001, 3, 1)");
  const auto account = service_.GetHourAccount(Self(id), AccountRequest(id));
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_EQ(account->star(), 2);
  EXPECT_EQ(account->next_star_minutes(), 0);
}

TEST_F(HoursServiceTest, ListsEntriesNewestFirstInPages) {
  const uint64_t id = Register(1);
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(CreditHours(Settled(id, 100 + i, test::Morning() + absl::Hours(3 * i), 60)).ok());
  }
  auto request = EntriesRequest(id);
  request.set_page_size(2);
  std::vector<int64_t> sequences;
  std::string newest_hash;
  do {
    const auto page = service_.ListHourEntries(Self(id), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::HourEntry& entry : page->hour_entries()) {
      if (sequences.empty()) newest_hash = entry.hash();
      sequences.push_back(entry.sequence());
      EXPECT_EQ(entry.name(), request.parent() + "/hourEntries/" + std::to_string(entry.sequence()));
      EXPECT_EQ(entry.registration(),
                ids::ResourceName("registrations", static_cast<uint64_t>(100 + entry.sequence())));
      EXPECT_EQ(entry.balance_minutes(), 60 * entry.sequence());
      EXPECT_EQ(entry.grade(), v1::GRADE_A);
      EXPECT_EQ(entry.team(), "");
      EXPECT_EQ(entry.person_in_charge(), ids::ResourceName("staff", kHead));
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(sequences, (std::vector<int64_t>{5, 4, 3, 2, 1}));
  EXPECT_EQ(newest_hash, service_.GetHourAccount(Self(id), AccountRequest(id))->head_hash());
}

TEST_F(HoursServiceTest, ShowsWhatWasTakenBackAndSupplementsApart) {
  const uint64_t id = Register(1);
  ASSERT_TRUE(CreditHours(Settled(id, 1, test::Morning(), 120)).ok());
  for (const uint64_t registration : {2, 3, 4}) {
    auto supplement = Settled(id, registration, test::Morning() + absl::Hours(3 * registration), 60);
    supplement.set_grade(activity::v1::Attendance::GRADE_D);
    ASSERT_TRUE(CreditHours(supplement).ok());
  }
  ASSERT_TRUE(TakeBackHours(Reversed(id, 1, 1)).ok());
  ASSERT_TRUE(TakeBackHours(Reversed(id, 3, 1)).ok());
  const auto account = service_.GetHourAccount(Self(id), AccountRequest(id));
  ASSERT_TRUE(account.ok());
  EXPECT_EQ(account->balance_minutes(), 120);
  EXPECT_EQ(account->supplement_minutes(), 120);

  const auto all = service_.ListHourEntries(Self(id), EntriesRequest(id));
  ASSERT_TRUE(all.ok());
  const auto sketch = [](const v1::HourEntry& entry) {
    return absl::StrCat(entry.sequence(), ": ", entry.minutes(), " of revision ", entry.revision(),
                        entry.reversal() ? ", a reversal" : "", entry.reversed() ? ", reversed" : "");
  };
  std::vector<std::string> sketches;
  for (const v1::HourEntry& entry : all->hour_entries()) sketches.push_back(sketch(entry));
  EXPECT_EQ(sketches, (std::vector<std::string>{"6: -60 of revision 1, a reversal", "5: -120 of revision 1, a reversal",
                                                "4: 60 of revision 0", "3: 60 of revision 0, reversed",
                                                "2: 60 of revision 0", "1: 120 of revision 0, reversed"}));

  auto supplements = EntriesRequest(id);
  supplements.set_grade(v1::GRADE_D);
  supplements.set_page_size(3);
  const auto first = service_.ListHourEntries(Self(id), supplements);
  ASSERT_TRUE(first.ok());
  ASSERT_EQ(first->hour_entries_size(), 3);
  EXPECT_EQ(first->hour_entries(1).sequence(), 4);
  supplements.set_page_token(first->next_page_token());
  const auto second = service_.ListHourEntries(Self(id), supplements);
  ASSERT_TRUE(second.ok());
  ASSERT_EQ(second->hour_entries_size(), 1);
  EXPECT_EQ(second->hour_entries(0).sequence(), 2);
  auto mixed = EntriesRequest(id);
  mixed.set_page_token(first->next_page_token());
  EXPECT_EQ(service_.ListHourEntries(Self(id), mixed).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(HoursServiceTest, APageTokenIsGoodForItsVolunteerOnly) {
  const uint64_t id = Register(1), other = Register(2);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(CreditHours(Settled(id, 100 + i, test::Morning() + absl::Hours(3 * i), 60)).ok());
  }
  auto request = EntriesRequest(id);
  request.set_page_size(1);
  const auto page = service_.ListHourEntries(Admin(), request);
  ASSERT_TRUE(page.ok());
  auto mixed = EntriesRequest(other);
  mixed.set_page_token(page->next_page_token());
  EXPECT_EQ(service_.ListHourEntries(Admin(), mixed).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(HoursServiceTest, HidesTheLedgerFromOthers) {
  const uint64_t id = Register(1), other = Register(2, kOtherStation);
  for (const rpc::Call& call : {Self(other)}) {
    EXPECT_EQ(service_.GetHourAccount(call, AccountRequest(id)).status().code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(service_.ListHourEntries(call, EntriesRequest(id)).status().code(), absl::StatusCode::kPermissionDenied);
  }
  EXPECT_EQ(service_.GetHourAccount(Head(), AccountRequest(other)).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(service_.ListHourEntries(Head(), EntriesRequest(other)).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(service_.GetHourAccount(Stranger(), AccountRequest(id)).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(HoursServiceTest, RefusesANameThatIsNone) {
  for (const char* name : {"volunteers/x/hourAccount", "units/0000000000015/hourAccount", "hourAccount", "x"}) {
    v1::GetHourAccountRequest request;
    request.set_name(name);
    EXPECT_EQ(errors::ReasonOf(service_.GetHourAccount(Admin(), request).status()), type::REASON_BAD_RESOURCE_NAME)
        << name;
  }
}

}  // namespace
}  // namespace wenming::volunteer
