#include "gateway/errors/fault.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/rpc/error_details.pb.h"

namespace wenming::gateway {
namespace {

constexpr char kDomain[] = "wenming";
constexpr size_t kSummarised = 3;

std::string Summary(const std::vector<Violation>& violations, Language language) {
  std::string summary;
  const char* separator = language == Language::kChinese ? "；" : "; ";
  for (size_t i = 0; i < violations.size() && i < kSummarised; ++i) {
    const Violation& violation = violations[i];
    absl::StrAppend(&summary, i == 0 ? "" : separator, violation.field, language == Language::kChinese ? "：" : " ",
                    Sentence(violation.reason, violation.parameters, language));
  }
  if (violations.size() > kSummarised) absl::StrAppend(&summary, separator, "…");
  return summary;
}

void AddBadRequest(const Fault& fault, Language language, google::rpc::Status& status) {
  google::rpc::BadRequest bad_request;
  for (const Violation& violation : fault.violations) {
    auto* field = bad_request.add_field_violations();
    field->set_field(violation.field);
    field->set_reason(ReasonName(violation.reason));
    field->set_description(Sentence(violation.reason, violation.parameters, language));
  }
  status.add_details()->PackFrom(bad_request);
}

}  // namespace

Fault InvalidFields(std::vector<Violation> violations) {
  return {.code = google::rpc::INVALID_ARGUMENT,
          .reason = type::REASON_INVALID_FIELDS,
          .parameters = {{"summary_zh", Summary(violations, Language::kChinese)},
                         {"summary_en", Summary(violations, Language::kEnglish)}},
          .violations = std::move(violations)};
}

std::string Sentence(type::Reason reason, const Parameters& parameters, Language language) {
  const auto* value = type::Reason_descriptor()->FindValueByNumber(reason);
  const auto& options = value->options();
  std::string sentence = options.GetExtension(language == Language::kChinese ? type::zh : type::en);
  for (const auto& [key, text] : parameters) {
    sentence = absl::StrReplaceAll(sentence, {{absl::StrCat("{", key, "}"), text}});
  }
  return sentence;
}

std::string ReasonName(type::Reason reason) {
  constexpr size_t kPrefix = sizeof("REASON_") - 1;
  return type::Reason_Name(reason).substr(kPrefix);
}

google::rpc::Status ToStatus(const Fault& fault, Language language) {
  google::rpc::Status status;
  status.set_code(fault.code);
  status.set_message(Sentence(fault.reason, fault.parameters, Language::kEnglish));

  google::rpc::ErrorInfo info;
  info.set_domain(kDomain);
  info.set_reason(ReasonName(fault.reason));
  for (const auto& [key, text] : fault.parameters) (*info.mutable_metadata())[key] = text;
  status.add_details()->PackFrom(info);

  google::rpc::LocalizedMessage localized;
  localized.set_locale(language == Language::kChinese ? "zh-CN" : "en");
  localized.set_message(Sentence(fault.reason, fault.parameters, language));
  status.add_details()->PackFrom(localized);

  if (!fault.violations.empty()) AddBadRequest(fault, language, status);
  if (fault.retry_after_seconds > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(fault.retry_after_seconds);
    status.add_details()->PackFrom(retry);
  }
  return status;
}

}  // namespace wenming::gateway
