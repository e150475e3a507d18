#include "common/errors/errors.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wenming::errors {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <typename Detail>
Detail DetailOf(const google::rpc::Status& wire) {
  Detail detail;
  for (const auto& any : wire.details()) {
    if (any.Is<Detail>()) any.UnpackTo(&detail);
  }
  return detail;
}

TEST(Errors, EveryReasonHasASentenceInBothLanguages) {
  const auto* reasons = type::Reason_descriptor();
  std::set<std::string> chinese;
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto reason = static_cast<Reason>(reasons->value(i)->number());
    EXPECT_FALSE(Text(reason, Language::kChinese).empty()) << reasons->value(i)->name();
    EXPECT_FALSE(Text(reason, Language::kEnglish).empty()) << reasons->value(i)->name();
    EXPECT_TRUE(chinese.insert(Text(reason, Language::kChinese)).second)
        << reasons->value(i)->name() << " says the same as another";
  }
}

TEST(Errors, PlacesAreFilledFromMetadata) {
  EXPECT_EQ(Text(type::REASON_TOO_LONG, Language::kChinese, {{"max", "60"}}), "最多 60 个字");
  EXPECT_EQ(Text(type::REASON_TOO_LONG, Language::kEnglish, {{"max", "60"}}), "must have at most 60 characters");
}

TEST(Errors, AReasonSurvivesAsAStatus) {
  const absl::Status status = FailedPrecondition(type::REASON_SHIFT_FULL);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), type::REASON_SHIFT_FULL);
  EXPECT_EQ(ReasonOf(absl::InternalError("x")), type::REASON_UNSPECIFIED);
}

TEST(Errors, WireFormCarriesReasonMessageAndRequestId) {
  const auto wire = ToWire(FailedPrecondition(type::REASON_SHIFT_FULL), Language::kChinese, "req-1");
  EXPECT_EQ(wire.code(), 9);
  const auto info = DetailOf<google::rpc::ErrorInfo>(wire);
  EXPECT_EQ(info.reason(), "SHIFT_FULL");
  EXPECT_EQ(info.domain(), "wenming");
  EXPECT_EQ(DetailOf<google::rpc::LocalizedMessage>(wire).locale(), "zh-CN");
  EXPECT_THAT(DetailOf<google::rpc::LocalizedMessage>(wire).message(), HasSubstr("候补"));
  EXPECT_EQ(DetailOf<google::rpc::RequestInfo>(wire).request_id(), "req-1");
  const auto english = ToWire(FailedPrecondition(type::REASON_SHIFT_FULL), Language::kEnglish, "");
  EXPECT_EQ(DetailOf<google::rpc::LocalizedMessage>(english).locale(), "en");
}

TEST(Errors, FieldViolationsNameFieldAndRuleInBothLanguages) {
  const auto status = InvalidFields(
      {{"activity.title", type::REASON_TOO_LONG, {{"max", "60"}}}, {"activity.place", type::REASON_REQUIRED}});
  EXPECT_EQ(ReasonOf(status), type::REASON_INVALID_FIELDS);
  const auto zh = DetailOf<google::rpc::BadRequest>(ToWire(status, Language::kChinese, ""));
  ASSERT_EQ(zh.field_violations_size(), 2);
  EXPECT_EQ(zh.field_violations(0).field(), "activity.title");
  EXPECT_EQ(zh.field_violations(0).reason(), "TOO_LONG");
  EXPECT_EQ(zh.field_violations(0).localized_message().message(), "最多 60 个字");
  const auto en = DetailOf<google::rpc::BadRequest>(ToWire(status, Language::kEnglish, ""));
  EXPECT_EQ(en.field_violations(1).localized_message().message(), "is required");
  EXPECT_EQ(ReasonOf(InvalidField("x", type::REASON_REQUIRED)), type::REASON_REQUIRED);
}

TEST(Errors, ManyViolationsFitIntoTrailers) {
  std::vector<FieldViolation> many;
  for (int i = 0; i < 1000; ++i)
    many.push_back({std::string(300, 'x'), type::REASON_BAD_RESOURCE_NAME, {{"collection", "units"}}});
  const auto wire = ToWire(InvalidFields(many), Language::kChinese, "r");
  EXPECT_LT(wire.ByteSizeLong(), 6000u);
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(wire).field_violations_size(), 8);
}

TEST(Errors, WhatALibrarySaysDoesNotReachTheCaller) {
  for (const auto& status : {absl::InternalError("SELECT * FROM secrets at /srv/db"), absl::UnknownError("13812341234"),
                             absl::UnavailableError("mysql://root@10.0.0.1"), absl::AbortedError("lock on `staff`")}) {
    const auto wire = ToWire(status, Language::kChinese, "r");
    EXPECT_THAT(wire.ShortDebugString(), Not(HasSubstr(std::string(status.message()))));
    EXPECT_NE(DetailOf<google::rpc::ErrorInfo>(wire).reason(), "");
  }
}

TEST(Errors, OverloadSaysWhenToComeBack) {
  const auto wire = ToWire(Overloaded(absl::Milliseconds(1500)), Language::kChinese, "");
  const auto retry = DetailOf<google::rpc::RetryInfo>(wire);
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 500000000);
}

TEST(Errors, AcceptLanguage) {
  struct Case {
    const char* header;
    Language want;
  };
  for (const Case& c : {Case{"", Language::kChinese}, Case{"zh-CN,zh;q=0.9,en;q=0.8", Language::kChinese},
                        Case{"en-US,en;q=0.9,zh;q=0.5", Language::kEnglish}, Case{"fr", Language::kChinese},
                        Case{"en", Language::kEnglish}}) {
    EXPECT_EQ(ParseAcceptLanguage(c.header), c.want) << c.header;
  }
}

}  // namespace
}  // namespace wenming::errors
