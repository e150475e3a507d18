#include "volunteer_svc/auth/identities_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "volunteer_svc/volunteers/sealed_person.h"

namespace wenming::volunteer {
namespace {

constexpr char kFindOwner[] =
    "SELECT volunteer_id FROM wechat_identities WHERE center_id = ? AND app = ? AND subject_index = ?";
constexpr char kFindOwn[] =
    "SELECT subject_index FROM wechat_identities WHERE center_id = ? AND volunteer_id = ? AND app = ?";
constexpr char kInsert[] =
    "INSERT INTO wechat_identities (center_id, app, subject_index, volunteer_id, subject_sealed, create_time)"
    " VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kDeleteOwn[] = "DELETE FROM wechat_identities WHERE center_id = ? AND volunteer_id = ? AND app = ?";
constexpr char kDeleteAll[] = "DELETE FROM wechat_identities WHERE center_id = ? AND volunteer_id = ?";
constexpr char kList[] =
    "SELECT app, subject_sealed, create_time FROM wechat_identities WHERE center_id = ? AND volunteer_id = ?"
    " ORDER BY app";
constexpr char kFindByPhone[] = "SELECT id FROM volunteers WHERE center_id = ? AND phone_index = ?";

constexpr char kUnion[] = "";  // in place of an application's id

// Bound to the volunteer and the application, so that an envelope is good in its own row only.
std::string PlaceOf(uint64_t volunteer_id, std::string_view app) {
  return SealPlace("volunteers", volunteer_id, std::string("wechat:").append(app));
}

absl::StatusOr<std::optional<uint64_t>> FirstId(const absl::StatusOr<std::optional<db::Row>>& row) {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<uint64_t>();
  return std::optional<uint64_t>((*row)->Id(0));
}

}  // namespace

absl::StatusOr<Owners> IdentitiesStore::Find(db::Session& session, uint64_t center_id,
                                             const WechatAccount& account) const {
  Owners owners;
  const auto by_openid = OwnerOf(session, center_id, account.app, account.user.openid);
  if (!by_openid.ok()) return by_openid.status();
  owners.by_openid = *by_openid;
  if (account.user.unionid.empty()) return owners;
  const auto by_unionid = OwnerOf(session, center_id, kUnion, account.user.unionid);
  if (!by_unionid.ok()) return by_unionid.status();
  owners.by_unionid = *by_unionid;
  return owners;
}

absl::Status IdentitiesStore::Bind(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                   const WechatAccount& account, absl::Time now) const {
  auto owners = Find(transaction, center_id, account);
  if (!owners.ok()) return owners.status();
  for (const auto& owner : {owners->by_openid, owners->by_unionid}) {
    if (owner && *owner != volunteer_id) return errors::AlreadyExists(type::REASON_IDENTITY_TAKEN);
  }
  if (absl::Status left = LeaveOtherAccount(transaction, center_id, volunteer_id, account); !left.ok()) return left;
  if (!owners->by_openid) {
    const absl::Status claimed = Claim(transaction, center_id, volunteer_id, account.app, account.user.openid, now);
    if (!claimed.ok()) return claimed;
  }
  if (account.user.unionid.empty() || owners->by_unionid) return absl::OkStatus();
  return Claim(transaction, center_id, volunteer_id, kUnion, account.user.unionid, now);
}

absl::Status IdentitiesStore::Complete(db::Transaction& transaction, uint64_t center_id, const Owners& owners,
                                       const WechatAccount& account, absl::Time now) const {
  const uint64_t volunteer_id = owners.volunteer().value_or(0);
  if (!owners.by_openid) return Claim(transaction, center_id, volunteer_id, account.app, account.user.openid, now);
  if (owners.by_unionid || account.user.unionid.empty()) return absl::OkStatus();
  return Claim(transaction, center_id, volunteer_id, kUnion, account.user.unionid, now);
}

absl::Status IdentitiesStore::Forget(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  return transaction.Execute(kDeleteAll, {center_id, volunteer_id}).status();
}

absl::StatusOr<std::vector<IdentitiesStore::Linked>> IdentitiesStore::List(db::Session& session, uint64_t center_id,
                                                                           uint64_t volunteer_id) const {
  auto rows = session.Query(kList, {center_id, volunteer_id});
  if (!rows.ok()) return rows.status();
  std::vector<Linked> all;
  for (db::Row& row : *rows) {
    Linked linked{.app = row.TakeText(0), .subject = {}, .create_time = row.Time(2)};
    auto subject = cipher_.Open(row.TakeText(1), PlaceOf(volunteer_id, linked.app));
    if (!subject.ok()) return subject.status();
    linked.subject = *std::move(subject);
    all.push_back(std::move(linked));
  }
  return all;
}

absl::StatusOr<std::optional<uint64_t>> IdentitiesStore::FindByPhone(db::Session& session, uint64_t center_id,
                                                                     std::string_view phone) const {
  return FirstId(session.QueryOne(kFindByPhone, {center_id, index_.Of("phone", phone)}));
}

// As hex, because a blind index takes no notice of case and hyphens, and these identifiers live by them.
std::string IdentitiesStore::IndexOf(std::string_view app, std::string_view subject) const {
  return index_.Of("wechat", absl::StrCat(crypto::Hex(app), ":", crypto::Hex(subject)));
}

absl::StatusOr<std::optional<uint64_t>> IdentitiesStore::OwnerOf(db::Session& session, uint64_t center_id,
                                                                 std::string_view app, std::string_view subject) const {
  return FirstId(session.QueryOne(kFindOwner, {center_id, app, IndexOf(app, subject)}));
}

absl::Status IdentitiesStore::Claim(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                    std::string_view app, std::string_view subject, absl::Time now) const {
  const auto sealed = cipher_.Seal(subject, PlaceOf(volunteer_id, app));
  if (!sealed.ok()) return sealed.status();
  if (auto left = transaction.Execute(kDeleteOwn, {center_id, volunteer_id, app}); !left.ok()) return left.status();
  const auto inserted =
      transaction.Execute(kInsert, {center_id, app, IndexOf(app, subject), volunteer_id, *sealed, now});
  if (inserted.ok() || !db::IsDuplicateKey(inserted.status())) return inserted.status();
  // Somebody was faster: it may have been the same person on another device.
  const auto owner = OwnerOf(transaction, center_id, app, subject);
  if (!owner.ok()) return owner.status();
  return *owner == volunteer_id ? absl::OkStatus() : errors::AlreadyExists(type::REASON_IDENTITY_TAKEN);
}

// Another unionid is another account: the old one's openids in other applications go with it.
absl::Status IdentitiesStore::LeaveOtherAccount(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                                const WechatAccount& account) const {
  if (account.user.unionid.empty()) return absl::OkStatus();
  const auto own = transaction.QueryOne(kFindOwn, {center_id, volunteer_id, kUnion});
  if (!own.ok()) return own.status();
  if (!own->has_value() || (*own)->Text(0) == IndexOf(kUnion, account.user.unionid)) return absl::OkStatus();
  return Forget(transaction, center_id, volunteer_id);
}

}  // namespace wenming::volunteer
