// Logging in with a one-time code: how codes are sent, used up, guessed at and limited.

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/volunteer_svc/auth/auth_fixture.h"

namespace wenming::volunteer {
namespace {

using absl::StatusCode;

class PhoneLogInTest : public AuthTest {
 protected:
  std::string Sent(const std::string& phone) {
    const absl::Status sent = RequestCode(phone);
    EXPECT_TRUE(sent.ok()) << sent;
    return sender_.CodeOf(phone);
  }
  static std::string Other(const std::string& code) { return code == "000000" ? "000001" : "000000"; }

  const uint64_t wang_ = Register(1);
  const std::string name_ = ids::ResourceName("volunteers", wang_), phone_ = PhoneOf(1), nobodys_ = PhoneOf(900);
};

TEST_F(PhoneLogInTest, LogsInWithTheCodeOnce) {
  const std::string code = Sent(phone_);
  EXPECT_EQ(code.size(), 6u);
  const auto answer = LogInWithPhone(phone_, code);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->volunteer().name(), name_);
  EXPECT_EQ(As(*answer).caller.id, wang_);
  EXPECT_EQ(ReasonIn(LogInWithPhone(phone_, code).status()), "REASON_BAD_CODE");
  EXPECT_EQ(AuditRecords(absl::StrCat("subject = '", name_, "' AND result = 0")), 1);
}

TEST_F(PhoneLogInTest, IsGoodForFiveMinutes) {
  const std::string code = Sent(phone_);
  time_ += absl::Minutes(5);
  EXPECT_EQ(ReasonIn(LogInWithPhone(phone_, code).status()), "REASON_BAD_CODE");
  time_ -= absl::Microseconds(1);
  EXPECT_TRUE(LogInWithPhone(phone_, code).ok());
}

TEST_F(PhoneLogInTest, EndsAfterFiveWrongTries) {
  const std::string code = Sent(phone_);
  for (int i = 0; i < 4; ++i) {
    const absl::Status wrong = LogInWithPhone(phone_, Other(code)).status();
    EXPECT_EQ(wrong.code(), StatusCode::kInvalidArgument);
    EXPECT_EQ(ReasonIn(wrong), "REASON_BAD_CODE");
  }
  EXPECT_TRUE(LogInWithPhone(phone_, code).ok()) << "the fifth may be right";
  time_ += absl::Minutes(1);
  const std::string next = Sent(phone_);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(LogInWithPhone(phone_, Other(next)).ok());
  EXPECT_EQ(ReasonIn(LogInWithPhone(phone_, next).status()), "REASON_BAD_CODE");
  EXPECT_EQ(AuditRecords(absl::StrCat("subject = '", name_, "' AND result = 3")), 9) << "each try on a code is kept";
}

TEST_F(PhoneLogInTest, CountsTriesThatComeAtOnce) {
  const std::string code = Sent(phone_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { (void)LogInWithPhone(phone_, Other(code)); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(LogInWithPhone(phone_, code).ok());
  EXPECT_EQ(Number("SELECT tries_left FROM phone_codes"), 0);
}

TEST_F(PhoneLogInTest, TakesTheSameCodeOnceHoweverManySendIt) {
  const std::string code = Sent(phone_);
  std::vector<int> in(6);
  std::vector<std::thread> threads;
  for (int& one : in) threads.emplace_back([&] { one = LogInWithPhone(phone_, code).ok() ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::count(in.begin(), in.end(), 1), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM sessions"), 1);
}

TEST_F(PhoneLogInTest, IsGoodForItsOwnPhoneCenterAndTimeOnly) {
  const uint64_t li = Register(2);
  const std::string code = Sent(phone_), other = Sent(PhoneOf(2));
  EXPECT_EQ(ReasonIn(LogInWithPhone(PhoneOf(2), code).status()), "REASON_BAD_CODE");
  v1::LogInWithPhoneRequest request;
  request.set_phone(phone_);
  request.set_code(code);
  rpc::Call elsewhere = Anybody();
  elsewhere.center_id = kElsewhere;
  EXPECT_EQ(ReasonIn(service_.LogInWithPhone(elsewhere, request).status()), "REASON_BAD_CODE");
  time_ += absl::Minutes(1);
  const std::string next = Sent(phone_);
  EXPECT_TRUE(next == code || ReasonIn(LogInWithPhone(phone_, code).status()) == "REASON_BAD_CODE") << "replaced";
  EXPECT_TRUE(LogInWithPhone(phone_, next).ok());
  const auto second = LogInWithPhone(PhoneOf(2), other);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->volunteer().name(), ids::ResourceName("volunteers", li));
}

TEST_F(PhoneLogInTest, TellsNothingOfAPhoneUntilTheCodeIsProved) {
  EXPECT_EQ(ReasonIn(LogInWithPhone(phone_, "123456").status()), ReasonIn(LogInWithPhone(nobodys_, "123456").status()));
  const std::string known = Sent(phone_), unknown = Sent(nobodys_);
  const auto wire = [&](const std::string& phone, const std::string& code) {
    return errors::ToWire(LogInWithPhone(phone, Other(code)).status(), errors::Language::kChinese, "")
        .SerializeAsString();
  };
  EXPECT_EQ(wire(phone_, known), wire(nobodys_, unknown));
  EXPECT_EQ(AuditRecords("result = 3"), 2) << "as much is written for the one as for the other";
  const absl::Status proved = LogInWithPhone(nobodys_, unknown).status();
  EXPECT_EQ(proved.code(), StatusCode::kNotFound);
  EXPECT_EQ(ReasonIn(proved), "REASON_NOT_REGISTERED");
  EXPECT_EQ(ReasonIn(LogInWithPhone(nobodys_, unknown).status()), "REASON_NOT_REGISTERED")
      << "the code stays good for a registration";
}

TEST_F(PhoneLogInTest, SendsTheNextCodeAMinuteLater) {
  Sent(phone_);
  time_ += absl::Milliseconds(100);
  const absl::Status soon = RequestCode(phone_);
  EXPECT_EQ(soon.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonIn(soon), "REASON_CODE_TOO_SOON");
  EXPECT_EQ(RetrySeconds(soon), 60);
  time_ += absl::Milliseconds(59900);
  EXPECT_TRUE(RequestCode(phone_).ok());
  // A code that was used does not make the wait shorter.
  ASSERT_TRUE(LogInWithPhone(phone_, sender_.CodeOf(phone_)).ok());
  EXPECT_EQ(ReasonIn(RequestCode(phone_)), "REASON_CODE_TOO_SOON");
}

TEST_F(PhoneLogInTest, SendsFiveCodesAnHourToAPhone) {
  const absl::Time first = time_;
  for (int i = 0; i < 5; ++i) {
    address_ = absl::StrCat("203.0.113.", i);
    EXPECT_TRUE(RequestCode(phone_).ok()) << i;
    time_ += absl::Minutes(2);
  }
  address_ = "203.0.113.99";
  const absl::Status refused = RequestCode(phone_);
  EXPECT_EQ(refused.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonIn(refused), "REASON_TOO_MANY_ATTEMPTS");
  EXPECT_EQ(RetrySeconds(refused), 50 * 60);
  time_ = first + absl::Hours(1) - absl::Microseconds(1);
  EXPECT_FALSE(RequestCode(phone_).ok());
  time_ += absl::Microseconds(1);
  EXPECT_TRUE(RequestCode(phone_).ok());
  EXPECT_FALSE(RequestCode(phone_).ok()) << "the window slides";
}

TEST_F(PhoneLogInTest, SendsTwentyCodesAnHourForAnAddress) {
  address_ = "2001:db8:1:2::1";
  for (int i = 0; i < 20; ++i) {
    address_ = absl::StrFormat("2001:db8:1:2::%x", i + 1);
    EXPECT_TRUE(RequestCode(PhoneOf(100 + i)).ok()) << i;
  }
  EXPECT_EQ(ReasonIn(RequestCode(PhoneOf(200))), "REASON_TOO_MANY_ATTEMPTS");
  EXPECT_EQ(sender_.CodeOf(PhoneOf(200)), "");
  address_ = "2001:db8:1:3::1";
  EXPECT_TRUE(RequestCode(PhoneOf(200)).ok()) << "another network";
}

TEST_F(PhoneLogInTest, CountsRequestsThatComeAtOnce) {
  std::vector<int> sent(6);
  std::vector<std::thread> threads;
  for (int& one : sent) threads.emplace_back([&] { one = RequestCode(phone_).ok() ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::count(sent.begin(), sent.end(), 1), 1);
}

TEST_F(PhoneLogInTest, SaysThatItCannotSend) {
  AuthService service(dependencies_, sessions_, {.wechat = apps_});
  v1::RequestPhoneCodeRequest request;
  request.set_phone(phone_);
  const absl::Status none = service.RequestPhoneCode(Anybody(), request).status();
  EXPECT_EQ(none.code(), StatusCode::kUnavailable);
  EXPECT_EQ(ReasonIn(none), "REASON_CODE_SENDER_UNAVAILABLE");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM phone_codes"), 0);
  sender_.broken = true;
  EXPECT_EQ(ReasonIn(RequestCode(phone_)), "REASON_CODE_SENDER_UNAVAILABLE");
}

TEST_F(PhoneLogInTest, StoresNeitherCodesNorPhonesInClearAndForgetsThem) {
  const std::string code = Sent(phone_);
  EXPECT_EQ(Number(absl::StrCat("SELECT COUNT(*) FROM phone_codes WHERE code_hash LIKE '%", code,
                                "%' OR phone_index LIKE '%", phone_, "%'")),
            0);
  time_ += absl::Hours(2);
  Sent(nobodys_);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM phone_codes"), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM phone_code_limits"), 2) << "of the phone and of the address";
}

TEST_F(PhoneLogInTest, WritesCodesForDevelopersWithoutThePhone) {
  LoggingCodeSender sender(logger_);
  ASSERT_TRUE(sender.Send(phone_, "123456", absl::InfiniteFuture()).ok());
  EXPECT_NE(log_.str().find("123456"), std::string::npos);
  EXPECT_EQ(log_.str().find(phone_), std::string::npos);
}

TEST_F(PhoneLogInTest, MakesCodesOfAllDigitsFromTheRandomSource) {
  // Four bytes a code, big-endian; 4294000000 and beyond are thrown away.
  const std::vector<std::string> bytes = {"\xff\xff\xff\xff", std::string("\x00\x00\x00\x07", 4),
                                          std::string("\x00\x0f\x42\x40", 4), "\xff\xf1\x3d\x7f"};
  size_t taken = 0;
  const PhoneCodes codes(blind_index_, [&](size_t) { return bytes[taken++]; });
  const char* expected[] = {"000007", "000000", "999999"};
  for (int i = 0; i < 3; ++i) {
    const auto code = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
      return codes.Issue(transaction, kCenter, PhoneOf(300 + i), address_, time_);
    });
    ASSERT_TRUE(code.ok()) << code.status();
    EXPECT_EQ(code->digits, expected[i]);
  }
}

TEST(NetworkOf, TakesTheNetworkOfAnIpv6Address) {
  EXPECT_EQ(NetworkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  EXPECT_EQ(NetworkOf("203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(NetworkOf(""), "");
  EXPECT_EQ(NetworkOf("no address"), "no address");
}

}  // namespace
}  // namespace wenming::volunteer
