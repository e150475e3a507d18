#include "gateway/http/head_check.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "gateway/text.h"

namespace wenming::gateway::http {
namespace {

bool IsTokenChar(char c) {
  return absl::ascii_isalnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar); }

// Tab and everything from the blank on, but DEL; bytes above ASCII are the sender's own.
bool IsValueChar(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

// "GET /path HTTP/1.1": single blanks, visible ASCII only.
std::optional<Refusal> CheckRequestLine(std::string_view line) {
  size_t first = line.find(' ');
  size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return Refusal::kMalformed;
  std::string_view target = line.substr(first + 1, last - first - 1);
  bool visible = std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!IsToken(line.substr(0, first)) || target.empty() || !visible) return Refusal::kMalformed;
  std::string_view version = line.substr(last + 1);
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return std::nullopt;
  return version.substr(0, 5) == "HTTP/" ? Refusal::kUnsupportedVersion : Refusal::kMalformed;
}

// Counts the headers that decide where a request ends.
class HeaderLines {
 public:
  std::optional<Refusal> Add(std::string_view line) {
    size_t colon = line.find(':');
    if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) return Refusal::kMalformed;
    absl::string_view name = ToAbsl(line.substr(0, colon));
    absl::string_view value = absl::StripAsciiWhitespace(ToAbsl(line.substr(colon + 1)));
    if (!std::all_of(value.begin(), value.end(), IsValueChar)) return Refusal::kMalformed;
    ++count_;
    bytes_ += name.size() + value.size() + 32;
    if (absl::EqualsIgnoreCase(name, "content-length")) {
      ++lengths_;
      bool digits =
          !value.empty() && value.size() <= 18 && std::all_of(value.begin(), value.end(), absl::ascii_isdigit);
      if (!digits) return Refusal::kMalformed;
    }
    if (absl::EqualsIgnoreCase(name, "transfer-encoding")) {
      ++codings_;
      if (!absl::EqualsIgnoreCase(value, "chunked")) return Refusal::kUnsupportedCoding;
    }
    if (absl::EqualsIgnoreCase(name, "host")) ++hosts_;
    if (absl::EqualsIgnoreCase(name, "expect") && !absl::EqualsIgnoreCase(value, "100-continue")) {
      return Refusal::kUnmetExpectation;
    }
    return std::nullopt;
  }

  std::optional<Refusal> Judge(bool http11, const Limits& limits) const {
    if (count_ > limits.header_count || bytes_ > limits.fields_bytes) return Refusal::kHeadTooLarge;
    if (lengths_ > 1 || codings_ > 1 || (lengths_ > 0 && codings_ > 0)) return Refusal::kMalformed;
    if (hosts_ > 1 || (http11 && hosts_ == 0) || (!http11 && codings_ > 0)) return Refusal::kMalformed;
    return std::nullopt;
  }

 private:
  size_t count_ = 0;
  size_t bytes_ = 0;
  int lengths_ = 0;
  int codings_ = 0;
  int hosts_ = 0;
};

}  // namespace

size_t HeadSize(std::string_view input) {
  for (size_t at = input.find('\n'); at != std::string_view::npos; at = input.find('\n', at + 1)) {
    if (at + 1 < input.size() && input[at + 1] == '\n') return at + 2;
    if (at + 2 < input.size() && input[at + 1] == '\r' && input[at + 2] == '\n') return at + 3;
  }
  return 0;
}

std::optional<Refusal> CheckHead(std::string_view head, const Limits& limits) {
  HeaderLines headers;
  bool http11 = false;
  bool first = true;
  while (!head.empty()) {
    size_t end = head.find("\r\n");
    if (end == std::string_view::npos) return Refusal::kMalformed;
    std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (!std::all_of(line.begin(), line.end(), IsValueChar)) return Refusal::kMalformed;
    if (first) {
      if (auto refusal = CheckRequestLine(line)) return refusal;
      http11 = absl::EndsWith(ToAbsl(line), "1.1");
      first = false;
    } else if (!line.empty()) {
      if (auto refusal = headers.Add(line)) return refusal;
    }
  }
  return headers.Judge(http11, limits);
}

}  // namespace wenming::gateway::http
