#include "common/service/keyring.h"

#include <utility>

#include "common/crypto/keys.h"
#include "common/service/audit_keeper.h"

namespace wenming::service {

absl::StatusOr<Keyring> LoadKeyring(const std::string& keys, const std::string& service) {
  auto audit = LoadAuditKey(keys, service);
  if (!audit.ok()) return audit.status();
  auto signer = auth::TokenSigner::Load(keys, service);
  if (!signer.ok()) return signer.status();
  auto verifier = auth::TokenVerifier::Load(keys);
  if (!verifier.ok()) return verifier.status();
  auto cipher = crypto::DataCipher::Load(keys);
  if (!cipher.ok()) return cipher.status();
  auto blind_index = crypto::BlindIndex::Load(keys);
  if (!blind_index.ok()) return blind_index.status();
  auto page_key = crypto::LoadKey(keys + "/page.key");
  if (!page_key.ok()) return page_key.status();
  return Keyring{*std::move(audit),  *std::move(signer),      *std::move(verifier),
                 *std::move(cipher), *std::move(blind_index), paging::Pager(*std::move(page_key))};
}

}  // namespace wenming::service
