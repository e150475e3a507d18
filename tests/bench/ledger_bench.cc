// How fast the hour ledger takes hours from events, shows a volunteer his statement and is verified, at a given length.
// Prints one JSON line; `./wenming bench ledger` runs it on a database of its own.
//
//   ledger_bench [--entries N] [--rounds N]    10,000,000 entries unless given, 5 rounds of statements
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "common/crypto/data_cipher.h"
#include "common/outbox/consumer.h"
#include "prometheus/registry.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/ledger_county.h"
#include "tests/common/auth/key_folder.h"
#include "tests/support/test_call.h"
#include "volunteer_svc/hours/hours_consumer.h"
#include "volunteer_svc/hours/hours_service.h"
#include "volunteer_svc/hours/ledger_verifier.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::bench {
namespace {

constexpr int64_t kShort = 10'000;
constexpr int kStatements = 4000;                       // of each length, in a round
constexpr int kApplyRounds = 3, kMostEvents = 200'000;  // in a round
constexpr int kBatch = 512;
constexpr uint64_t kParts = 2;

[[noreturn]] void GiveUp(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(EXIT_FAILURE);
}

template <typename Function>
double Seconds(Function function) {
  const auto begin = std::chrono::steady_clock::now();
  function();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// What a volunteer sees who opens his statement: the account and the first page of its entries.
class Statements {
 public:
  explicit Statements(County& county)
      : county_(county),
        trail_(county.pool(), ids_, "a key of sixteen bytes or more"),
        service_({.db = county.pool(),
                  .ids = ids_,
                  .pager = pager_,
                  .directory = directory_.get(),
                  .cipher = cipher_,
                  .blind_index = index_,
                  .random = crypto::RandomBytes,
                  .trail = trail_}) {
    directory_.AddCenter(kCountyCenter);
  }

  // The 99th percentile of statements of people drawn at random, in milliseconds.
  double P99(std::mt19937_64& random) {
    std::vector<double> times;
    for (int i = 0; i < kStatements; ++i) {
      const uint64_t id =
          County::Volunteer(static_cast<int64_t>(random() % static_cast<uint64_t>(county_.volunteers())));
      times.push_back(1000 * Seconds([&] { Show(id); }));
    }
    return Quantile(std::move(times), 0.99);
  }

 private:
  void Show(uint64_t id) {
    const rpc::Call call = test::VolunteerCall(directory_.get(), id, kCountyCenter);
    volunteer::v1::GetHourAccountRequest account;
    account.set_name(ids::ResourceName("volunteers", id) + "/hourAccount");
    volunteer::v1::ListHourEntriesRequest list;
    list.set_parent(ids::ResourceName("volunteers", id));
    const auto shown = service_.GetHourAccount(call, account);
    const auto entries = service_.ListHourEntries(call, list);
    if (!shown.ok() || shown->entry_count() < kEntriesEach) GiveUp("an account is missing");
    if (!entries.ok() || entries->hour_entries_size() != 50) GiveUp("a statement is short");
  }

  County& county_;
  const auth::KeyFolder keys_;
  test::TestDirectory directory_;
  ids::Generator ids_{[] { return absl::Now(); }, 1};
  const paging::Pager pager_{"a key of sixteen bytes"};
  const crypto::DataCipher cipher_{*crypto::DataCipher::Load(keys_.path())};
  const crypto::BlindIndex index_{"another key of sixteen bytes"};
  const audit::Trail trail_;
  volunteer::HoursService service_;
};

// A stream of settled hours as it comes over the wire: in pieces of bytes, to be parsed.
class Wire : public outbox::Source {
 public:
  // Hours of people drawn at random, each following on the person's others; `before` counts those.
  Wire(County& county, std::vector<int64_t>& before, int64_t first_cursor, int events, std::mt19937_64& random)
      : first_(first_cursor) {
    events::v1::SubscribeResponse piece;
    for (int i = 0; i < events; ++i) {
      const auto n = static_cast<size_t>(random() % before.size());
      const activity::v1::HoursSettled hours = county.Hours(static_cast<int64_t>(n), before[n]++);
      events::v1::Event& event = *piece.add_events();
      event.set_cursor(first_cursor + i);
      event.set_center_id(kCountyCenter);
      event.set_key(ids::ResourceName("volunteers", hours.volunteer_id()));
      event.mutable_payload()->PackFrom(hours);
      event.mutable_record_time()->set_seconds(1'790'000'000);
      if (piece.events_size() == kBatch || i + 1 == events) {
        pieces_.push_back(piece.SerializeAsString());
        piece.Clear();
      }
    }
  }

  absl::StatusOr<std::vector<events::v1::Event>> Next(int64_t after) override {
    const auto piece = static_cast<size_t>(std::max<int64_t>(0, after + 1 - first_) / kBatch);
    if (piece >= pieces_.size()) {
      cancelled_.WaitForNotificationWithTimeout(absl::Milliseconds(100));
      return std::vector<events::v1::Event>();
    }
    events::v1::SubscribeResponse response;
    if (!response.ParseFromString(pieces_[piece])) return absl::DataLossError("a piece of the stream");
    return std::vector<events::v1::Event>(std::make_move_iterator(response.mutable_events()->begin()),
                                          std::make_move_iterator(response.mutable_events()->end()));
  }
  void Cancel() override {
    if (!cancelled_.HasBeenNotified()) cancelled_.Notify();
  }

 private:
  const int64_t first_;
  std::vector<std::string> pieces_;
  absl::Notification cancelled_;
};

// A consumer of one part of the stream, as in volunteer_svc.
struct Part {
  Part(db::Pool& pool, outbox::Source& source, prometheus::Registry& registry, uint64_t index)
      : hours([] { return absl::Now(); }, registry, nullptr, {index, kParts}),
        consumer(
            pool, source,
            [this](db::Transaction& transaction, std::span<const events::v1::Event> batch) {
              return hours.Apply(transaction, batch);
            },
            {.name = "bench" + std::to_string(index), .batch = kBatch}, &hours) {}
  volunteer::HoursConsumer hours;
  outbox::Consumer consumer;
};

// Entries a second that the parts apply together, the median of some rounds.
double ApplyRate(County& county, int events, std::mt19937_64& random) {
  std::vector<int64_t> before(static_cast<size_t>(county.volunteers()), kEntriesEach);
  std::vector<double> rates;
  for (int round = 0; round < kApplyRounds; ++round) {
    prometheus::Registry registry;
    Wire wire(county, before, 1 + static_cast<int64_t>(round) * events, events, random);
    const int64_t last = static_cast<int64_t>(round + 1) * events;
    const double seconds = Seconds([&] {
      std::vector<std::unique_ptr<Part>> parts;
      for (uint64_t i = 0; i < kParts; ++i) parts.push_back(std::make_unique<Part>(county.pool(), wire, registry, i));
      for (const auto& part : parts) {
        if (!part->consumer.WaitFor(last, absl::Minutes(20))) GiveUp("the stream was not applied in time");
      }
    });
    rates.push_back(events / seconds);
    std::fprintf(stderr, "%d events applied, %.0f a second\n", events, rates.back());
  }
  return Median(rates);
}

double VerifyRate(County& county, int64_t entries) {
  absl::StatusOr<volunteer::LedgerReport> report;
  const double seconds = Seconds([&] { report = volunteer::VerifyLedger(county.pool()); });
  if (!report.ok()) GiveUp("the ledger cannot be read: " + report.status().ToString());
  if (report->fault) GiveUp("the ledger is not in order: " + report->fault->chain.what);
  if (report->entries != entries) GiveUp("entries are missing");
  std::fprintf(stderr, "%lld entries verified in %.1f s\n", static_cast<long long>(entries), seconds);
  return static_cast<double>(entries) / seconds;
}

void Run(int64_t entries, int rounds) {
  std::mt19937_64 random(20260501);
  County small(kShort), county(entries);
  // In turns, so that whatever else the machine does falls on both.
  std::vector<double> at_short, at_length;
  {
    Statements few(small), many(county);
    few.P99(random), many.P99(random);  // connections and statements are prepared
    for (int round = 0; round < rounds; ++round) {
      at_short.push_back(few.P99(random));
      at_length.push_back(many.P99(random));
      std::fprintf(stderr, "statement p99: %.2f ms at %lld entries, %.2f ms at %lld\n", at_short.back(),
                   static_cast<long long>(small.entries()), at_length.back(), static_cast<long long>(county.entries()));
    }
  }
  const int events = static_cast<int>(std::min<int64_t>(kMostEvents, county.entries()));
  const double applied = ApplyRate(county, events, random);
  const double verified = VerifyRate(county, county.entries() + static_cast<int64_t>(kApplyRounds) * events);
  std::printf(
      "{\"entries\":%lld,\"apply_per_s\":%.0f,\"statement_p99_ms\":%.2f,\"statement_p99_ms_at_10k\":%.2f,"
      "\"verify_per_s\":%.0f}\n",
      static_cast<long long>(county.entries()), applied, Median(at_length), Median(at_short), verified);
}

}  // namespace
}  // namespace wenming::bench

int main(int argc, char** argv) {
  int64_t entries = 10'000'000;
  int rounds = 5;
  bool understood = argc % 2 == 1;
  for (int i = 1; understood && i < argc; i += 2) {
    if (std::strcmp(argv[i], "--entries") == 0) {
      entries = std::atoll(argv[i + 1]);
    } else if (std::strcmp(argv[i], "--rounds") == 0) {
      rounds = std::atoi(argv[i + 1]);
    } else {
      understood = false;
    }
  }
  if (!understood || entries < 10'000 || rounds < 1) {
    std::fprintf(stderr, "usage: ledger_bench [--entries N] [--rounds N]    at least 10000 entries\n");
    return 2;
  }
  wenming::bench::Run(entries, rounds);
}
