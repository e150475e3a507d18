// Walks a table with encrypted columns (common/crypto/data_cipher.h) and seals anew what an older key has sealed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/data_cipher.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/db/value.h"

namespace wenming::reseal {

// A table as data. Empty and NULL cells hold nothing to seal.
struct SealedTable {
  struct KeyColumn {
    std::string name;
    bool text = false;  // else an unsigned number
  };
  using Key = std::vector<db::Value>;
  // A column with the blind index of what another one holds encrypted; NULL where there is none.
  struct Index {
    std::string name;
    std::string column;   // that it is computed from
    std::string purpose;  // see crypto::BlindIndex::Of
  };

  std::string name;
  std::vector<KeyColumn> key;  // of a unique index, in its order
  std::vector<std::string> columns;
  // The associated data of a cell.
  std::function<std::string(const Key& key, std::string_view column)> place;
  std::vector<Index> indexes = {};

  // Of a row that begins with the key's columns.
  Key KeyOf(const db::Row& row) const;
};

// What one step came to.
struct Step {
  int resealed = 0;       // cells
  int unreadable = 0;     // cells that do not open: left as they are
  bool finished = false;  // the table's end was reached; the next step begins again
};

// A value of references, thread-safe. Any number of processes may take steps on the same table: the lock on its row of
// `reseal_cursors` makes them take turns, and a step's effect and its cursor are committed together, so that whoever is
// killed leaves the next one where he was. A cell that somebody changes meanwhile stays as he wrote it.
class TableResealer {
 public:
  TableResealer(db::Pool& pool, const crypto::DataCipher& cipher, const SealedTable& table)
      : pool_(pool), cipher_(cipher), table_(table) {}

  // The rows that need another key than the one that encrypts. Reads the whole table.
  absl::StatusOr<int64_t> CountLeft(absl::Time deadline) const;

  // Looks at the next `rows` rows.
  absl::StatusOr<Step> Take(int rows, absl::Time deadline) const;

 private:
  absl::StatusOr<std::string> LockPosition(db::Transaction& transaction, uint16_t generation) const;
  absl::StatusOr<db::Rows> Next(db::Transaction& transaction, const std::string& position, int rows) const;
  absl::Status Reseal(db::Transaction& transaction, db::Row& row, uint16_t generation, Step& step) const;

  db::Pool& pool_;
  const crypto::DataCipher& cipher_;
  const SealedTable& table_;
};

}  // namespace wenming::reseal
