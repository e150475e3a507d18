#include "volunteer_svc/hours/hash_chain.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/crypto/digest.h"

namespace wenming::volunteer {
namespace {

constexpr absl::string_view kForm = "wenming-hours-1";

void Append(std::string& bytes, absl::string_view text) { absl::StrAppend(&bytes, text.size(), ":", text); }

template <typename Number>
void AppendNumber(std::string& bytes, Number number) {
  const absl::AlphaNum text(number);
  Append(bytes, text.Piece());
}

void AppendTime(std::string& bytes, absl::Time time) { AppendNumber(bytes, absl::ToUnixMicros(time)); }

}  // namespace

std::string CanonicalBytes(const HourEntry& entry) {
  std::string bytes(kForm);
  bytes.reserve(256 + entry.activity_title.size() + entry.place.size() + entry.content.size());
  AppendNumber(bytes, entry.center_id);
  AppendNumber(bytes, entry.volunteer_id);
  AppendNumber(bytes, entry.sequence);
  AppendNumber(bytes, entry.registration_id);
  AppendNumber(bytes, entry.revision);
  AppendNumber(bytes, entry.minutes);
  AppendNumber(bytes, entry.balance_minutes);
  AppendTime(bytes, entry.start_time);
  AppendTime(bytes, entry.end_time);
  AppendNumber(bytes, entry.activity_id);
  Append(bytes, entry.activity_title);
  AppendNumber(bytes, entry.shift_id);
  AppendNumber(bytes, entry.unit_id);
  AppendNumber(bytes, entry.team_id);
  Append(bytes, entry.place);
  Append(bytes, entry.content);
  AppendNumber(bytes, entry.person_in_charge_id);
  AppendNumber(bytes, entry.recorder_id);
  AppendNumber(bytes, static_cast<int>(entry.grade));
  AppendTime(bytes, entry.record_time);
  return bytes;
}

std::string ChainHash(std::string_view previous_hash, const HourEntry& entry) {
  return crypto::Sha256(std::string(previous_hash) + CanonicalBytes(entry));
}

}  // namespace wenming::volunteer
