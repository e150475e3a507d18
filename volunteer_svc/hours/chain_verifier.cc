#include "volunteer_svc/hours/chain_verifier.h"

#include <limits>

#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/hours/hash_chain.h"
#include "volunteer_svc/hours/hours_store.h"

namespace wenming::volunteer {
namespace {

constexpr int kPage = 1000;

// Why the entry cannot follow on what came before; empty when it can.
const char* FaultOf(const HourEntry& entry, const HourAccount& before) {
  if (entry.sequence != before.sequence + 1) return "an entry is missing";
  if (entry.balance_minutes != before.balance_minutes + entry.minutes) return "balance";
  if (entry.hash != ChainHash(before.head_hash, entry)) return "hash";
  return "";
}

// What the account says otherwise than its entries; empty where they agree.
const char* FaultOf(const HourAccount& account, const HourAccount& reached) {
  if (account.sequence != reached.sequence) return "number of entries";
  if (account.balance_minutes != reached.balance_minutes) return "account balance";
  if (account.head_hash != reached.head_hash) return "account hash";
  return "";
}

}  // namespace

absl::StatusOr<ChainReport> VerifyChain(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  const auto account = HoursStore::LockAccount(transaction, center_id, volunteer_id);
  if (!account.ok()) return account.status();
  if (!account->has_value()) return errors::NotFound(ids::ResourceName("volunteers", volunteer_id));
  HourAccount reached;
  ChainReport report;
  const auto fault = [&](const char* what) {
    if (*what != '\0') report.fault = ChainFault{reached.sequence + 1, what};
    return report.fault.has_value();
  };
  // From below the first place on, so that a row put before the first entry is found too.
  int64_t after = std::numeric_limits<int64_t>::min();
  for (bool more = true; more;) {
    const auto entries = HoursStore::After(transaction, center_id, volunteer_id, after, kPage);
    if (!entries.ok()) return entries.status();
    for (const HourEntry& entry : *entries) {
      if (fault(FaultOf(entry, reached))) return report;
      reached = {entry.sequence, entry.balance_minutes, entry.hash};
      after = entry.sequence;
      ++report.entries;
    }
    more = entries->size() == kPage;
  }
  fault(FaultOf(**account, reached));
  return report;
}

}  // namespace wenming::volunteer
