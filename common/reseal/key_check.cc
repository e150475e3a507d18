#include "common/reseal/key_check.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/db/transaction.h"

namespace wenming::reseal {
namespace {

constexpr int kRowsAtEachEnd = 5;

struct Tally {
  int good = 0;
  int bad = 0;

  void Count(bool is_good) { ++(is_good ? good : bad); }
  bool AllBad() const { return good == 0 && bad > 0; }
};

class KeyCheck {
 public:
  KeyCheck(const crypto::DataCipher& cipher, const crypto::BlindIndex& index) : cipher_(cipher), index_(index) {}

  absl::Status Look(db::Session& session, const SealedTable& table) {
    for (const char* direction : {"", " DESC"}) {
      const auto rows = session.Query(SelectOf(table, direction), {kRowsAtEachEnd});
      if (!rows.ok()) return rows.status();
      for (const db::Row& row : *rows) Check(table, row);
    }
    return absl::OkStatus();
  }

  absl::Status Verdict() const {
    for (const auto& [generation, cells] : cells_) {
      if (cells.AllBad()) {
        return absl::FailedPreconditionError(
            absl::StrCat("data.key is not the one this database was written with: nothing of generation ", generation,
                         " opens (", cells.bad, " cells tried); put the right file back, from its own backup"));
      }
    }
    if (indexes_.AllBad()) {
      return absl::FailedPreconditionError(
          absl::StrCat("index.key is not the one this database was written with: no blind index agrees (", indexes_.bad,
                       " tried); put the right file back, from its own backup"));
    }
    return absl::OkStatus();
  }

 private:
  // Key, encrypted columns, indexes.
  static std::string SelectOf(const SealedTable& table, const char* direction) {
    std::vector<std::string> columns, order, filled;
    for (const SealedTable::KeyColumn& column : table.key) {
      columns.push_back(column.name);
      order.push_back(absl::StrCat(column.name, direction));
    }
    for (const std::string& column : table.columns) {
      columns.push_back(column);
      filled.push_back(absl::StrCat(column, " <> ''"));
    }
    for (const SealedTable::Index& index : table.indexes) columns.push_back(index.name);
    return absl::StrCat("SELECT ", absl::StrJoin(columns, ", "), " FROM ", table.name, " WHERE ",
                        absl::StrJoin(filled, " OR "), " ORDER BY ", absl::StrJoin(order, ", "), " LIMIT ?");
  }

  void Check(const SealedTable& table, const db::Row& row) {
    const SealedTable::Key key = table.KeyOf(row);
    std::map<std::string, std::string> opened;
    for (size_t i = 0; i < table.columns.size(); ++i) {
      const std::string& cell = row.Text(key.size() + i);
      const auto generation = crypto::DataCipher::GenerationOf(cell);
      if (!generation) continue;
      auto plain = cipher_.Open(cell, table.place(key, table.columns[i]));
      cells_[*generation].Count(plain.ok());
      if (plain.ok()) opened[table.columns[i]] = *std::move(plain);
    }
    for (size_t i = 0; i < table.indexes.size(); ++i) {
      const std::string& stored = row.Text(key.size() + table.columns.size() + i);
      const auto plain = opened.find(table.indexes[i].column);
      if (stored.empty() || plain == opened.end()) continue;
      indexes_.Count(stored == index_.Of(table.indexes[i].purpose, plain->second));
    }
  }

  const crypto::DataCipher& cipher_;
  const crypto::BlindIndex& index_;
  std::map<uint16_t, Tally> cells_;
  Tally indexes_;
};

}  // namespace

absl::Status CheckKeys(db::Pool& pool, const crypto::DataCipher& cipher, const crypto::BlindIndex& index,
                       const std::vector<SealedTable>& tables, absl::Time deadline) {
  return db::Read(pool, deadline, [&](db::Session& session) {
    KeyCheck check(cipher, index);
    for (const SealedTable& table : tables) {
      if (absl::Status looked = check.Look(session, table); !looked.ok()) return looked;
    }
    return check.Verdict();
  });
}

}  // namespace wenming::reseal
