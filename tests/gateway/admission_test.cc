#include "gateway/limits/admission.h"

#include <gmock/gmock.h>

#include "common/errors/errors.h"

namespace wenming::gateway::limits {
namespace {

using std::chrono::seconds;

const Admission::Time kNow{seconds(1000)};
constexpr Caller kStranger{.address = "198.51.100.1", .credential = {}};

type::Reason ReasonOf(const absl::StatusOr<Share>& admitted) { return errors::ReasonOf(admitted.status()); }

AdmissionOptions Tight() {
  AdmissionOptions options;
  options.per_caller = {.per_second = 1, .burst = 2};
  options.per_address = {.per_second = 1, .burst = 4};
  options.in_flight = 10;
  options.connections_per_address = 1;
  options.trusted_proxies = {*Network::Parse("10.0.0.0/8")};
  return options;
}

class AdmissionTest : public testing::Test {
 protected:
  double Refused(const std::string& limit) {
    for (const auto& family : registry_.Collect()) {
      for (const auto& metric : family.metric) {
        const bool found = family.name == "gateway_refused_total" && metric.label[0].value == limit;
        if (found) return metric.counter.value;
      }
    }
    return -1;
  }

  prometheus::Registry registry_;
  Admission admission_{Tight(), registry_, 7};
};

TEST_F(AdmissionTest, CountsCallersAndAddresses) {
  const Caller caller{.address = "198.51.100.1", .credential = "Bearer a"};
  EXPECT_TRUE(admission_.Admit(caller, kNow).ok());
  EXPECT_TRUE(admission_.Admit(caller, kNow).ok());
  const auto refused = admission_.Admit(caller, kNow);
  EXPECT_EQ(ReasonOf(refused), type::REASON_TOO_MANY_REQUESTS);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Refused("caller"), 1);
  // The third, refused, has taken a token of the address: made-up credentials do not get around it.
  EXPECT_TRUE(admission_.Admit({.address = caller.address, .credential = "Bearer b"}, kNow).ok());
  EXPECT_EQ(ReasonOf(admission_.Admit({.address = caller.address, .credential = "Bearer c"}, kNow)),
            type::REASON_TOO_MANY_REQUESTS);
  EXPECT_EQ(Refused("address"), 1);
  EXPECT_TRUE(admission_.Admit({.address = "198.51.100.2", .credential = "Bearer c"}, kNow).ok());
}

TEST_F(AdmissionTest, ACallerIsTheSameFromEverywhere) {
  EXPECT_TRUE(admission_.Admit({.address = "198.51.100.1", .credential = "Bearer a"}, kNow).ok());
  EXPECT_TRUE(admission_.Admit({.address = "198.51.100.2", .credential = "Bearer a"}, kNow).ok());
  EXPECT_FALSE(admission_.Admit({.address = "198.51.100.3", .credential = "Bearer a"}, kNow).ok());
  EXPECT_TRUE(admission_.Admit({.address = "198.51.100.3", .credential = "Bearer a"}, kNow + seconds(1)).ok());
}

TEST_F(AdmissionTest, CountsTheUsersOfABackEndAndNotTheBackEnd) {
  for (int user = 0; user < 100; ++user) {
    const std::string token = "Bearer " + std::to_string(user);
    EXPECT_TRUE(admission_.Admit({.address = {}, .credential = token}, kNow).ok());
    EXPECT_TRUE(admission_.Admit({.address = {}, .credential = token}, kNow).ok());
  }
  EXPECT_EQ(ReasonOf(admission_.Admit({.address = {}, .credential = "Bearer 7"}, kNow)),
            type::REASON_TOO_MANY_REQUESTS);
}

TEST_F(AdmissionTest, DoesNotCountTheMachineItself) {
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(admission_.Admit({.address = "127.0.0.1", .credential = "Bearer a"}, kNow).ok());
  }
}

TEST_F(AdmissionTest, ShedsWhatIsTooMuchForAll) {
  std::vector<Share> running;
  for (int i = 0; i < 10; ++i) {
    auto admitted = admission_.Admit({.address = "::1", .credential = {}}, kNow);
    ASSERT_TRUE(admitted.ok());
    running.push_back(*std::move(admitted));
  }
  const auto shed = admission_.Admit(kStranger, kNow);
  EXPECT_EQ(ReasonOf(shed), type::REASON_OVERLOADED);
  EXPECT_EQ(shed.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Refused("in_flight"), 1);
  running.pop_back();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(admission_.Admit(kStranger, kNow).ok()) << "shedding has cost no token";
  EXPECT_EQ(ReasonOf(admission_.Admit(kStranger, kNow)), type::REASON_TOO_MANY_REQUESTS);
}

TEST_F(AdmissionTest, StreamsLeaveHalfOfThePlacesToOthers) {
  const Caller stream{.address = "::1", .credential = {}, .streams = true};
  const Caller call{.address = "::1", .credential = {}};
  std::vector<Share> running;
  const auto admit = [&](const Caller& caller) {
    auto admitted = admission_.Admit(caller, kNow);
    if (admitted.ok()) running.push_back(*std::move(admitted));
    return ReasonOf(admitted);
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(admit(stream), type::REASON_UNSPECIFIED);
  EXPECT_EQ(admit(stream), type::REASON_OVERLOADED);
  EXPECT_EQ(Refused("streams"), 1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(admit(call), type::REASON_UNSPECIFIED);
  EXPECT_EQ(admit(call), type::REASON_OVERLOADED);
  EXPECT_EQ(Refused("in_flight"), 1);
  running.erase(running.begin());
  EXPECT_EQ(admit(call), type::REASON_UNSPECIFIED) << "calls may take all places";
  EXPECT_EQ(admit(stream), type::REASON_OVERLOADED);
  EXPECT_EQ(Refused("in_flight"), 2) << "it is not the streams that are too many now";
  running.clear();
  EXPECT_EQ(admit(stream), type::REASON_UNSPECIFIED);
}

TEST_F(AdmissionTest, CountsConnectionsOfStrangers) {
  auto first = admission_.TryOpen("198.51.100.1");
  EXPECT_TRUE(first);
  EXPECT_FALSE(admission_.TryOpen("198.51.100.1"));
  EXPECT_EQ(Refused("connections_per_address"), 1);
  auto proxy = admission_.TryOpen("10.1.1.1");
  EXPECT_TRUE(proxy && admission_.TryOpen("10.1.1.1"));
  auto loopback = admission_.TryOpen("127.0.0.1");
  EXPECT_TRUE(loopback && admission_.TryOpen("127.0.0.1"));
}

}  // namespace
}  // namespace wenming::gateway::limits
