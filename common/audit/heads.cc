#include "common/audit/heads.h"

#include <fcntl.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/crypto/digest.h"

namespace wenming::audit {
namespace {

constexpr char kTimeFormat[] = "%Y-%m-%dT%H:%M:%E6SZ";

constexpr char kEnding[] = "heads.jsonl";

// The service's files in the folder, in the order of their names.
absl::StatusOr<std::vector<std::string>> FilesOf(const ChainKey& key, const std::string& directory) {
  std::error_code fault;
  std::filesystem::directory_iterator entries(directory, fault);
  if (fault == std::errc::no_such_file_or_directory) return std::vector<std::string>();
  std::vector<std::string> files;
  for (; !fault && entries != std::filesystem::directory_iterator(); entries.increment(fault)) {
    const std::string name = entries->path().filename().string();
    if (absl::StartsWith(name, key.service + ".") && absl::EndsWith(name, kEnding)) files.push_back(entries->path());
  }
  if (fault) return absl::UnavailableError(absl::StrCat("cannot read ", directory));
  std::sort(files.begin(), files.end());
  return files;
}

std::string TextOf(const rapidjson::Document& line, const char* key) {
  const auto member = line.FindMember(key);
  return member != line.MemberEnd() && member->value.IsString()
             ? std::string(member->value.GetString(), member->value.GetStringLength())
             : std::string();
}

// Nothing where the line is not ours.
std::optional<Head> ParseLine(const ChainKey& key, const std::string& text) {
  rapidjson::Document line;
  if (line.Parse(text.data(), text.size()).HasParseError() || !line.IsObject()) return std::nullopt;
  const auto sequence = line.FindMember("sequence");
  if (sequence == line.MemberEnd() || !sequence->value.IsInt64()) return std::nullopt;
  const auto hash = crypto::FromBase64Url(TextOf(line, "hash"));
  const auto signature = crypto::FromBase64Url(TextOf(line, "signature"));
  absl::Time time;
  if (!hash || !signature || !absl::ParseTime(kTimeFormat, TextOf(line, "time"), &time, nullptr)) return std::nullopt;
  Head head{.sequence = sequence->value.GetInt64(), .hash = *hash};
  const bool ours = TextOf(line, "service") == key.service &&
                    crypto::ConstantTimeEquals(*signature, HeadSignature(key.key, key.service, head, time));
  return ours ? std::optional(std::move(head)) : std::nullopt;
}

// With heads that nobody can read, a log that was cut off would be in order.
absl::StatusOr<std::string> ReadText(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  std::error_code fault;
  // Of an empty file nothing is copied either.
  const bool read = file.is_open() && ((text << file.rdbuf()).good() || std::filesystem::file_size(path, fault) == 0);
  if (!read) return absl::UnavailableError(absl::StrCat("cannot read ", path));
  return text.str();
}

}  // namespace

std::string HeadLine(const ChainKey& key, const Head& head, absl::Time time) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  const absl::Time exact = absl::FromUnixMicros(absl::ToUnixMicros(time));
  writer.StartObject();
  writer.Key("service");
  writer.String(key.service.c_str());
  writer.Key("sequence");
  writer.Int64(head.sequence);
  writer.Key("hash");
  writer.String(crypto::Base64Url(head.hash).c_str());
  writer.Key("time");
  writer.String(absl::FormatTime(kTimeFormat, exact, absl::UTCTimeZone()).c_str());
  writer.Key("signature");
  writer.String(crypto::Base64Url(HeadSignature(key.key, key.service, head, exact)).c_str());
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

absl::StatusOr<std::vector<Head>> ParseHeads(const ChainKey& key, const std::string& text) {
  std::vector<Head> heads;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    auto head = ParseLine(key, line);
    if (!head) return absl::DataLossError(absl::StrCat("line ", number, " of the exported heads was altered"));
    heads.push_back(*std::move(head));
  }
  return heads;
}

absl::StatusOr<std::vector<Head>> ReadHeads(const ChainKey& key, const std::string& directory) {
  const auto files = FilesOf(key, directory);
  if (!files.ok()) return files.status();
  std::vector<Head> all;
  for (const std::string& path : *files) {
    const auto text = ReadText(path);
    if (!text.ok()) return text.status();
    const auto heads = ParseHeads(key, *text);
    if (!heads.ok()) return absl::Status(heads.status().code(), absl::StrCat(path, ": ", heads.status().message()));
    all.insert(all.end(), heads->begin(), heads->end());
  }
  return all;
}

absl::Status AppendHead(const ChainKey& key, const std::string& directory, const std::string& instance,
                        const std::string& line) {
  const std::string path = absl::StrCat(directory, "/", key.service, ".", instance, ".", kEnding);
  const int file = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (file < 0) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  const auto close_file = absl::MakeCleanup([file] { close(file); });
  const std::string whole = line + "\n";
  const bool written = write(file, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
  return written && fsync(file) == 0 ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("cannot write ", path));
}

absl::Time NextExport(absl::Time now) {
  const absl::TimeZone china = absl::FixedTimeZone(8 * 60 * 60);
  return absl::FromCivil(absl::ToCivilDay(now, china) + 1, china);
}

}  // namespace wenming::audit
