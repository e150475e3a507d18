// Encrypts personal data for a database column.
//
// The envelope is binary: version (1 byte, 1 = AES-256-GCM), generation of the key (2 bytes, big-endian), nonce (12
// bytes), ciphertext, tag (16 bytes): 31 bytes longer than the text. It is bound to the row and column that it stands
// in by the associated data, for example "volunteers/01J5ZC0QX8V3M#phone": moved elsewhere, it does not open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/crypto/random.h"

namespace wenming::crypto {

// A value; thread-safe, so that keys may be read again while it works.
class DataCipher {
 public:
  static constexpr size_t kOverhead = 31;

  // Reads <keys_dir>/data.key: a key of 32 bytes as hex a line, with its generation before it ("2:9f86…") where there
  // are several; a line without one is generation 1. All of them decrypt; the highest encrypts, but for those marked
  // "~2:9f86…": they are there to be known to every process before the first one uses them.
  static absl::StatusOr<DataCipher> Load(const std::string& keys_dir, RandomSource random = RandomBytes);

  // Reads the file again and says whether it holds other keys now; one that cannot be used changes nothing.
  absl::StatusOr<bool> Reload();

  // The envelope of `plain`.
  absl::StatusOr<std::string> Seal(std::string_view plain, std::string_view aad) const;

  // What was sealed with the same `aad`. DATA_LOSS when the envelope was altered, stands in another row or its key is
  // not among ours.
  absl::StatusOr<std::string> Open(std::string_view envelope, std::string_view aad) const;

  // The generation of the key that encrypts, all that decrypt in ascending order, and the one that an envelope needs
  // (nothing when it is no envelope): rows that differ from the first are due for re-encryption.
  uint16_t CurrentGeneration() const { return keys()->current; }
  std::vector<uint16_t> Generations() const;
  static std::optional<uint16_t> GenerationOf(std::string_view envelope);
  // What every envelope of a generation begins with; 3 bytes.
  static std::string Header(uint16_t generation);

 private:
  struct Keys {
    std::map<uint16_t, std::string> by_generation;
    uint16_t current = 0;
    friend bool operator==(const Keys&, const Keys&) = default;
  };
  // On the heap, so that the cipher can be moved.
  struct Holder {
    mutable absl::Mutex mutex;
    std::shared_ptr<const Keys> keys ABSL_GUARDED_BY(mutex);
  };

  DataCipher(std::string path, Keys keys, RandomSource random);

  static absl::StatusOr<Keys> Read(const std::string& path);
  static absl::Status AddKey(absl::string_view line, const std::string& path, Keys& keys);
  std::shared_ptr<const Keys> keys() const;

  std::string path_;
  std::unique_ptr<Holder> holder_;
  RandomSource random_;
};

}  // namespace wenming::crypto
