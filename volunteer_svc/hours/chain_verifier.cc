#include "volunteer_svc/hours/chain_verifier.h"

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

}  // namespace

absl::StatusOr<ChainReport> VerifyChain(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  const auto account = HoursStore::LockAccount(transaction, center_id, volunteer_id);
  if (!account.ok()) return account.status();
  if (!account->has_value()) return errors::NotFound(ids::ResourceName("volunteers", volunteer_id));
  HourAccount reached;
  ChainReport report;
  for (bool more = true; more;) {
    const auto entries = HoursStore::After(transaction, center_id, volunteer_id, reached.sequence, kPage);
    if (!entries.ok()) return entries.status();
    for (const HourEntry& entry : *entries) {
      const std::string what = FaultOf(entry, reached);
      if (!what.empty()) {
        report.fault = ChainFault{reached.sequence + 1, what};
        return report;
      }
      reached = {entry.sequence, entry.balance_minutes, entry.hash};
      ++report.entries;
    }
    more = entries->size() == kPage;
  }
  if (reached.sequence != (*account)->sequence)
    report.fault = ChainFault{reached.sequence + 1, "number of entries"};
  else if (reached.balance_minutes != (*account)->balance_minutes)
    report.fault = ChainFault{reached.sequence + 1, "account balance"};
  else if (reached.head_hash != (*account)->head_hash)
    report.fault = ChainFault{reached.sequence + 1, "account hash"};
  return report;
}

}  // namespace wenming::volunteer
