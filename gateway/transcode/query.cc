#include "gateway/transcode/query.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/routes/percent.h"
#include "gateway/text.h"
#include "gateway/transcode/text_value.h"
#include "gateway/transcode/utf8.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

constexpr size_t kMaxViolations = 20;
// As deep as a body may nest; only a type that holds itself goes deeper.
constexpr std::ptrdiff_t kMaxDots = 64;

// One is the other, or holds it.
bool Overlap(const std::string& a, const std::string& b) {
  return a == b || absl::StartsWith(a, absl::StrCat(b, ".")) || absl::StartsWith(b, absl::StrCat(a, "."));
}

class Query {
 public:
  Query(const Binding& binding, pb::Message& message) : binding_(binding), message_(message) {}

  MaybeProblem Put(std::string_view raw_name, std::string_view raw_value, std::string& name) {
    auto decoded_name = PercentDecode(raw_name, PercentMode::kQuery);
    auto value = PercentDecode(raw_value, PercentMode::kQuery);
    name = decoded_name && IsUtf8(*decoded_name) ? decoded_name->substr(0, 64) : "query";
    if (!decoded_name || !value) return Expected("% 编码有误", "its percent-encoding is broken");

    if (std::count(decoded_name->begin(), decoded_name->end(), '.') > kMaxDots) {
      return Expected("嵌套过深", "it is nested too deeply");
    }
    FieldPath path = ResolveFieldPath(*message_.GetDescriptor(), *decoded_name);
    if (path.fields.empty()) return Problem{type::REASON_UNKNOWN_FIELD};
    name = path.name;
    const FieldDescriptor& field = *path.fields.back();
    if (!HasTextForm(field)) return Expected("不能在查询参数中给出", "it cannot be given in a query");
    if (GivenElsewhere(path)) {
      return Expected("已由路径或请求体给出，不能再作查询参数", "the path or the body gives it already");
    }
    if (!field.is_repeated()) {
      if (std::find(seen_.begin(), seen_.end(), path.name) != seen_.end()) {
        return Expected("参数重复", "it is given twice");
      }
      seen_.push_back(path.name);
    }
    return PutInto(path, *value);
  }

 private:
  bool GivenElsewhere(const FieldPath& path) const {
    if (binding_.body == Binding::Body::kWhole || path.fields.front() == binding_.body_field) return true;
    return std::any_of(binding_.variables.begin(), binding_.variables.end(),
                       [&](const FieldPath& variable) { return Overlap(variable.name, path.name); });
  }

  MaybeProblem PutInto(const FieldPath& path, std::string_view value) {
    pb::Message* holder = &message_;
    for (size_t i = 0; i < path.fields.size(); ++i) {
      const auto* oneof = path.fields[i]->real_containing_oneof();
      const auto* other = oneof == nullptr ? nullptr : holder->GetReflection()->GetOneofFieldDescriptor(*holder, oneof);
      if (other != nullptr && other != path.fields[i]) {
        return Expected("同组字段只能给出一个", "only one field of its group may be given");
      }
      if (i + 1 < path.fields.size()) holder = holder->GetReflection()->MutableMessage(holder, path.fields[i]);
    }
    return PutText(Slot(*holder, *path.fields.back()), value);
  }

  const Binding& binding_;
  pb::Message& message_;
  std::vector<std::string> seen_;
};

}  // namespace

void ReadQuery(std::string_view query, const Binding& binding, pb::Message& message,
               std::vector<errors::FieldViolation>& violations) {
  if (query.empty()) return;
  Query reader(binding, message);
  for (absl::string_view parameter : absl::StrSplit(ToAbsl(query), '&', absl::SkipEmpty())) {
    if (violations.size() >= kMaxViolations) return;
    std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(parameter, absl::MaxSplits('=', 1));
    std::string name;
    if (auto problem = reader.Put(ToStd(parts.first), ToStd(parts.second), name)) {
      violations.push_back({std::move(name), problem->reason, std::move(problem->metadata)});
    }
  }
}

bool QueryNames(std::string_view query, std::string_view field) {
  for (absl::string_view parameter : absl::StrSplit(ToAbsl(query), '&', absl::SkipEmpty())) {
    auto decoded = PercentDecode(ToStd(parameter.substr(0, parameter.find('='))), PercentMode::kQuery);
    if (!decoded) continue;
    std::string name = *std::move(decoded);
    // "updateMask" and "update_mask" are the same field.
    name.erase(std::remove(name.begin(), name.end(), '_'), name.end());
    std::string wanted(field);
    wanted.erase(std::remove(wanted.begin(), wanted.end(), '_'), wanted.end());
    if (absl::EqualsIgnoreCase(name, wanted)) return true;
  }
  return false;
}

}  // namespace wenming::gateway
