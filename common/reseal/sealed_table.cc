#include "common/reseal/sealed_table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"

namespace wenming::reseal {
namespace {

constexpr char kLock[] = "SELECT generation, position FROM reseal_cursors WHERE table_name = ? FOR UPDATE";
constexpr char kBegin[] = "INSERT INTO reseal_cursors (table_name, generation, position) VALUES (?, 0, '')";
constexpr char kMove[] = "UPDATE reseal_cursors SET generation = ?, position = ? WHERE table_name = ?";

std::vector<std::string> Names(const SealedTable& table) {
  std::vector<std::string> names;
  for (const SealedTable::KeyColumn& column : table.key) names.push_back(column.name);
  return names;
}

// "17,1003,7769646765": numbers as they are, texts as hex.
std::string Encode(const SealedTable::Key& key) {
  std::vector<std::string> parts;
  for (const db::Value& value : key) {
    if (const auto* text = std::get_if<std::string>(&value.data())) {
      parts.push_back(absl::BytesToHexString(*text));
    } else {
      parts.push_back(absl::StrCat(std::get<uint64_t>(value.data())));
    }
  }
  return absl::StrJoin(parts, ",");
}

SealedTable::Key Decode(const SealedTable& table, const std::string& position) {
  const std::vector<std::string> parts = absl::StrSplit(position, ',');
  SealedTable::Key key;
  for (size_t i = 0; i < std::min(parts.size(), table.key.size()); ++i) {
    uint64_t number = 0;
    if (table.key[i].text) {
      key.emplace_back(absl::HexStringToBytes(parts[i]));
    } else if (absl::SimpleAtoi(parts[i], &number)) {
      key.emplace_back(number);
    }
  }
  return key;
}

// What comes behind a key in the order of its index: "(a > ?) OR (a = ? AND b > ?)", and the parameters.
std::string Behind(const SealedTable& table, const SealedTable::Key& key, std::vector<db::Value>& params) {
  std::vector<std::string> cases;
  for (size_t i = 0; i < key.size(); ++i) {
    std::vector<std::string> parts;
    for (size_t j = 0; j < i; ++j) parts.push_back(absl::StrCat(table.key[j].name, " = ?"));
    parts.push_back(absl::StrCat(table.key[i].name, " > ?"));
    cases.push_back(absl::StrCat("(", absl::StrJoin(parts, " AND "), ")"));
    params.insert(params.end(), key.begin(), key.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  return absl::StrJoin(cases, " OR ");
}

}  // namespace

SealedTable::Key SealedTable::KeyOf(const db::Row& row) const {
  Key values;
  for (size_t i = 0; i < key.size(); ++i) {
    if (key[i].text) {
      values.emplace_back(row.Text(i));
    } else {
      values.emplace_back(row.Id(i));
    }
  }
  return values;
}

absl::StatusOr<int64_t> TableResealer::CountLeft(absl::Time deadline) const {
  const std::string header = crypto::DataCipher::Header(cipher_.CurrentGeneration());
  std::vector<std::string> stale;
  for (const std::string& column : table_.columns) {
    stale.push_back(absl::StrCat("(", column, " <> '' AND LEFT(", column, ", 3) <> ?)"));
  }
  const std::string sql = absl::StrCat("SELECT COUNT(*) FROM ", table_.name, " WHERE ", absl::StrJoin(stale, " OR "));
  const std::vector<db::Value> params(table_.columns.size(), db::Value(header));
  const auto row = db::Read(pool_, deadline, [&](db::Session& session) { return session.QueryOne(sql, params); });
  if (!row.ok()) return row.status();
  return (*row)->Int(0);
}

absl::StatusOr<Step> TableResealer::Take(int rows, absl::Time deadline) const {
  return db::RunTransaction(pool_, {.deadline = deadline, .repeatable = true},
                            [&](db::Transaction& transaction) -> absl::StatusOr<Step> {
                              const uint16_t generation = cipher_.CurrentGeneration();
                              const auto position = LockPosition(transaction, generation);
                              if (!position.ok()) return position.status();
                              auto batch = Next(transaction, *position, rows);
                              if (!batch.ok()) return batch.status();
                              Step step;
                              for (db::Row& row : *batch) {
                                if (absl::Status done = Reseal(transaction, row, generation, step); !done.ok())
                                  return done;
                              }
                              step.finished = batch->size() < static_cast<size_t>(rows);
                              const std::string reached = step.finished ? "" : Encode(table_.KeyOf(batch->back()));
                              const auto moved = transaction.Execute(kMove, {generation, reached, table_.name});
                              if (!moved.ok()) return moved.status();
                              return step;
                            });
}

absl::StatusOr<std::string> TableResealer::LockPosition(db::Transaction& transaction, uint16_t generation) const {
  auto row = transaction.QueryOne(kLock, {table_.name});
  if (row.ok() && !row->has_value()) {
    const auto begun = transaction.Execute(kBegin, {table_.name});
    if (!begun.ok() && !db::IsDuplicateKey(begun.status())) return begun.status();
    row = transaction.QueryOne(kLock, {table_.name});
  }
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::Aborted(type::REASON_CONFLICT);
  // Where another generation was on its way, this one begins at the start.
  return (*row)->Int(0) == generation ? (*row)->TakeText(1) : std::string();
}

absl::StatusOr<db::Rows> TableResealer::Next(db::Transaction& transaction, const std::string& position,
                                             int rows) const {
  const std::string key = absl::StrJoin(Names(table_), ", ");
  std::string sql = absl::StrCat("SELECT ", key, ", ", absl::StrJoin(table_.columns, ", "), " FROM ", table_.name);
  std::vector<db::Value> params;
  if (!position.empty()) absl::StrAppend(&sql, " WHERE ", Behind(table_, Decode(table_, position), params));
  absl::StrAppend(&sql, " ORDER BY ", key, " LIMIT ?");
  params.emplace_back(rows);
  return transaction.Query(sql, params);
}

absl::Status TableResealer::Reseal(db::Transaction& transaction, db::Row& row, uint16_t generation, Step& step) const {
  const SealedTable::Key key = table_.KeyOf(row);
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    const std::string& column = table_.columns[i];
    const std::string& before = row.Text(table_.key.size() + i);
    if (before.empty() || crypto::DataCipher::GenerationOf(before) == generation) continue;
    const std::string place = table_.place(key, column);
    const auto plain = cipher_.Open(before, place);
    if (!plain.ok()) {
      ++step.unreadable;
      continue;
    }
    auto after = cipher_.Seal(*plain, place);
    if (!after.ok()) return after.status();
    // Only what is still as it was read: whoever has changed it has sealed it himself.
    const std::string sql = absl::StrCat("UPDATE ", table_.name, " SET ", column, " = ? WHERE ",
                                         absl::StrJoin(Names(table_), " = ? AND "), " = ? AND ", column, " = ?");
    std::vector<db::Value> params = {*std::move(after)};
    params.insert(params.end(), key.begin(), key.end());
    params.emplace_back(before);
    const auto updated = transaction.Execute(sql, params);
    if (!updated.ok()) return updated.status();
    step.resealed += static_cast<int>(*updated);
  }
  return absl::OkStatus();
}

}  // namespace wenming::reseal
