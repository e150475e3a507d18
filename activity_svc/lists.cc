#include "activity_svc/lists.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace wenming::activity {

std::string JoinIds(const std::vector<uint64_t>& ids) { return absl::StrJoin(ids, ","); }

std::vector<uint64_t> SplitIds(std::string_view text) {
  std::vector<uint64_t> ids;
  for (const absl::string_view part : absl::StrSplit(absl::string_view(text.data(), text.size()), ',')) {
    if (uint64_t id = 0; absl::SimpleAtoi(part, &id)) ids.push_back(id);
  }
  return ids;
}

std::string JoinLines(const std::vector<std::string>& lines) { return absl::StrJoin(lines, "\n"); }

std::vector<std::string> SplitLines(std::string_view text) {
  return absl::StrSplit(absl::string_view(text.data(), text.size()), '\n', absl::SkipEmpty());
}

}  // namespace wenming::activity
