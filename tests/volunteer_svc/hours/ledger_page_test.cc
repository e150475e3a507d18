#include "volunteer_svc/hours/ledger_page.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/errors/errors.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/hours/hours_rules.h"

namespace wenming::volunteer {
namespace {

constexpr uint64_t kPerson = 5, kOther = 6;

HourEntry Settlement(uint64_t registration_id, int from, int minutes, int revision = 0, uint64_t person = kPerson) {
  auto event = Settled(person, registration_id, test::Morning() + absl::Minutes(from), minutes);
  event.set_revision(revision);
  return *EntryOf(kCenter, event, test::Morning());
}

HourEntry Reversal(uint64_t registration_id, int revision, uint64_t person = kPerson) {
  return *EntryOf(kCenter, Reversed(person, registration_id, revision), test::Morning());
}

struct Step {
  HourEntry wanted;
  int64_t minutes;  // of the credit
  type::Reason refused = type::REASON_UNSPECIFIED;
};

struct Story {
  const char* what;
  std::vector<Step> steps;
  int64_t balance;
};

// Each story on a page of its own.
const std::vector<Story>& Stories() {
  static const std::vector<Story> stories = {
      {"once", {{Settlement(1, 0, 120), 120}, {Settlement(1, 0, 120), 0}}, 120},
      {"otherwise", {{Settlement(1, 0, 120), 120}, {Settlement(1, 0, 119), 0, type::REASON_HOURS_CONTRADICT}}, 120},
      {"somebody else's",
       {{Settlement(1, 0, 60), 60}, {Settlement(1, 0, 60, 0, kOther), 0, type::REASON_HOURS_CONTRADICT}},
       60},
      {"side by side", {{Settlement(1, 0, 60), 60}, {Settlement(2, 60, 60), 60}, {Settlement(3, -60, 60), 60}}, 180},
      {"the end reaches in", {{Settlement(1, 0, 60), 60}, {Settlement(2, -30, 31), 0, type::REASON_HOURS_OVERLAP}}, 60},
      {"the start reaches in", {{Settlement(1, 0, 60), 60}, {Settlement(2, 59, 9), 0, type::REASON_HOURS_OVERLAP}}, 60},
      {"within", {{Settlement(1, 0, 60), 60}, {Settlement(2, 10, 20), 0, type::REASON_HOURS_OVERLAP}}, 60},
      {"around", {{Settlement(1, 0, 60), 60}, {Settlement(2, -10, 90), 0, type::REASON_HOURS_OVERLAP}}, 60},
      {"over several",
       {{Settlement(1, 0, 10), 10},
        {Settlement(2, 20, 10), 10},
        {Settlement(3, -10, 90), 0, type::REASON_HOURS_OVERLAP}},
       20},
      {"back", {{Settlement(1, 0, 60), 60}, {Reversal(1, 1), -60}, {Reversal(1, 1), 0}, {Settlement(1, 0, 60), 0}}, 0},
      {"back before it came", {{Reversal(1, 1), 0, type::REASON_NOT_CREDITED}, {Settlement(1, 0, 60), 60}}, 60},
      {"back again",
       {{Settlement(1, 0, 60), 60}, {Reversal(1, 1), -60}, {Reversal(1, 3), 0, type::REASON_NOT_CREDITED}},
       0},
      {"instead",
       {{Settlement(1, 0, 60), 60}, {Reversal(1, 1), -60}, {Settlement(1, 0, 45, 2), 45}, {Reversal(1, 3), -45}},
       0},
      {"instead of what stands",
       {{Settlement(1, 0, 60), 60}, {Settlement(1, 0, 45, 2), 0, type::REASON_NOT_CREDITED}},
       60},
      {"free again", {{Settlement(1, 0, 60), 60}, {Reversal(1, 1), -60}, {Settlement(2, 30, 60), 60}}, 60},
      {"taken meanwhile",
       {{Settlement(1, 0, 60), 60},
        {Reversal(1, 1), -60},
        {Settlement(2, 30, 60), 60},
        {Settlement(1, 0, 45, 2), 0, type::REASON_HOURS_OVERLAP}},
       60},
  };
  return stories;
}

TEST(LedgerPageTest, TellsEveryStory) {
  for (const Story& story : Stories()) {
    LedgerPage page;
    page.Know(kPerson, HourAccount());
    page.Know(kOther, HourAccount());
    size_t written = 0;
    for (const Step& step : story.steps) {
      const auto credit = page.Take(step.wanted);
      if (step.refused != type::REASON_UNSPECIFIED) {
        EXPECT_EQ(errors::ReasonOf(credit.status()), step.refused) << story.what;
      } else {
        ASSERT_TRUE(credit.ok()) << story.what << ": " << credit.status();
        EXPECT_EQ(credit->minutes, step.minutes) << story.what;
      }
      written += step.minutes != 0 ? 1 : 0;
      EXPECT_EQ(page.entries().size(), written) << story.what;
    }
    EXPECT_EQ(page.FindAccount(kPerson)->balance_minutes, story.balance) << story.what;
    EXPECT_EQ(page.FindAccount(kPerson)->sequence, static_cast<int64_t>(written)) << story.what;
  }
}

TEST(LedgerPageTest, GoesByWhatTheLedgerSays) {
  LedgerPage page;
  HourAccount account;
  HourEntry known = Settlement(1, 0, 60);
  Chain(known, account);
  page.Know(kPerson, account);
  page.Know(known);
  page.Know(CreditedTime{kPerson, known.start_time, known.end_time, known.sequence});
  EXPECT_EQ(page.Take(known)->minutes, 0);
  EXPECT_EQ(errors::ReasonOf(page.Take(Settlement(2, 59, 60)).status()), type::REASON_HOURS_OVERLAP);
  EXPECT_EQ(page.Take(Reversal(1, 1))->balance_minutes, 0);
  ASSERT_EQ(page.uncredited().size(), 1u);
  EXPECT_EQ(page.uncredited()[0].sequence, 1);
  EXPECT_TRUE(page.credited().empty());
  EXPECT_EQ(page.entries()[0].sequence, 2);
  EXPECT_EQ(page.FindAccount(kPerson)->head_hash, page.entries()[0].hash);
  EXPECT_EQ(page.Take(Settlement(3, 0, 60, 0, 99)).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace wenming::volunteer
