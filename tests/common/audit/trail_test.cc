#include "common/audit/trail.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/idempotency/idempotency.h"
#include "tests/common/audit/audit_fixture.h"
#include "wenming/activity/v1/activities.pb.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::audit {
namespace {

using activity::v1::CreateRegistrationRequest;
using activity::v1::Registration;
using activity::v1::UpdateActivityRequest;

constexpr char kEffect[] = "INSERT INTO event_cursors (consumer, event_cursor) VALUES (?, 1)";

class TrailTest : public AuditTest {
 protected:
  // A handler that writes something and answers with a name.
  absl::StatusOr<Registration> SignUp(const rpc::Call& call, const CreateRegistrationRequest& request,
                                      const std::string& effect = "here", const absl::Status& end = absl::OkStatus()) {
    return trail_.Run(call, request, false, [&](db::Transaction& transaction) -> absl::StatusOr<Registration> {
      if (!effect.empty()) {
        if (auto written = transaction.Execute(kEffect, {effect}); !written.ok()) return written.status();
      }
      if (!end.ok()) return end;
      Registration answer;
      answer.set_name("registrations/1");
      return answer;
    });
  }

  CreateRegistrationRequest request_;
};

TEST_F(TrailTest, AWriteLeavesWhoWhenWhereWhatOnWhichAndHow) {
  const rpc::Call call = MakeCall();
  request_.set_parent("shifts/9");
  ASSERT_TRUE(SignUp(call, request_).ok());
  EXPECT_TRUE(call.audited);
  const auto records = Records("audit_pending");
  ASSERT_EQ(records.size(), 1u);
  const Record& record = records[0];
  EXPECT_EQ(record.center_id, 5u);
  EXPECT_EQ(record.time, absl::FromUnixMicros(absl::ToUnixMicros(call.arrival)));
  EXPECT_EQ(record.subject, ids::ResourceName("staff", 7));
  EXPECT_EQ(record.session_id, 99u);
  EXPECT_EQ(record.address, "203.0.113.9");
  EXPECT_EQ(record.method, call.method);
  EXPECT_EQ(record.object, "registrations/1");
  EXPECT_EQ(record.result, 0);
  EXPECT_EQ(record.details, "{}");
  EXPECT_EQ(record.request_id, "request-1");
  EXPECT_EQ(record.seal, SealOf(key_.key, record));
}

TEST_F(TrailTest, WithoutAnEffectThereIsNoRecordButTheCallIsAccountedFor) {
  const rpc::Call call = MakeCall();
  ASSERT_TRUE(SignUp(call, request_, "").ok());
  EXPECT_TRUE(call.audited);
  EXPECT_EQ(Count("audit_pending"), 0);
}

TEST_F(TrailTest, AFailureLeavesNeitherEffectNorRecord) {
  EXPECT_FALSE(SignUp(MakeCall(), request_, "here", absl::NotFoundError("")).ok());
  EXPECT_EQ(Count("audit_pending"), 0);
  EXPECT_EQ(Count("event_cursors"), 0);
}

TEST_F(TrailTest, WhereTheRecordCannotBeWrittenThereIsNoEffect) {
  database_.Administer("RENAME TABLE " + database_.schema() + ".audit_pending TO " + database_.schema() + ".gone");
  const rpc::Call call = MakeCall();
  EXPECT_FALSE(SignUp(call, request_).ok());
  EXPECT_FALSE(call.audited);
  EXPECT_EQ(Count("event_cursors"), 0);
}

TEST_F(TrailTest, ARepeatedRequestIsRecordedOnce) {
  const auto run = [&] {
    const rpc::Call call = MakeCall();
    const idempotency::Scope scope{5, call.caller.subject, call.method, "request-0001"};
    EXPECT_TRUE(trail_
                    .Run(call, request_, true,
                         [&](db::Transaction& transaction) {
                           return idempotency::Run<Registration>(transaction, scope, request_, call.now, [] {
                             return absl::StatusOr<Registration>(Registration());
                           });
                         })
                    .ok());
    return call.audited;
  };
  EXPECT_TRUE(run());
  EXPECT_TRUE(run());
  EXPECT_EQ(Count("audit_pending"), 1);
}

TEST_F(TrailTest, ARecordOfTheBodysOwnStandsAlone) {
  const rpc::Call call = MakeCall();
  const absl::Status status = trail_.Run(call, request_, false, [&](db::Transaction& transaction) -> absl::Status {
    if (auto written = transaction.Execute(kEffect, {"here"}); !written.ok()) return written.status();
    return trail_.Append(transaction, call,
                         {.object = "staff/3", .result = absl::StatusCode::kUnauthenticated, .subject = "staff/3"});
  });
  ASSERT_TRUE(status.ok()) << status;
  const auto records = Records("audit_pending");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].subject, "staff/3");
  EXPECT_EQ(records[0].object, "staff/3");
  EXPECT_EQ(records[0].result, 16);
}

TEST_F(TrailTest, NotesAndUpdateMaskAreDetailsAndARepetitionNotesOnce) {
  const rpc::Call call = MakeCall();
  call.Note("before", "1");
  UpdateActivityRequest request;
  request.mutable_activity()->set_name("activities/1");
  request.mutable_update_mask()->add_paths("title");
  request.mutable_update_mask()->add_paths("content");
  int attempts = 0;
  const absl::Status status = trail_.Run(call, request, false, [&](db::Transaction& transaction) -> absl::Status {
    call.Note("reason", "说\"明\"");
    if (auto written = transaction.Execute(kEffect, {"here"}); !written.ok()) return written.status();
    // The server gives the first attempt up, as after a deadlock.
    if (++attempts == 1) {
      return transaction.Execute("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'again'").status();
    }
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(attempts, 2);
  const auto records = Records("audit_pending");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].object, "activities/1");
  EXPECT_EQ(records[0].details, R"({"update_mask":["title","content"],"notes":{"before":"1","reason":"说\"明\""}})");
}

// What a caller sends must not make a write fail that is otherwise right.
TEST_F(TrailTest, WhatIsTooLongIsCut) {
  rpc::Call call = MakeCall();
  call.address = std::string(500, 'a');
  call.request_id = std::string(500, 'r');
  call.caller.subject = std::string(500, 's');
  call.method = std::string(500, 'm');
  std::string note = "a";
  for (int i = 0; i < 1000; ++i) note += "字";
  for (int i = 0; i < 100; ++i) call.Note(absl::StrCat("note", i), note);
  ASSERT_TRUE(SignUp(call, request_).ok());
  EXPECT_EQ(Records("audit_pending")[0].address.size(), 64u);
  call.address = "\xFF\n203.0.113.9";
  ASSERT_TRUE(SignUp(call, request_, "there").ok());
  EXPECT_EQ(Records("audit_pending")[1].address, "??203.0.113.9");
}

TEST(ObjectOfTest, TheAnswerThenTheRequest) {
  Registration answer;
  CreateRegistrationRequest request;
  EXPECT_EQ(ObjectOf(request, nullptr), "");
  EXPECT_EQ(ObjectOf(request, &answer), "");
  request.set_parent("shifts/2");
  EXPECT_EQ(ObjectOf(request, &answer), "shifts/2");
  answer.set_name("registrations/1");
  EXPECT_EQ(ObjectOf(request, &answer), "registrations/1");
  activity::v1::CancelRegistrationRequest cancel;
  cancel.set_name("registrations/3");
  EXPECT_EQ(ObjectOf(cancel, nullptr), "registrations/3");
  UpdateActivityRequest update;
  update.mutable_activity()->set_name("activities/4");
  EXPECT_EQ(ObjectOf(update, nullptr), "activities/4");
}

TEST(ObjectOfTest, NothingButAResourceNameIsTaken) {
  CreateRegistrationRequest request;
  for (const char* text : {"张三", "13812345678", "a/张三", "/units", "units/", "units/1 2", "a@b/c", "u/{x}"}) {
    request.set_parent(text);
    EXPECT_EQ(ObjectOf(request, nullptr), "") << text;
  }
  request.set_parent("units/" + std::string(200, 'A'));
  EXPECT_EQ(ObjectOf(request, nullptr), "");
  request.set_parent("units/01HZ/consents/2");
  EXPECT_EQ(ObjectOf(request, nullptr), "units/01HZ/consents/2");
}

}  // namespace
}  // namespace wenming::audit
