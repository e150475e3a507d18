#include "gateway/routes/path_template.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/text.h"

namespace wenming::gateway {
namespace {

using Segment = PathTemplate::Segment;

bool IsIdentifier(absl::string_view text) {
  if (text.empty() || absl::ascii_isdigit(text[0])) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

bool IsFieldPath(absl::string_view text) {
  for (absl::string_view part : absl::StrSplit(text, '.')) {
    if (!IsIdentifier(part)) return false;
  }
  return true;
}

// A recursive descent over the grammar in the comment of google/api/http.proto.
class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) { result_.text = std::string(text); }

  absl::StatusOr<PathTemplate> Run() && {
    if (!Take('/')) return Error("does not begin with '/'");
    if (absl::Status status = Segments(); !status.ok()) return status;
    if (Take(':')) {
      result_.verb = TakeLiteral(/*verb=*/true);
      if (result_.verb.empty()) return Error("has an empty verb");
    }
    if (!rest_.empty()) return Error(absl::StrCat("has unexpected text at its end: ", ToAbsl(rest_)));
    for (size_t i = 0; i + 1 < result_.segments.size(); ++i) {
      if (result_.segments[i].kind == Segment::Kind::kRest) return Error("has a \"**\" that is not last");
    }
    return std::move(result_);
  }

 private:
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(absl::StrCat("path template \"", result_.text, "\" ", what));
  }

  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A colon belongs to a literal unless it is the last one of the template, which begins the verb.
  std::string TakeLiteral(bool verb) {
    size_t end = rest_.find_first_of("/{}=*");
    if (end == std::string_view::npos) end = rest_.size();
    if (!verb && end == rest_.size()) {
      if (size_t colon = rest_.rfind(':'); colon != std::string_view::npos) end = colon;
    }
    std::string literal(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return literal;
  }

  absl::Status Segments() {
    do {
      if (absl::Status status = OneSegment(); !status.ok()) return status;
    } while (Take('/'));
    return absl::OkStatus();
  }

  absl::Status OneSegment() {
    if (Take('{')) return Variable();
    if (Take('*')) {
      Push(Take('*') ? Segment::Kind::kRest : Segment::Kind::kOne);
      return absl::OkStatus();
    }
    std::string literal = TakeLiteral(/*verb=*/false);
    if (literal.empty()) return Error("has an empty segment");
    result_.segments.push_back({Segment::Kind::kLiteral, std::move(literal)});
    return absl::OkStatus();
  }

  absl::Status Variable() {
    if (in_variable_) return Error("has a variable inside a variable");
    PathTemplate::Variable variable;
    size_t end = rest_.find_first_of("=}");
    if (end == std::string_view::npos) return Error("has a variable without '}'");
    variable.field_path = std::string(rest_.substr(0, end));
    if (!IsFieldPath(variable.field_path)) return Error("has a variable that is not a field path");
    for (const auto& other : result_.variables) {
      if (other.field_path == variable.field_path) return Error("names a variable twice");
    }
    rest_.remove_prefix(end);
    variable.begin = result_.segments.size();
    if (Take('=')) {
      in_variable_ = true;
      absl::Status status = Segments();
      in_variable_ = false;
      if (!status.ok()) return status;
    } else {
      Push(Segment::Kind::kOne);
    }
    if (!Take('}')) return Error("has a variable without '}'");
    variable.end = result_.segments.size();
    variable.multi = variable.end - variable.begin > 1 || result_.segments.back().kind == Segment::Kind::kRest;
    result_.variables.push_back(std::move(variable));
    return absl::OkStatus();
  }

  void Push(Segment::Kind kind) { result_.segments.push_back({kind, {}}); }

  std::string_view rest_;
  bool in_variable_ = false;
  PathTemplate result_;
};

}  // namespace

absl::StatusOr<PathTemplate> PathTemplate::Parse(std::string_view text) { return Parser(text).Run(); }

}  // namespace wenming::gateway
