#include "gateway/http/content_coding.h"

#include <zlib.h>

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/text.h"

namespace wenming::gateway::http {
namespace {

constexpr int kGzip = 16 + MAX_WBITS;
constexpr int kMemory = 9;

// The quality of one element, "gzip;q=0.5"; 1 where it has none, 0 where it cannot be read.
double Quality(absl::string_view parameters) {
  for (absl::string_view parameter : absl::StrSplit(parameters, ';', absl::SkipWhitespace())) {
    parameter = absl::StripAsciiWhitespace(parameter);
    if (!absl::ConsumePrefix(&parameter, "q=") && !absl::ConsumePrefix(&parameter, "Q=")) continue;
    double quality = 0;
    return absl::SimpleAtod(parameter, &quality) ? quality : 0;
  }
  return 1;
}

void Feed(z_stream& stream, std::string_view text) {
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
}

void Drain(z_stream& stream, char* to, size_t size) {
  stream.next_out = reinterpret_cast<Bytef*>(to);
  stream.avail_out = static_cast<uInt>(size);
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  std::optional<double> any;
  for (absl::string_view element : absl::StrSplit(ToAbsl(accept_encoding), ',', absl::SkipWhitespace())) {
    std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(element, absl::MaxSplits(';', 1));
    absl::string_view coding = absl::StripAsciiWhitespace(parts.first);
    bool gzip = absl::EqualsIgnoreCase(coding, "gzip") || absl::EqualsIgnoreCase(coding, "x-gzip");
    if (gzip) return Quality(parts.second) > 0;
    if (coding == "*") any = Quality(parts.second);
  }
  return any.value_or(0) > 0;
}

std::string Gzip(std::string_view text, Effort effort) {
  z_stream stream = {};
  const int level = effort == Effort::kMost ? Z_BEST_COMPRESSION : Z_BEST_SPEED;
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(deflateBound(&stream, text.size()), '\0');
  Feed(stream, text);
  Drain(stream, packed.data(), packed.size());
  bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  packed.shrink_to_fit();
  return packed;
}

std::string Gunzip(std::string_view packed) {
  z_stream stream = {};
  if (inflateInit2(&stream, kGzip) != Z_OK) return {};
  std::string text;
  char buffer[16 * 1024];
  Feed(stream, packed);
  int status = Z_OK;
  while (status == Z_OK) {
    Drain(stream, buffer, sizeof(buffer));
    status = inflate(&stream, Z_NO_FLUSH);
    text.append(buffer, sizeof(buffer) - stream.avail_out);
  }
  inflateEnd(&stream);
  return status == Z_STREAM_END ? text : std::string();
}

bool NamesTag(std::string_view if_none_match, std::string_view tag) {
  absl::string_view wanted = ToAbsl(tag);
  absl::ConsumePrefix(&wanted, "W/");
  // A comma may stand inside a tag, but not in one of ours.
  for (absl::string_view one : absl::StrSplit(ToAbsl(if_none_match), ',')) {
    one = absl::StripAsciiWhitespace(one);
    absl::ConsumePrefix(&one, "W/");
    if (one == "*" || one == wanted) return true;
  }
  return false;
}

}  // namespace wenming::gateway::http
