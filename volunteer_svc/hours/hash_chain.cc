#include "volunteer_svc/hours/hash_chain.h"

#include <charconv>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"

namespace wenming::volunteer {
namespace {

constexpr std::string_view kForm = "wenming-hours-1";

std::string_view View(const absl::AlphaNum& text) { return {text.data(), text.size()}; }

}  // namespace

void AppendCanonicalBytes(const ColumnTexts& columns, std::string& bytes) {
  bytes += kForm;
  for (const std::string_view column : columns) {
    char size[24];
    char* end = std::to_chars(size, size + sizeof(size), column.size()).ptr;
    *end++ = ':';
    bytes.append(size, end).append(column);
  }
}

std::string CanonicalBytes(const HourEntry& entry) {
  const absl::AlphaNum center(entry.center_id), volunteer(entry.volunteer_id), sequence(entry.sequence),
      registration(entry.registration_id), revision(entry.revision), minutes(entry.minutes),
      balance(entry.balance_minutes), start(absl::ToUnixMicros(entry.start_time)),
      end(absl::ToUnixMicros(entry.end_time)), activity(entry.activity_id), shift(entry.shift_id), unit(entry.unit_id),
      team(entry.team_id), person_in_charge(entry.person_in_charge_id), recorder(entry.recorder_id),
      grade(static_cast<int>(entry.grade)), recorded(absl::ToUnixMicros(entry.record_time));
  std::string bytes;
  bytes.reserve(256 + entry.activity_title.size() + entry.place.size() + entry.content.size());
  AppendCanonicalBytes(
      {View(center),  View(volunteer), View(sequence), View(registration), View(revision),         View(minutes),
       View(balance), View(start),     View(end),      View(activity),     entry.activity_title,   View(shift),
       View(unit),    View(team),      entry.place,    entry.content,      View(person_in_charge), View(recorder),
       View(grade),   View(recorded)},
      bytes);
  return bytes;
}

std::string ChainHash(std::string_view previous_hash, const HourEntry& entry) {
  return crypto::Sha256(std::string(previous_hash) + CanonicalBytes(entry));
}

}  // namespace wenming::volunteer
