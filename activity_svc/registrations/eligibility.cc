#include "activity_svc/registrations/eligibility.h"

#include "activity_svc/registrations/registrations_rules.h"
#include "common/errors/errors.h"

namespace wenming::activity {

absl::StatusOr<v1::ExplainEligibilityResponse> Explain(db::Session& session, uint64_t center_id,
                                                       const SignUp& sign_up) {
  const auto book = SignUpBook::Load(session, center_id, {&sign_up, 1});
  if (!book.ok()) return book.status();
  const auto facts = book->FactsOf(sign_up);
  if (!facts.ok()) return facts.status();
  v1::ExplainEligibilityResponse response;
  for (const Refusal& refusal : FindRefusals(*facts, sign_up.time)) {
    auto& told = *response.add_refusals();
    told.set_reason(refusal.reason);
    told.set_message_zh(errors::Text(refusal.reason, errors::Language::kChinese, refusal.metadata));
    told.set_message_en(errors::Text(refusal.reason, errors::Language::kEnglish, refusal.metadata));
    for (const auto& [key, value] : refusal.metadata) (*told.mutable_metadata())[key] = value;
  }
  if (!response.refusals().empty()) return response;
  response.set_outcome(facts->shift.HasPlace() ? v1::ExplainEligibilityResponse::OUTCOME_PLACE
                                               : v1::ExplainEligibilityResponse::OUTCOME_WAITING_LIST);
  return response;
}

}  // namespace wenming::activity
