// The hash chain of the ledger. Pure functions.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "volunteer_svc/hours/hour_entry.h"

namespace wenming::volunteer {

// The bytes that stand for an entry in its hash: "wenming-hours-1", then every column of `hour_entries` but the hash in
// the order of the table, each as its length in decimal, ":" and its text; numbers in decimal, times in microseconds
// since 1970 UTC. A later form gets another first word, so that old entries keep their hash.
std::string CanonicalBytes(const HourEntry& entry);

// The same from the texts of the columns, for who reads many: appended to `bytes`.
using ColumnTexts = std::array<std::string_view, 20>;
void AppendCanonicalBytes(const ColumnTexts& columns, std::string& bytes);

// SHA-256 of the hash of the entry before and of the canonical bytes: 32 bytes. `hash` of the entry is not looked at.
std::string ChainHash(std::string_view previous_hash, const HourEntry& entry);

}  // namespace wenming::volunteer
