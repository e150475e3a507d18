#include "activity_svc/policies/policies_service.h"

#include <gtest/gtest.h>

#include "common/errors/errors.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

class PoliciesServiceTest : public ActivityTest {
 protected:
  absl::StatusOr<v1::Policy> Get(uint64_t unit) {
    v1::GetPolicyRequest request;
    request.set_name(ids::ResourceName("units", unit) + "/policy");
    return policies_.GetPolicy(Anybody(now_), request);
  }
};

TEST_F(PoliciesServiceTest, AUnitHasThePolicyOfItsCenterAndTheDefaultsAtFirst) {
  const auto policy = Get(kStation);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->name(), ids::ResourceName("units", kCenter) + "/policy");
  EXPECT_EQ(policy->methods_in_force_size(), 5);
  EXPECT_EQ(policy->cancel_cutoff_minutes(), 180);
  EXPECT_EQ(policy->offer_minutes(), 120);
  EXPECT_EQ(policy->check_in_early_minutes(), 30);
  EXPECT_EQ(policy->check_out_late_minutes(), 60);
  EXPECT_EQ(policy->fence_metres(), 300);
  EXPECT_EQ(policy->attended_percent(), 60);
  EXPECT_EQ(policy->publication_days(), 7);
  EXPECT_EQ(policy->offline_upload_hours(), 72);
  EXPECT_EQ(policy->absences_before_lock(), 2);
  EXPECT_EQ(policy->lock_days(), 30);
  EXPECT_EQ(policy->absence_window_days(), 180);
  EXPECT_EQ(policy->handover_minutes(), 1440);
}

TEST_F(PoliciesServiceTest, ChangesWhatTheMaskNamesAndNothingElse) {
  v1::UpdatePolicyRequest request;
  *request.mutable_policy() = *Get(kCenter);
  request.mutable_policy()->clear_methods_in_force();
  request.mutable_policy()->add_methods_in_force(v1::METHOD_PREVENT);
  request.mutable_policy()->set_offer_minutes(30);
  request.mutable_policy()->set_publication_days(14);
  request.mutable_policy()->set_fence_metres(1000);
  request.mutable_policy()->set_lock_days(7);
  request.mutable_policy()->set_handover_minutes(60);
  request.mutable_policy()->set_absence_window_days(1);
  for (const char* path : {"methods_in_force", "offer_minutes", "publication_days", "lock_days", "handover_minutes"}) {
    request.mutable_update_mask()->add_paths(path);
  }
  const auto updated = policies_.UpdatePolicy(Staff(kAdmin, now_), request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  const auto policy = Get(kStation);
  EXPECT_EQ(policy->SerializeAsString(), updated->SerializeAsString());
  ASSERT_EQ(policy->methods_in_force_size(), 1);
  EXPECT_EQ(policy->methods_in_force(0), v1::METHOD_PREVENT);
  EXPECT_EQ(policy->offer_minutes(), 30);
  EXPECT_EQ(policy->publication_days(), 14);
  EXPECT_EQ(policy->fence_metres(), 300);
  EXPECT_EQ(policy->lock_days(), 7);
  EXPECT_EQ(policy->handover_minutes(), 60);
  EXPECT_EQ(policy->absence_window_days(), 180);
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kAdmin, now_), request)), type::REASON_ETAG_MISMATCH);
  request.mutable_policy()->set_etag(policy->etag());
  EXPECT_TRUE(policies_.UpdatePolicy(Staff(kAdmin, now_), request).ok());
}

TEST_F(PoliciesServiceTest, NobodyPublishesForLessThanSevenDays) {
  v1::UpdatePolicyRequest request;
  request.mutable_policy()->set_name(ids::ResourceName("units", kCenter) + "/policy");
  request.mutable_update_mask()->add_paths("publication_days");
  request.mutable_policy()->set_publication_days(6);
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kAdmin, now_), request)), type::REASON_OUT_OF_RANGE);
  request.mutable_policy()->set_publication_days(7);
  EXPECT_TRUE(policies_.UpdatePolicy(Staff(kAdmin, now_), request).ok());
}

TEST_F(PoliciesServiceTest, OnlyTheCenterDecides) {
  v1::UpdatePolicyRequest request;
  request.mutable_policy()->set_name(ids::ResourceName("units", kStation) + "/policy");
  request.mutable_policy()->set_offer_minutes(30);
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kHead, now_), request)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kOtherAdmin, now_), request)), type::REASON_PERMISSION);
}

TEST_F(PoliciesServiceTest, NamesWhatIsWrong) {
  v1::UpdatePolicyRequest request;
  request.mutable_policy()->set_name(ids::ResourceName("units", kCenter) + "/policy");
  request.mutable_update_mask()->add_paths("offer_minutes");
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kAdmin, now_), request)), type::REASON_OUT_OF_RANGE);
  request.mutable_update_mask()->set_paths(0, "methods_in_force");
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kAdmin, now_), request)), type::REASON_REQUIRED);
  request.mutable_policy()->add_methods_in_force(static_cast<v1::Method>(77));
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kAdmin, now_), request)), type::REASON_UNKNOWN_VALUE);
  request.mutable_policy()->set_name("units/nonsense/policy");
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kAdmin, now_), request)), type::REASON_BAD_RESOURCE_NAME);
  request.mutable_policy()->set_name(ids::ResourceName("units", kCenter));
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kAdmin, now_), request)), type::REASON_BAD_FORMAT);
  request.mutable_policy()->set_name(ids::ResourceName("units", 0x999) + "/policy");
  EXPECT_EQ(ReasonOf(policies_.UpdatePolicy(Staff(kAdmin, now_), request)), type::REASON_NOT_FOUND);
}

}  // namespace
}  // namespace wenming::activity
