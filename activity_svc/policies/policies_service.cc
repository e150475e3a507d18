#include "activity_svc/policies/policies_service.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "activity_svc/names.h"
#include "activity_svc/policies/policies_store.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "common/rpc/validate.h"

namespace wenming::activity {
namespace {

constexpr char kSuffix[] = "/policy";

const std::vector<std::string>& Updatable() {
  static const auto& fields = *new std::vector<std::string>{
      "methods_in_force",       "cancel_cutoff_minutes", "offer_minutes",        "check_in_early_minutes",
      "check_out_late_minutes", "fence_metres",          "attended_percent",     "publication_days",
      "offline_upload_hours",   "appeal_working_days",   "absences_before_lock", "lock_days",
      "absence_window_days",    "handover_minutes"};
  return fields;
}

// The center whose policy "units/ID/policy" names: that of the unit.
absl::StatusOr<uint64_t> CenterOf(const rpc::Call& call, const std::string& field, const std::string& name) {
  if (!absl::EndsWith(name, kSuffix)) {
    return errors::InvalidField(field, type::REASON_BAD_FORMAT,
                                {{"expected_zh", "units/编号/policy"}, {"expected_en", "units/ID/policy"}});
  }
  const auto unit = FindUnit(call, field, std::string(absl::StripSuffix(name, kSuffix)));
  if (!unit.ok()) return unit.status();
  return unit->center_id;
}

v1::Policy ToProto(uint64_t center_id, const Policy& policy) {
  v1::Policy proto;
  proto.set_name(ids::ResourceName("units", center_id) + kSuffix);
  for (int method = v1::Method_MIN + 1; method <= v1::Method_MAX; ++method) {
    if (policy.InForce(static_cast<v1::Method>(method))) proto.add_methods_in_force(static_cast<v1::Method>(method));
  }
  proto.set_cancel_cutoff_minutes(policy.cancel_cutoff_minutes);
  proto.set_offer_minutes(policy.offer_minutes);
  proto.set_check_in_early_minutes(policy.check_in_early_minutes);
  proto.set_check_out_late_minutes(policy.check_out_late_minutes);
  proto.set_fence_metres(policy.fence_metres);
  proto.set_attended_percent(policy.attended_percent);
  proto.set_publication_days(policy.publication_days);
  proto.set_appeal_working_days(policy.appeal_working_days);
  proto.set_offline_upload_hours(policy.offline_upload_hours);
  proto.set_absences_before_lock(policy.absences_before_lock);
  proto.set_lock_days(policy.lock_days);
  proto.set_absence_window_days(policy.absence_window_days);
  proto.set_handover_minutes(policy.handover_minutes);
  proto.set_etag(Etag(policy.version));
  return proto;
}

absl::StatusOr<uint32_t> MethodsOf(const v1::Policy& policy) {
  uint32_t set = 0;
  for (const int method : policy.methods_in_force()) {
    if (method == v1::METHOD_UNSPECIFIED || !v1::Method_IsValid(method)) {
      return errors::InvalidField("policy.methods_in_force", type::REASON_UNKNOWN_VALUE);
    }
    set |= 1u << method;
  }
  if (set == 0) return errors::InvalidField("policy.methods_in_force", type::REASON_REQUIRED);
  return set;
}

// Takes the named fields from the request. What a mask names without giving a value is 0, which some fields cannot be.
absl::Status Apply(const std::vector<std::string>& fields, const v1::Policy& given, Policy& policy) {
  struct Number {
    const char* field;
    int value;
    int least;
    int most;
    int* target;
  };
  const Number numbers[] = {
      {"cancel_cutoff_minutes", given.cancel_cutoff_minutes(), 0, 10080, &policy.cancel_cutoff_minutes},
      {"offer_minutes", given.offer_minutes(), 1, 10080, &policy.offer_minutes},
      {"check_in_early_minutes", given.check_in_early_minutes(), 0, 720, &policy.check_in_early_minutes},
      {"check_out_late_minutes", given.check_out_late_minutes(), 0, 720, &policy.check_out_late_minutes},
      {"fence_metres", given.fence_metres(), 10, 5000, &policy.fence_metres},
      {"attended_percent", given.attended_percent(), 1, 100, &policy.attended_percent},
      {"publication_days", given.publication_days(), 7, 60, &policy.publication_days},
      {"appeal_working_days", given.appeal_working_days(), 5, 60, &policy.appeal_working_days},
      {"offline_upload_hours", given.offline_upload_hours(), 1, 720, &policy.offline_upload_hours},
      {"absences_before_lock", given.absences_before_lock(), 0, 100, &policy.absences_before_lock},
      {"lock_days", given.lock_days(), 1, 365, &policy.lock_days},
      {"absence_window_days", given.absence_window_days(), 1, 3650, &policy.absence_window_days},
      {"handover_minutes", given.handover_minutes(), 1, 10080, &policy.handover_minutes},
  };
  std::vector<errors::FieldViolation> violations;
  for (const std::string& field : fields) {
    for (const Number& n : numbers) {
      if (field != n.field) continue;
      if (n.value < n.least || n.value > n.most) {
        violations.push_back({"policy." + field,
                              type::REASON_OUT_OF_RANGE,
                              {{"min", std::to_string(n.least)}, {"max", std::to_string(n.most)}}});
      }
      *n.target = n.value;
    }
    if (field == "methods_in_force") {
      const auto methods = MethodsOf(given);
      if (!methods.ok()) return methods.status();
      policy.methods_in_force = *methods;
    }
  }
  return violations.empty() ? absl::OkStatus() : errors::InvalidFields(violations);
}

}  // namespace

rpc::Service PoliciesService::Bind() {
  return rpc::Service("wenming.activity.v1.PoliciesService")
      .Unary("GetPolicy", rpc::kPooled, this, &PoliciesService::GetPolicy)
      .Unary("UpdatePolicy", rpc::kPooled, this, &PoliciesService::UpdatePolicy);
}

absl::StatusOr<v1::Policy> PoliciesService::GetPolicy(const rpc::Call& call, const v1::GetPolicyRequest& request) {
  const auto center_id = CenterOf(call, "name", request.name());
  if (!center_id.ok()) return center_id.status();
  const auto policy = db::Read(db_, call.deadline, [&](db::Session& s) { return LoadPolicy(s, *center_id); });
  if (!policy.ok()) return policy.status();
  return ToProto(*center_id, *policy);
}

absl::StatusOr<v1::Policy> PoliciesService::UpdatePolicy(const rpc::Call& call,
                                                         const v1::UpdatePolicyRequest& request) {
  const auto center_id = CenterOf(call, "policy.name", request.policy().name());
  if (!center_id.ok()) return center_id.status();
  if (auto status = call.Authorise("policies.write", *center_id); !status.ok()) return status;
  const auto fields = rpc::FieldsToUpdate(request.update_mask(), request.policy(), Updatable());
  if (!fields.ok()) return fields.status();
  return trail_.Run(call, request, /*repeatable=*/false, [&](db::Transaction& tx) -> absl::StatusOr<v1::Policy> {
    auto policy = LoadPolicy(tx, *center_id);
    if (!policy.ok()) return policy.status();
    if (auto status = CheckEtag(request.policy().etag(), policy->version); !status.ok()) return status;
    if (auto status = Apply(*fields, request.policy(), *policy); !status.ok()) return status;
    if (auto status = SavePolicy(tx, *center_id, *policy, call.now); !status.ok()) return status;
    ++policy->version;
    return ToProto(*center_id, *policy);
  });
}

}  // namespace wenming::activity
