#include "common/audit/records_service.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "google/protobuf/util/time_util.h"
#include "tests/common/audit/audit_fixture.h"

namespace wenming::audit {
namespace {

constexpr uint64_t kStation = 6, kOtherCenter = 8;
constexpr uint64_t kAuditor = 1, kOfStation = 2, kOfPlatform = 3, kNobody = 4;

class RecordsServiceTest : public AuditTest {
 protected:
  RecordsServiceTest() {
    directory_.AddCenter(5).AddUnit(kStation, 5, 5, 2).AddCenter(kOtherCenter, "XX");
    directory_.AddRole("auditor", {"audit.read"}).AddRole("other", {"units.write"});
    directory_.AddStaff(kAuditor, 5, {{"auditor", 5}})
        .AddStaff(kOfStation, 5, {{"auditor", kStation}})
        .AddStaff(kOfPlatform, 0, {{"auditor", 0}})
        .AddStaff(kNobody, 5, {{"other", 5}});
    request_.set_parent(ids::ResourceName("units", 5));
  }

  // A record a second after the one before.
  void Add(uint64_t center_id, const std::string& subject, const std::string& method, const std::string& object) {
    rpc::Call call = MakeCall();
    call.center_id = center_id;
    call.method = method;
    call.arrival = start_ + absl::Seconds(++added_);
    const absl::Status status = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
      return trail_.Append(transaction, call,
                           {.object = object, .result = absl::StatusCode::kAborted, .subject = subject});
    });
    ASSERT_TRUE(status.ok()) << status;
    Chain();
  }

  absl::StatusOr<v1::ListAuditRecordsResponse> List(uint64_t staff, uint64_t center = 5) {
    const rpc::Call call = test::StaffCall(directory_.get(), staff, center);
    auto response = service_.ListAuditRecords(call, request_);
    EXPECT_TRUE(call.access_decided);
    return response;
  }
  std::vector<std::string> Objects() {
    const auto response = List(kAuditor);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> objects;
    if (response.ok()) {
      for (const auto& record : response->records()) objects.push_back(record.object());
    }
    return objects;
  }

  const absl::Time start_ = test::Morning();
  int added_ = 0;
  const paging::Pager pager_{"a key of sixteen bytes or more"};
  RecordsService service_{pool_, pager_};
  v1::ListAuditRecordsRequest request_;
};

using Names = std::vector<std::string>;

TEST_F(RecordsServiceTest, EachServiceBindsItsOwn) {
  for (const char* package : {"wenming.org.v1", "wenming.volunteer.v1", "wenming.activity.v1"}) {
    EXPECT_TRUE(service_.Bind(package).CheckComplete().ok()) << package;
  }
}

TEST_F(RecordsServiceTest, ARecordIsToldWhole) {
  Add(5, "staff/9", "/m", "units/1");
  const auto response = List(kAuditor);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->records_size(), 1);
  const auto& record = response->records(0);
  EXPECT_EQ(record.sequence(), 1);
  EXPECT_EQ(google::protobuf::util::TimeUtil::ToString(record.record_time()), "2026-05-01T00:00:01Z");
  EXPECT_EQ(record.subject(), "staff/9");
  EXPECT_EQ(record.address(), "203.0.113.9");
  EXPECT_EQ(record.method(), "/m");
  EXPECT_EQ(record.object(), "units/1");
  EXPECT_EQ(record.result(), google::rpc::ABORTED);
  EXPECT_EQ(record.details(), "{}");
  EXPECT_EQ(record.request_id(), "request-1");
}

TEST_F(RecordsServiceTest, FiltersHoldTogetherAndTheNewestComesFirst) {
  Add(5, "staff/1", "/a", "units/1");
  Add(5, "staff/1", "/b", "units/2");
  Add(5, "staff/2", "/a", "units/3");
  Add(5, "staff/2", "/b", "units/1");
  Add(kOtherCenter, "staff/1", "/a", "units/other");
  Add(0, "staff/1", "/a", "units/platform");
  EXPECT_EQ(Objects(), (Names{"units/1", "units/3", "units/2", "units/1"}));
  request_.set_subject("staff/1");
  EXPECT_EQ(Objects(), (Names{"units/2", "units/1"}));
  request_.set_method("/b");
  EXPECT_EQ(Objects(), (Names{"units/2"}));
  request_.clear_subject();
  EXPECT_EQ(Objects(), (Names{"units/1", "units/2"}));
  request_.set_object("units/1");
  EXPECT_EQ(Objects(), (Names{"units/1"}));
  request_.clear_method();
  EXPECT_EQ(Objects(), (Names{"units/1", "units/1"}));
  request_.clear_object();
  request_.mutable_start_time()->set_seconds(absl::ToUnixSeconds(start_) + 2);
  request_.mutable_end_time()->set_seconds(absl::ToUnixSeconds(start_) + 4);
  EXPECT_EQ(Objects(), (Names{"units/3", "units/2"}));
}

TEST_F(RecordsServiceTest, PagesMeetWithoutGapOrOverlap) {
  for (int i = 1; i <= 7; ++i) {
    if (i % 3 == 0) --added_;  // at the same time as the one before
    Add(5, "staff/1", "/a", absl::StrCat("units/", i));
  }
  request_.set_page_size(2);
  Names all;
  for (int page = 1; page <= 4; ++page) {
    const auto response = List(kAuditor);
    ASSERT_TRUE(response.ok()) << response.status();
    for (const auto& record : response->records()) all.push_back(record.object());
    request_.set_page_token(response->next_page_token());
    EXPECT_EQ(response->next_page_token().empty(), page == 4);
  }
  EXPECT_EQ(all, (Names{"units/7", "units/6", "units/5", "units/4", "units/3", "units/2", "units/1"}));
  request_.set_page_token("forged");
  EXPECT_EQ(List(kAuditor).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(RecordsServiceTest, AuditorsSeeTheirOwnCenterAndNobodyElseSeesAny) {
  EXPECT_TRUE(List(kAuditor).ok());
  EXPECT_TRUE(List(kOfPlatform, 0).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(List(kNobody).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(List(kOfStation).status()));
  request_.set_parent(ids::ResourceName("units", kStation));
  EXPECT_EQ(List(kOfStation).status().code(), absl::StatusCode::kInvalidArgument);
  request_.set_parent(ids::ResourceName("units", kOtherCenter));
  EXPECT_FALSE(List(kAuditor).ok());
  request_.clear_parent();
  EXPECT_TRUE(absl::IsPermissionDenied(List(kAuditor).status()));
  Add(0, "staff/1", "/a", "units/platform");
  const auto platform = List(kOfPlatform, 0);
  ASSERT_TRUE(platform.ok()) << platform.status();
  ASSERT_EQ(platform->records_size(), 1);
  EXPECT_EQ(platform->records(0).object(), "units/platform");
}

}  // namespace
}  // namespace wenming::audit
