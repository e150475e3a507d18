#include "org_svc/imports/findings.h"

#include <algorithm>
#include <utility>

namespace wenming::org {
namespace {

constexpr int kMostTold = 1000;
constexpr std::string_view kPrefix = "REASON_";

}  // namespace

void Findings::Add(int row, std::string_view column, errors::Reason reason, errors::Metadata metadata) {
  findings_.push_back({row, std::string(column), reason, std::move(metadata)});
}

void Findings::Tell(errors::Language language, v1::ImportReport& report) const {
  std::vector<const Finding*> ordered;
  ordered.reserve(findings_.size());
  for (const Finding& finding : findings_) ordered.push_back(&finding);
  std::ranges::stable_sort(ordered, {}, [](const Finding* finding) { return finding->row; });
  for (const Finding* finding : ordered) {
    if (report.errors_size() == kMostTold) return;
    auto& error = *report.add_errors();
    error.set_row(finding->row);
    error.set_column(finding->column);
    error.set_reason(type::Reason_Name(finding->reason).substr(kPrefix.size()));
    error.set_message(errors::Text(finding->reason, language, finding->metadata));
  }
}

}  // namespace wenming::org
