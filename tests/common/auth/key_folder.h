// A folder of fresh key material for one test, as tools/make_keys.sh makes it for a stack; gone at the end of the test.
#ifndef WENMING_TESTS_COMMON_AUTH_KEY_FOLDER_H_
#define WENMING_TESTS_COMMON_AUTH_KEY_FOLDER_H_

#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/auth/caller.h"

namespace wenming::auth {

class KeyFolder {
 public:
  // Signing keys for the services, one for certificates, and every symmetric key.
  explicit KeyFolder(std::initializer_list<std::string_view> services = {"org_svc", "volunteer_svc", "activity_svc"});
  ~KeyFolder();
  KeyFolder(const KeyFolder&) = delete;
  KeyFolder& operator=(const KeyFolder&) = delete;

  const std::string& path() const { return path_; }

  // Writes a file that its owner alone may read.
  void Write(std::string_view name, std::string_view content) const;
  std::string Read(std::string_view name) const;

  // A new pair of signing keys for the service. With a generation, the public half stands in a file of its own beside
  // the earlier ones: <service>.<generation>.verify.pem.
  void AddSigningKey(std::string_view service, std::string_view generation = "") const;

  // A new key to sign certificates with; with a generation, beside the earlier ones.
  void AddCertificateKey(std::string_view generation = "") const;

 private:
  std::string path_;
};

// The two halves of a new key as PEM, on the curve of that name.
struct KeyPair {
  std::string private_pem, public_pem;
};
KeyPair NewKeyPair(const char* curve = "P-256");

// People are in session `id | 1`.
Caller StaffCaller(uint64_t id, uint64_t center_id);
Caller VolunteerCaller(uint64_t id, uint64_t center_id);
Caller ClientCaller(uint64_t id, uint64_t center_id, std::string_view certificate = "thumbprint");
Caller ServiceCaller(std::string_view service);

// A token of the caller, by the service that may vouch for it.
std::string TokenFor(const KeyFolder& keys, const Caller& caller, absl::Time now,
                     absl::Duration lifetime = absl::Minutes(15));

}  // namespace wenming::auth

#endif  // WENMING_TESTS_COMMON_AUTH_KEY_FOLDER_H_
