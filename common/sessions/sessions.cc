#include "common/sessions/sessions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/crypto/digest.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "google/protobuf/util/time_util.h"

namespace wenming::sessions {
namespace {

constexpr char kInsert[] =
    "INSERT INTO sessions (center_id, id, account_id, token_hash, proof, address, device, create_time, use_time,"
    " expire_time, end_time, access_expire_time, revoke_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)";
constexpr char kLoad[] =
    "SELECT account_id, token_hash, expire_time, end_time, access_expire_time, revoke_time"
    " FROM sessions WHERE center_id = ? AND id = ? FOR UPDATE";
constexpr char kRenew[] =
    "UPDATE sessions SET token_hash = ?, address = ?, use_time = ?, expire_time = ?, access_expire_time = ?"
    " WHERE center_id = ? AND id = ? AND token_hash = ? AND revoke_time = 0";
constexpr char kKeepUsed[] = "INSERT INTO session_tokens (center_id, session_id, token_hash) VALUES (?, ?, ?)";
constexpr char kFindUsed[] = "SELECT 1 FROM session_tokens WHERE center_id = ? AND session_id = ? AND token_hash = ?";
constexpr char kList[] =
    "SELECT id, create_time, use_time, expire_time, address, device, proof FROM sessions"
    " WHERE center_id = ? AND account_id = ? AND revoke_time = 0 AND expire_time > ? ORDER BY id DESC";
constexpr char kFind[] = "SELECT 1 FROM sessions WHERE center_id = ? AND id = ? AND account_id = ?";
constexpr char kRevoke[] =
    "UPDATE sessions SET revoke_time = ? WHERE center_id = ? AND id = ? AND account_id = ? AND revoke_time = 0";
constexpr char kRevokeAll[] =
    "UPDATE sessions SET revoke_time = ? WHERE center_id = ? AND account_id = ? AND id <> ? AND revoke_time = 0";

constexpr size_t kSecretSize = 32;
constexpr size_t kIdSize = 8;
constexpr size_t kMostAddress = 64;      // bytes
constexpr size_t kMostCharacters = 100;  // of a device

// A refresh token in its parts: which session, and the secret that proves it.
struct RefreshToken {
  uint64_t center_id = 0;
  uint64_t session_id = 0;
  std::string secret;
};

std::string BigEndian(uint64_t number) {
  std::string bytes(kIdSize, '\0');
  for (size_t i = 0; i < kIdSize; ++i) bytes[i] = static_cast<char>(number >> (8 * (kIdSize - 1 - i)));
  return bytes;
}

uint64_t FromBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

std::string ToText(const RefreshToken& token) {
  return crypto::Base64Url(BigEndian(token.center_id) + BigEndian(token.session_id) + token.secret);
}

std::optional<RefreshToken> FromText(std::string_view text) {
  const auto bytes = crypto::FromBase64Url(text);
  if (!bytes.has_value() || bytes->size() != 2 * kIdSize + kSecretSize) return std::nullopt;
  const std::string_view view = *bytes;
  return RefreshToken{FromBigEndian(view.substr(0, kIdSize)), FromBigEndian(view.substr(kIdSize, kIdSize)),
                      bytes->substr(2 * kIdSize)};
}

// The first characters of UTF-8, none of them cut in two.
std::string FirstCharacters(const std::string& text, size_t most) {
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && ++characters > most) return text.substr(0, i);
  }
  return text;
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

absl::Status ToStatus(const absl::StatusOr<int64_t>& matched) { return matched.status(); }

}  // namespace

Sessions::Sessions(std::string collection, std::string accounts, auth::CallerKind kind, Lifetimes lifetimes,
                   ids::Generator& ids, const auth::TokenSigner& signer, crypto::RandomSource random)
    : collection_(std::move(collection)),
      accounts_(std::move(accounts)),
      kind_(kind),
      lifetimes_(lifetimes),
      ids_(ids),
      signer_(signer),
      random_(std::move(random)) {}

auth::Caller Sessions::CallerOf(uint64_t center_id, uint64_t account_id, uint64_t session_id) const {
  return {.kind = kind_,
          .id = account_id,
          .center_id = center_id,
          .subject = ids::ResourceName(accounts_, account_id),
          .session_id = session_id};
}

absl::StatusOr<Sessions::Issue> Sessions::Renewal(const auth::Caller& caller, absl::Time end_time,
                                                  absl::Time now) const {
  const RefreshToken refresh{caller.center_id, caller.session_id, random_(kSecretSize)};
  const auto access = signer_.Sign(caller, now, std::min(lifetimes_.access, end_time - now));
  if (!access.ok()) return access.status();
  Issue issue{.token_hash = crypto::Sha256(refresh.secret),
              .expire_time = std::min(now + lifetimes_.idle, end_time),
              .access_expire_time = access->expire_time,
              .tokens = {}};
  issue.tokens.set_access_token(access->text);
  *issue.tokens.mutable_expire_time() = ToTimestamp(access->expire_time);
  issue.tokens.set_refresh_token(ToText(refresh));
  *issue.tokens.mutable_refresh_expire_time() = ToTimestamp(issue.expire_time);
  return issue;
}

absl::StatusOr<v1::Tokens> Sessions::Open(db::Transaction& transaction, uint64_t center_id, uint64_t account_id,
                                          const Origin& origin, absl::Time now) const {
  const auth::Caller caller = CallerOf(center_id, account_id, ids_.Next());
  const absl::Time end_time = now + lifetimes_.longest;
  auto issue = Renewal(caller, end_time, now);
  if (!issue.ok()) return issue.status();
  const auto inserted = transaction.Execute(
      kInsert, {center_id, caller.session_id, account_id, issue->token_hash, origin.proof,
                origin.address.substr(0, kMostAddress), FirstCharacters(origin.device, kMostCharacters), now, now,
                issue->expire_time, end_time, issue->access_expire_time});
  if (!inserted.ok()) return inserted.status();
  return std::move(issue->tokens);
}

absl::StatusOr<Refreshed> Sessions::Refresh(db::Transaction& transaction, std::string_view refresh_token,
                                            const Origin& origin, absl::Time now) const {
  const Refreshed unknown{
      .refusal = errors::Unauthenticated(type::REASON_REFRESH_TOKEN_INVALID), .tokens = {}, .caller = {}};
  const auto token = FromText(refresh_token);
  if (!token.has_value()) return unknown;
  const auto row = transaction.QueryOne(kLoad, {token->center_id, token->session_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return unknown;
  const std::string hash = crypto::Sha256(token->secret);
  Refreshed refreshed{
      .refusal = {}, .tokens = {}, .caller = CallerOf(token->center_id, (*row)->Id(0), token->session_id)};

  if (!crypto::ConstantTimeEquals((*row)->Text(1), hash)) {
    const auto used = transaction.QueryOne(kFindUsed, {token->center_id, token->session_id, hash});
    if (!used.ok()) return used.status();
    // Whoever merely knows the id of a session must not be able to end it.
    if (!used->has_value()) return unknown;
    absl::Status ended =
        ToStatus(transaction.Execute(kRevoke, {now, token->center_id, token->session_id, refreshed.caller.id}));
    if (!ended.ok()) return ended;
    refreshed.refusal = errors::Unauthenticated(type::REASON_REFRESH_TOKEN_REUSED);
    return refreshed;
  }
  if ((*row)->Int(5) != 0) {
    refreshed.refusal = unknown.refusal;
    return refreshed;
  }
  if (now >= (*row)->Time(2)) {
    refreshed.refusal = errors::Unauthenticated(type::REASON_REFRESH_TOKEN_EXPIRED);
    return refreshed;
  }
  auto issue = Renewal(refreshed.caller, (*row)->Time(3), now);
  if (!issue.ok()) return issue.status();
  const auto renewed = transaction.Execute(
      kRenew, {issue->token_hash, origin.address.substr(0, kMostAddress), now, issue->expire_time,
               std::max(issue->access_expire_time, (*row)->Time(4)), token->center_id, token->session_id, hash});
  if (!renewed.ok()) return renewed.status();
  if (*renewed == 0) return errors::Aborted(type::REASON_CONFLICT);
  absl::Status kept = ToStatus(transaction.Execute(kKeepUsed, {token->center_id, token->session_id, hash}));
  if (!kept.ok()) return kept;
  refreshed.tokens = std::move(issue->tokens);
  return refreshed;
}

absl::StatusOr<std::vector<v1::Session>> Sessions::List(db::Session& session, uint64_t center_id, uint64_t account_id,
                                                        uint64_t current, absl::Time now) const {
  const auto rows = session.Query(kList, {center_id, account_id, now});
  if (!rows.ok()) return rows.status();
  std::vector<v1::Session> sessions;
  for (const db::Row& row : *rows) {
    v1::Session& shown = sessions.emplace_back();
    shown.set_name(ids::ResourceName(collection_, row.Id(0)));
    *shown.mutable_create_time() = ToTimestamp(row.Time(1));
    *shown.mutable_use_time() = ToTimestamp(row.Time(2));
    *shown.mutable_expire_time() = ToTimestamp(row.Time(3));
    shown.set_address(row.Text(4));
    shown.set_device(row.Text(5));
    shown.set_proof(row.Enum<v1::Session::Proof>(6));
    shown.set_current(row.Id(0) == current);
  }
  return sessions;
}

absl::Status Sessions::Revoke(db::Transaction& transaction, uint64_t center_id, uint64_t account_id,
                              uint64_t session_id, absl::Time now) const {
  const auto revoked = transaction.Execute(kRevoke, {now, center_id, session_id, account_id});
  if (!revoked.ok() || *revoked > 0) return revoked.status();
  const auto found = transaction.QueryOne(kFind, {center_id, session_id, account_id});
  if (!found.ok()) return found.status();
  return found->has_value() ? absl::OkStatus() : errors::NotFound(ids::ResourceName(collection_, session_id));
}

absl::StatusOr<int64_t> Sessions::RevokeAll(db::Transaction& transaction, uint64_t center_id, uint64_t account_id,
                                            uint64_t except, absl::Time now) const {
  return transaction.Execute(kRevokeAll, {now, center_id, account_id, except});
}

}  // namespace wenming::sessions
