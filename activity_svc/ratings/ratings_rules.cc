#include "activity_svc/ratings/ratings_rules.h"

#include <algorithm>
#include <cmath>

#include "activity_svc/calendars/working_days.h"
#include "common/crypto/digest.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

constexpr size_t kNumbers = 20;
constexpr size_t kSeal = 16;

std::string BigEndian(uint64_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xFF);
  return text;
}

uint64_t FromBigEndian(std::string_view text) {
  uint64_t value = 0;
  for (const char c : text) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

std::string SealOf(const CheckCodes& codes, std::string_view numbers) {
  return codes.Mac("rating_invitation", numbers).substr(0, kSeal);
}

}  // namespace

absl::Status CheckBegun(std::optional<absl::Time> first_start, absl::Time now) {
  if (first_start && now >= *first_start) return absl::OkStatus();
  const std::string from = first_start ? ChineseTime(*first_start) : "";
  return errors::FailedPrecondition(
      type::REASON_MOVE_NOT_ALLOWED,
      {{"state", "NOT_BEGUN"},
       {"state_zh", "活动尚无班次开始"},
       {"allowed", first_start ? "this, from " + from + " on" : "to add a shift, and this once it has begun"},
       {"allowed_zh", first_start ? from + " 起邀请评价" : "添加班次，并在其开始后邀请评价"}});
}

std::string TokenOf(const CheckCodes& codes, const Invitation& invitation) {
  const std::string numbers =
      BigEndian(invitation.center_id, 8) + BigEndian(invitation.batch_id, 8) + BigEndian(invitation.number, 4);
  return crypto::Base64Url(numbers + SealOf(codes, numbers));
}

std::optional<Invitation> ReadToken(const CheckCodes& codes, std::string_view token) {
  const auto bytes = crypto::FromBase64Url(token);
  if (!bytes || bytes->size() != kNumbers + kSeal) return std::nullopt;
  const std::string_view all = *bytes;
  const std::string_view numbers = all.substr(0, kNumbers);
  if (!crypto::ConstantTimeEquals(all.substr(kNumbers), SealOf(codes, numbers))) return std::nullopt;
  return Invitation{FromBigEndian(numbers.substr(0, 8)), FromBigEndian(numbers.substr(8, 8)),
                    static_cast<uint32_t>(FromBigEndian(numbers.substr(16, 4)))};
}

double WilsonLowerBound(int64_t hits, int64_t tries) {
  if (tries <= 0) return 0;
  constexpr double z = 1.959963984540054;  // of the normal distribution, 97.5 %
  const double n = static_cast<double>(tries);
  const double share = static_cast<double>(hits) / n;
  const double middle = share + z * z / (2 * n);
  const double margin = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return std::max(0.0, (middle - margin) / (1 + z * z / n));
}

}  // namespace wenming::activity
