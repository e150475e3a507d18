// The table `wechat_identities`: one WeChat account belongs to one volunteer of a center, and the other way round.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/data_cipher.h"
#include "common/db/session.h"
#include "common/wechat/answers.h"

namespace wenming::volunteer {

// A WeChat account as an application sees it. In clear: keep it in memory only.
struct WechatAccount {
  std::string app;
  wechat::WechatUser user;
};

// Whose account it is. The two differ only where one person had been registered twice; the openid goes first then.
struct Owners {
  std::optional<uint64_t> by_openid, by_unionid;

  std::optional<uint64_t> volunteer() const { return by_openid ? by_openid : by_unionid; }
};

// Thread-safe; sessions are the caller's.
class IdentitiesStore {
 public:
  IdentitiesStore(const crypto::DataCipher& cipher, const crypto::BlindIndex& index) : cipher_(cipher), index_(index) {}

  absl::StatusOr<Owners> Find(db::Session& session, uint64_t center_id, const WechatAccount& account) const;

  // Makes the account the volunteer's, in place of one he had before. ALREADY_EXISTS with REASON_IDENTITY_TAKEN where
  // it is somebody else's.
  absl::Status Bind(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                    const WechatAccount& account, absl::Time now) const;

  // Keeps what a log-in has told anew of the account of `owners`: the openid of another application, or the unionid.
  absl::Status Complete(db::Transaction& transaction, uint64_t center_id, const Owners& owners,
                        const WechatAccount& account, absl::Time now) const;

  // For whom is forgotten.
  static absl::Status Forget(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

  // In clear, for the volunteer's own export. `app` is empty for a unionid.
  struct Linked {
    std::string app, subject;
    absl::Time create_time;
  };
  absl::StatusOr<std::vector<Linked>> List(db::Session& session, uint64_t center_id, uint64_t volunteer_id) const;

  // The volunteer who takes part and has the phone.
  absl::StatusOr<std::optional<uint64_t>> FindByPhone(db::Session& session, uint64_t center_id,
                                                      std::string_view phone) const;

 private:
  // Of an openid in an application, or of a unionid (empty `app`).
  std::string IndexOf(std::string_view app, std::string_view subject) const;
  absl::StatusOr<std::optional<uint64_t>> OwnerOf(db::Session& session, uint64_t center_id, std::string_view app,
                                                  std::string_view subject) const;
  absl::Status Claim(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id, std::string_view app,
                     std::string_view subject, absl::Time now) const;
  absl::Status LeaveOtherAccount(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                 const WechatAccount& account) const;

  const crypto::DataCipher& cipher_;
  const crypto::BlindIndex& index_;
};

}  // namespace wenming::volunteer
