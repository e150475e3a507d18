#include "gateway/ops/samples.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/text.h"

namespace wenming::gateway::ops {
namespace {

constexpr std::array<std::string_view, 4> kAddedUp = {"grpc_service", "grpc_method", "method", "route"};
constexpr double kMost = 9007199254740992;  // JSON readers know no larger whole number

bool IsAddedUp(std::string_view label) { return std::find(kAddedUp.begin(), kAddedUp.end(), label) != kAddedUp.end(); }

// Where the quoted value that begins at text[0] ends, behind its last quote; npos when it does not.
size_t EndOfQuoted(std::string_view text) {
  if (text.empty() || text[0] != '"') return std::string_view::npos;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

// Takes `{a="b",…}` off the front of `rest`: what is kept of it, with its braces. nullopt when it is none.
std::optional<std::string> TakeLabels(std::string_view& rest) {
  std::string kept;
  rest.remove_prefix(1);
  while (!rest.empty() && rest[0] != '}') {
    const size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const size_t quoted = EndOfQuoted(rest.substr(equals + 1));
    if (quoted == std::string_view::npos) return std::nullopt;
    const size_t end = equals + 1 + quoted;
    if (!IsAddedUp(rest.substr(0, equals))) {
      absl::StrAppend(&kept, kept.empty() ? "" : ",", ToAbsl(rest.substr(0, end)));
    }
    rest.remove_prefix(end);
    if (!rest.empty() && rest[0] == ',') rest.remove_prefix(1);
  }
  if (rest.empty()) return std::nullopt;
  rest.remove_prefix(1);
  return kept.empty() ? kept : absl::StrCat("{", kept, "}");
}

void AddLine(std::string_view line, Samples& samples) {
  const size_t name = line.find_first_of("{ ");
  if (name == std::string_view::npos || name == 0 || line[0] == '#') return;
  std::string series(line.substr(0, name));
  std::string_view rest = line.substr(name);
  if (rest[0] == '{') {
    const auto labels = TakeLabels(rest);
    if (!labels) return;
    series += *labels;
  }
  if (rest.empty() || rest[0] != ' ') return;
  rest.remove_prefix(1);
  double value = 0;  // a time may follow it
  if (!absl::SimpleAtod(ToAbsl(rest.substr(0, rest.find(' '))), &value) || !(std::abs(value) < kMost)) return;
  samples[std::move(series)] += value;
}

}  // namespace

Samples ReadSamples(std::string_view text) {
  Samples samples;
  for (absl::string_view line : absl::StrSplit(ToAbsl(text), '\n')) AddLine(ToStd(line), samples);
  return samples;
}

}  // namespace wenming::gateway::ops
