// What the audit log costs a writer, how fast its records are chained, and how fast the chain is verified. Prints one
// JSON line; `./wenming bench audit` runs it on a database of its own.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "common/audit/chain.h"
#include "common/audit/trail.h"
#include "common/audit/verify.h"
#include "common/db/schema.h"
#include "common/db/transaction.h"
#include "common/ids/ids.h"
#include "tests/support/test_database.h"
#include "wenming/org/v1/units.pb.h"

namespace wenming {
namespace {

constexpr int kRounds = 9, kWrites = 400, kBatch = 500;
constexpr char kWrite[] =
    "INSERT INTO requests (center_id, request_key, fingerprint, answer, request_time) VALUES (1, ?, ?, '', ?)";

template <typename Function>
double Seconds(Function function) {
  const auto begin = std::chrono::steady_clock::now();
  function();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void Run() {
  test::TestDatabase database(common::Migrations());
  ids::Generator ids([] { return absl::Now(); }, 7);
  const audit::ChainKey key{"org_svc", "a key of sixteen bytes or more"};
  const audit::Trail trail(database.pool(), ids, key.key);
  rpc::Call call;
  call.caller = {.kind = auth::CallerKind::kStaff, .id = 5, .center_id = 1, .subject = "staff/0000000000005"};
  call.method = "/wenming.org.v1.UnitsService/UpdateUnit";
  call.arrival = absl::Now();
  call.deadline = absl::InfiniteFuture();
  org::v1::UpdateUnitRequest request;
  request.mutable_unit()->set_name("units/0000000000009");

  const auto write = [&](db::Transaction& transaction) {
    std::string unique = std::to_string(ids.Next());
    unique.resize(32, '.');
    return transaction.Execute(kWrite, {unique, unique, absl::Now()}).status();
  };
  int good = 0;
  std::vector<double> bare, audited;
  for (int round = 0; round < kRounds; ++round) {
    bare.push_back(Seconds([&] {
      for (int i = 0; i < kWrites; ++i) good += db::RunTransaction(database.pool(), {}, write).ok();
    }));
    audited.push_back(Seconds([&] {
      for (int i = 0; i < kWrites; ++i) good += trail.Run(call, request, false, write).ok();
    }));
  }
  int chained = 0;
  const double chaining = Seconds([&] {
    while (const int moved = audit::ChainOnce(database.pool(), key, kBatch, absl::InfiniteFuture()).value_or(0)) {
      chained += moved;
    }
  });
  int64_t verified = 0;
  const double verifying = Seconds([&] {
    verified = db::Read(database.pool(), absl::InfiniteFuture(), [&](db::Session& session) {
                 return audit::Verify(session, key, {});
               })->records;
  });
  if (good != 2 * kRounds * kWrites || verified != kRounds * kWrites) std::exit(1);
  const double before = Median(bare) / kWrites * 1e6, after = Median(audited) / kWrites * 1e6;
  std::printf(
      "{\"writes\":%d,\"bare_us\":%.0f,\"audited_us\":%.0f,\"ratio\":%.2f,\"chained_per_s\":%.0f,\"verified_per_s\":%."
      "0f}\n",
      good, before, after, after / before, chained / chaining, static_cast<double>(verified) / verifying);
}

}  // namespace
}  // namespace wenming

int main() { wenming::Run(); }
