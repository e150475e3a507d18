// What the stores of units and of teams do alike: writing many rows, and telling of what has changed.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/errors.h"
#include "common/db/session.h"
#include "common/db/shapes.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "common/outbox/outbox.h"

namespace wenming::org {

// Inserts `records` by `insert` ("INSERT INTO t (…) VALUES "). `append` adds a record's values, as many as `columns`;
// `code_of` is its code. ALREADY_EXISTS, naming one of those written together, where a code is taken.
template <typename Record, typename Append, typename CodeOf>
absl::Status InsertRecords(db::Transaction& transaction, std::string_view insert, size_t columns,
                           std::span<const Record> records, Append append, CodeOf code_of) {
  const std::string row = db::PlaceholderRows(1, columns);
  while (!records.empty()) {
    const auto part = records.first(db::SingleInsert(records.size()));
    std::vector<db::Value> values;
    values.reserve(part.size() * columns);
    for (const Record& record : part) append(record, values);
    const absl::Status inserted = db::InsertRows(transaction, insert, row, columns, values);
    if (db::IsDuplicateKey(inserted, "by_code")) {
      return errors::AlreadyExists(type::REASON_ALREADY_EXISTS, {{"what", code_of(part.front())}});
    }
    if (!inserted.ok()) return inserted;
    records = records.subspan(part.size());
  }
  return absl::OkStatus();
}

// Appends what has changed to the event stream, 500 records of one center in each event. Answers what to tell one's own
// process after the commit.
template <typename Event, typename Record>
absl::StatusOr<std::vector<Event>> PublishRecords(db::Transaction& transaction, ids::Generator& ids,
                                                  std::span<const Record> records, absl::Time now) {
  constexpr size_t kEventSize = 500;
  std::vector<Event> events;
  while (!records.empty()) {
    Event event;
    const auto part = records.first(std::min(records.size(), kEventSize));
    for (const Record& record : part) *event.add_changes() = ToChange(record);
    const uint64_t center_id = part.front().center_id;
    const absl::Status appended =
        outbox::Append(transaction, ids, center_id, ids::ResourceName("units", center_id), event, now);
    if (!appended.ok()) return appended;
    events.push_back(std::move(event));
    records = records.subspan(part.size());
  }
  return events;
}

}  // namespace wenming::org
