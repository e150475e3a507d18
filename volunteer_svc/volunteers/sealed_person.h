// The encrypted columns of a person.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/data_cipher.h"
#include "volunteer_svc/volunteers/person.h"

namespace wenming::volunteer {

// Binary, as the columns `…_sealed` and `…_index` of the table `volunteers` hold them.
struct SealedPerson {
  std::string display_name;
  std::string birth_date;
  std::string id_number;
  std::string phone;
  std::string residence;
  std::string id_number_index;
  std::string phone_index;
};

// Seals and opens; a value of two references, thread-safe.
class PersonSeal {
 public:
  PersonSeal(const crypto::DataCipher& cipher, const crypto::BlindIndex& index) : cipher_(cipher), index_(index) {}

  absl::StatusOr<SealedPerson> Seal(uint64_t volunteer_id, const Person& person) const;

  // Fills what was sealed for this volunteer into `person`; nothing where it has been forgotten. DATA_LOSS when a
  // column was altered or stands in another row.
  absl::Status Open(uint64_t volunteer_id, const SealedPerson& sealed, Person& person) const;

 private:
  const crypto::DataCipher& cipher_;
  const crypto::BlindIndex& index_;
};

// "volunteers/01J5ZC0QX8V3M#phone": what binds an envelope to its row and column.
std::string SealPlace(std::string_view collection, uint64_t id, std::string_view field);

}  // namespace wenming::volunteer
