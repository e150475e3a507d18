// The keys that a service works with, all from one folder.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/audit/chain.h"
#include "common/auth/token_signer.h"
#include "common/auth/token_verifier.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/data_cipher.h"
#include "common/paging/paging.h"

namespace wenming::service {

struct Keyring {
  audit::ChainKey audit;
  auth::TokenSigner signer;
  std::unique_ptr<auth::TokenVerifier> verifier;
  crypto::DataCipher cipher;
  crypto::BlindIndex blind_index;
  paging::Pager pager;
};

// The service's keys from the folder `keys`. Errors as crypto::LoadKey's, of the first that is missing or none.
absl::StatusOr<Keyring> LoadKeyring(const std::string& keys, const std::string& service);

}  // namespace wenming::service
