#include "gateway/docs/path_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace wenming::gateway::docs {
namespace {

using Kind = PathTemplate::Segment::Kind;

// "units" → "unit", "activities" → "activity", "shelves" → "shelf", "batches" → "batch", "metadata" → "metadataId".
std::string One(const std::string& literal) {
  std::string word;
  for (char c : literal) {
    if (absl::ascii_isalnum(c)) word += c;
  }
  if (word.empty()) return "id";
  if (absl::EndsWith(word, "ies")) return word.substr(0, word.size() - 3) + "y";
  if (absl::EndsWith(word, "lves")) return word.substr(0, word.size() - 3) + "f";
  if (absl::EndsWith(word, "sses") || absl::EndsWith(word, "ches") || absl::EndsWith(word, "xes"))
    return word.substr(0, word.size() - 2);
  if (absl::EndsWith(word, "s") && !absl::EndsWith(word, "ss")) return word.substr(0, word.size() - 1);
  return word + "Id";
}

// A name for each segment, empty for literals.
std::vector<std::string> NamesOf(const PathTemplate& path) {
  std::vector<std::string> names;
  std::string literal;
  for (const auto& segment : path.segments) {
    std::string name;
    if (segment.kind == Kind::kLiteral) {
      literal = segment.literal;
    } else {
      name = absl::StrCat(One(literal), segment.kind == Kind::kRest ? "Path" : "");
      auto same = std::count_if(names.begin(), names.end(),
                                [&](const std::string& other) { return absl::StartsWith(other, name); });
      if (same > 0) absl::StrAppend(&name, same + 1);
    }
    names.push_back(std::move(name));
  }
  return names;
}

std::string Text(const PathTemplate& path, size_t begin, size_t end, bool upper) {
  std::vector<std::string> names = NamesOf(path);
  std::string text;
  for (size_t i = begin; i < end; ++i) {
    if (i > begin) text += '/';
    if (path.segments[i].kind == Kind::kLiteral) {
      text += path.segments[i].literal;
    } else {
      text += upper ? absl::AsciiStrToUpper(names[i]) : absl::StrCat("{", names[i], "}");
    }
  }
  return text;
}

std::string Whole(const PathTemplate& path, bool upper) {
  return absl::StrCat("/", Text(path, 0, path.segments.size(), upper), path.verb.empty() ? "" : ":", path.verb);
}

}  // namespace

DocumentPath DescribePath(const PathTemplate& path) {
  DocumentPath result;
  result.text = Whole(path, /*upper=*/false);
  std::vector<std::string> names = NamesOf(path);
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    auto variable = std::find_if(path.variables.begin(), path.variables.end(),
                                 [&](const auto& one) { return one.begin <= i && i < one.end; });
    result.parameters.push_back({.name = names[i],
                                 .field_path = variable == path.variables.end() ? "" : variable->field_path,
                                 .rest = path.segments[i].kind == Kind::kRest});
  }
  return result;
}

std::string VariableText(const PathTemplate& path, size_t variable, bool upper) {
  return Text(path, path.variables[variable].begin, path.variables[variable].end, upper);
}

std::string ExamplePath(const PathTemplate& path) { return Whole(path, /*upper=*/true); }

}  // namespace wenming::gateway::docs
