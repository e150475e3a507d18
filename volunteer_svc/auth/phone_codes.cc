#include "volunteer_svc/auth/phone_codes.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "volunteer_svc/auth/retry_later.h"

namespace wenming::volunteer {
namespace {

constexpr absl::Duration kGood = absl::Minutes(5);
constexpr int kTries = 5;
constexpr absl::Duration kBetween = absl::Minutes(1);
constexpr absl::Duration kWindow = absl::Hours(1);
constexpr int kRowsToForget = 10;

constexpr char kReplace[] =
    "UPDATE phone_codes SET code_hash = ?, tries_left = ?, expire_time = ? WHERE center_id = ? AND phone_index = ?";
constexpr char kInsert[] =
    "INSERT INTO phone_codes (code_hash, tries_left, expire_time, center_id, phone_index) VALUES (?, ?, ?, ?, ?)";
constexpr char kUse[] =
    "DELETE FROM phone_codes WHERE center_id = ? AND phone_index = ? AND code_hash = ? AND tries_left > 0"
    " AND expire_time > ?";
constexpr char kMiss[] =
    "UPDATE phone_codes SET tries_left = tries_left - 1 WHERE center_id = ? AND phone_index = ? AND tries_left > 0"
    " AND expire_time > ?";
constexpr char kTakeTry[] =
    "UPDATE phone_codes SET tries_left = tries_left - 1 WHERE center_id = ? AND phone_index = ? AND tries_left > 0";
constexpr char kReadLimit[] =
    "SELECT send_times FROM phone_code_limits WHERE center_id = ? AND subject_index = ? FOR UPDATE";
constexpr char kBeginLimit[] =
    "INSERT INTO phone_code_limits (center_id, subject_index, send_times, update_time) VALUES (?, ?, '', ?)";
constexpr char kWriteLimit[] =
    "UPDATE phone_code_limits SET send_times = ?, update_time = ? WHERE center_id = ? AND subject_index = ?";
constexpr char kForgetCodes[] = "DELETE FROM phone_codes WHERE expire_time < ? LIMIT ?";
constexpr char kForgetLimits[] = "DELETE FROM phone_code_limits WHERE update_time < ? LIMIT ?";

// Those of the window.
std::vector<int64_t> ReadTimes(const std::string& text, absl::Time now) {
  std::vector<int64_t> times;
  for (const auto& word : absl::StrSplit(text, ',', absl::SkipEmpty())) {
    int64_t time = 0;
    if (absl::SimpleAtoi(word, &time) && absl::FromUnixMicros(time) > now - kWindow) times.push_back(time);
  }
  return times;
}

}  // namespace

struct PhoneCodes::Limit {
  size_t most;             // within the window
  absl::Duration between;  // two of them
};

absl::StatusOr<PhoneCode> PhoneCodes::Issue(db::Transaction& transaction, uint64_t center_id, std::string_view phone,
                                            std::string_view address, absl::Time now) const {
  const std::string phone_index = index_.Of("phone", phone);
  constexpr Limit kForPhone = {5, kBetween};
  constexpr Limit kForAddress = {20, absl::ZeroDuration()};
  // The phone first and then the address, so that two calls cannot wait for each other.
  absl::Status counted = Count(transaction, center_id, phone_index, kForPhone, now);
  if (!counted.ok()) return counted;
  const std::string network = index_.Of("address", NetworkOf(address));
  counted = Count(transaction, center_id, network, kForAddress, now);
  if (!counted.ok()) return counted;
  PhoneCode code{.digits = Digits(), .expire_time = now + kGood, .resend_time = now + kBetween};
  const std::vector<db::Value> row = {HashOf(phone, code.digits), kTries, code.expire_time, center_id, phone_index};
  const auto replaced = transaction.Execute(kReplace, row);
  if (!replaced.ok()) return replaced.status();
  if (*replaced == 0) {
    if (auto inserted = transaction.Execute(kInsert, row); !inserted.ok()) return inserted.status();
  }
  if (auto gone = transaction.Execute(kForgetCodes, {now, kRowsToForget}); !gone.ok()) return gone.status();
  if (auto gone = transaction.Execute(kForgetLimits, {now - kWindow, kRowsToForget}); !gone.ok()) return gone.status();
  return code;
}

absl::StatusOr<PhoneCodes::Verdict> PhoneCodes::Use(db::Transaction& transaction, uint64_t center_id,
                                                    std::string_view phone, std::string_view digits,
                                                    absl::Time now) const {
  const std::string phone_index = index_.Of("phone", phone);
  const auto used = transaction.Execute(kUse, {center_id, phone_index, HashOf(phone, digits), now});
  if (!used.ok()) return used.status();
  if (*used > 0) return Verdict::kRight;
  const auto missed = transaction.Execute(kMiss, {center_id, phone_index, now});
  if (!missed.ok()) return missed.status();
  return *missed > 0 ? Verdict::kWrong : Verdict::kNoCode;
}

absl::Status PhoneCodes::TakeTry(db::Transaction& transaction, uint64_t center_id, std::string_view phone) const {
  return transaction.Execute(kTakeTry, {center_id, index_.Of("phone", phone)}).status();
}

// Adds one to what was sent, where it may be sent.
absl::Status PhoneCodes::Count(db::Transaction& transaction, uint64_t center_id, const std::string& subject,
                               const Limit& limit, absl::Time now) const {
  auto row = transaction.QueryOne(kReadLimit, {center_id, subject});
  if (row.ok() && !row->has_value()) {
    const auto begun = transaction.Execute(kBeginLimit, {center_id, subject, now});
    if (!begun.ok() && !db::IsDuplicateKey(begun.status())) return begun.status();
    row = transaction.QueryOne(kReadLimit, {center_id, subject});
  }
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::Aborted(type::REASON_CONFLICT);
  std::vector<int64_t> times = ReadTimes((*row)->Text(0), now);
  if (!times.empty() && limit.between > absl::ZeroDuration()) {
    const absl::Duration wait = absl::FromUnixMicros(times.back()) + limit.between - now;
    if (wait > absl::ZeroDuration()) {
      const auto seconds = static_cast<int64_t>(std::ceil(absl::ToDoubleSeconds(wait)));
      return RetryLater(type::REASON_CODE_TOO_SOON, {{"seconds", absl::StrCat(seconds)}}, absl::Seconds(seconds));
    }
  }
  if (times.size() >= limit.most) {
    const absl::Duration wait = absl::FromUnixMicros(times[times.size() - limit.most]) + kWindow - now;
    const auto minutes = static_cast<int64_t>(std::ceil(absl::ToDoubleMinutes(wait)));
    return RetryLater(type::REASON_TOO_MANY_ATTEMPTS, {{"minutes", absl::StrCat(minutes)}}, absl::Minutes(minutes));
  }
  times.push_back(absl::ToUnixMicros(now));
  const auto written = transaction.Execute(kWriteLimit, {absl::StrJoin(times, ","), now, center_id, subject});
  return written.status();
}

// Each of the million with the same chance: numbers beyond the last whole million are thrown away.
std::string PhoneCodes::Digits() const {
  constexpr uint32_t kCodes = 1000000, kEven = UINT32_MAX / kCodes * kCodes;
  for (;;) {
    uint32_t number = 0;
    for (const char byte : random_(4)) number = number << 8 | static_cast<unsigned char>(byte);
    if (number < kEven) return absl::StrFormat("%06d", number % kCodes);
  }
}

std::string PhoneCodes::HashOf(std::string_view phone, std::string_view digits) const {
  return index_.Of("phone_code", std::string(phone).append(":").append(digits));
}

std::string NetworkOf(std::string_view address) {
  in6_addr parsed;
  if (inet_pton(AF_INET6, std::string(address).c_str(), &parsed) != 1) return std::string(address);
  std::fill(std::begin(parsed.s6_addr) + 8, std::end(parsed.s6_addr), uint8_t{0});
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, &parsed, text, sizeof(text));
}

}  // namespace wenming::volunteer
