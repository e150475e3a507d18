#include "gateway/transcode/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "gateway/errors/codes.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/gateway/support/descriptors.h"
#include "tests/gateway/testdata/library.pb.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

class AnswerTest : public testing::Test {
 protected:
  static rapidjson::Document Parse(const Answer& answer) {
    rapidjson::Document document;
    document.Parse(answer.body.data(), answer.body.size());
    EXPECT_FALSE(document.HasParseError()) << answer.body;
    return document;
  }
  const std::unique_ptr<const Catalog> catalog_ = LibraryCatalog();
};

TEST_F(AnswerTest, MapsCodesToStatuses) {
  const int kStatuses[] = {200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401};
  for (int code = 1; code <= 16; ++code) {
    Answer answer = MakeErrorAnswer(code, "text", "", *catalog_, "r", errors::Language::kEnglish);
    EXPECT_EQ(answer.status, kStatuses[code]) << code;
    EXPECT_STREQ(Parse(answer)["code"].GetString(), CodeName(code));
    EXPECT_STREQ(Parse(answer)["reason"].GetString(), CodeName(code));
    EXPECT_STREQ(Parse(answer)["requestId"].GetString(), "r");
  }
  EXPECT_EQ(MakeErrorAnswer(99, "", "", *catalog_, "r", errors::Language::kEnglish).status, 500);
}

TEST_F(AnswerTest, ShowsDetailsButNothingOfTheInside) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason("SHIFT_FULL");
  status.add_details()->PackFrom(info);
  google::rpc::LocalizedMessage localized;
  localized.set_message("名额已满");
  status.add_details()->PackFrom(localized);
  google::rpc::DebugInfo debug;
  debug.set_detail("SELECT secret");
  status.add_details()->PackFrom(debug);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(1);
  status.add_details()->PackFrom(retry);
  status.add_details()->set_type_url("type.googleapis.com/no.Such");

  Answer answer =
      MakeErrorAnswer(9, "shift is full", status.SerializeAsString(), *catalog_, "r", errors::Language::kChinese);
  auto json = Parse(answer);
  EXPECT_STREQ(json["reason"].GetString(), "SHIFT_FULL");
  EXPECT_STREQ(json["message"].GetString(), "名额已满");
  EXPECT_EQ(json["details"].Size(), 3u);
  EXPECT_EQ(answer.retry_after_seconds, 1);
  EXPECT_THAT(answer.body, Not(HasSubstr("SELECT")));
}

TEST_F(AnswerTest, HidesMessagesOfInternalErrors) {
  for (int code : {2, 13, 15}) {
    Answer answer = MakeErrorAnswer(code, "table x is corrupt", "", *catalog_, "r", errors::Language::kChinese);
    EXPECT_THAT(answer.body, Not(HasSubstr("table")));
    EXPECT_THAT(answer.body, HasSubstr("系统内部错误"));
  }
  EXPECT_THAT(MakeErrorAnswer(5, "no such unit", "", *catalog_, "r", errors::Language::kChinese).body,
              HasSubstr("no such unit"));
}

TEST_F(AnswerTest, SurvivesBrokenDetailsAndMessages) {
  Answer answer = MakeErrorAnswer(5, "\xff", "\xff\xff", *catalog_, "r", errors::Language::kEnglish);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(Parse(answer)["details"].Size(), 0u);
}

TEST_F(AnswerTest, AnswersWithOneFieldOrAFile) {
  testdata::MoveBookResponse moved;
  moved.mutable_book()->set_name("n");
  Answer answer = MakeAnswer(LibraryBinding(*catalog_, "MoveBook"), moved.SerializeAsString(), *catalog_, "r",
                             errors::Language::kChinese);
  EXPECT_STREQ(Parse(answer)["name"].GetString(), "n");

  google::api::HttpBody file;
  file.set_content_type("text/csv");
  file.set_data("a,b\n");
  Binding exporting = LibraryBinding(*catalog_, "ExportBook");
  answer = MakeAnswer(exporting, file.SerializeAsString(), *catalog_, "r", errors::Language::kChinese);
  EXPECT_EQ(answer.content_type, "text/csv");
  EXPECT_EQ(answer.body, "a,b\n");
  file.set_content_type("text/csv\r\nSet-Cookie: x");
  answer = MakeAnswer(exporting, file.SerializeAsString(), *catalog_, "r", errors::Language::kChinese);
  EXPECT_EQ(answer.content_type, "application/octet-stream");
}

TEST_F(AnswerTest, TurnsAnUnreadableResponseIntoAnInternalError) {
  Answer answer =
      MakeAnswer(LibraryBinding(*catalog_, "GetBook"), "\xff\xff", *catalog_, "r", errors::Language::kEnglish);
  EXPECT_EQ(answer.status, 500);
  EXPECT_STREQ(Parse(answer)["reason"].GetString(), "INTERNAL");
}

}  // namespace
}  // namespace wenming::gateway
