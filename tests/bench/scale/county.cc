#include "tests/bench/scale/county.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "activity_svc/schema.h"
#include "common/db/transaction.h"
#include "tests/bench/must.h"

namespace wenming::bench {
namespace {

constexpr int64_t kInShift = 20;
constexpr int64_t kPiece = 100'000;  // rows of one statement
constexpr int kThreads = 2;
constexpr absl::Duration kSpan = absl::Hours(24 * 900);
constexpr uint64_t kFirstVolunteer = 400'000'000'000'000, kFirstShift = 600'000'000'000'000;

constexpr char kVolunteers[] =
    "$center, $volunteer + seq, CONCAT('HT', 10000000 + seq), '王*明', 2000 + seq % 300, 1, NULL, '', '', 0, NULL, 0";
constexpr char kActivities[] =
    "$center, 700000000000000 + seq, 2000 + seq % 300, 0, CONCAT('清洁家园 第', seq, '期'),"
    " '打扫村口和河边,请带手套,集合后统一出发', 1 + seq % 5, 'thought,customs', '大槐树镇新时代文明实践站',"
    " 36.25, 111.67, 0, 0, '', 9001, IF(seq * 5 < $coming, 9, 4), 1, '', 3, $now, $now";
constexpr char kShifts[] =
    "$center, $shift + seq, 700000000000000 + seq DIV 5, '引导', $start, $start + 7200000000,"
    " 2000, 10, 0, 20, 0, 0, seq >= $coming, IF(seq < $coming, 5, 1),"
    " IF(seq < $coming, NULL, $start + 93600000000), NULL, $now, $now, NULL, '', ''";
// A prime as stride: everybody comes once before anybody comes again, in an order that is none.
constexpr char kRegistrations[] =
    "$center, 500000000000000 + seq, $shift + seq DIV 20, 700000000000000 + seq DIV 100,"
    " $volunteer + seq * 1000003 % $volunteers, IF(seq DIV 20 < $coming, 7, 1), 1, 0, NULL,"
    " $start20, $start20 + 7200000000, '', $start20 - 1,"
    " $start20 - 1";
constexpr char kAttendances[] =
    "$center, 500000000000000 + seq, $shift + seq DIV 20, $volunteer + seq * 1000003 % $volunteers, 4,"
    " $start20, 1, 20, $start20 + 7200000000, 1, 20, NULL, NULL, 120, 0, 1, '',"
    " $now, $now, 0, 0, 0, 0";

}  // namespace

RegistrationCounty::RegistrationCounty(int64_t registrations)
    : volunteers_(std::max<int64_t>(1, registrations / kRegistrationsEach / 10) * 10),
      shifts_(volunteers_ * kRegistrationsEach / kInShift),
      now_(absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()))),
      database_(activity::Migrations()) {
  Fill("volunteers", kVolunteers, volunteers_);
  Fill("activities", kActivities, shifts_ / 5);
  Fill("shifts", kShifts, shifts_);
  Fill("registrations", kRegistrations, this->registrations());
  Fill("attendances", kAttendances, volunteers_ * kPastEach);
  const auto analyse = [](db::Session& session) {
    return session.Query("ANALYZE TABLE volunteers, activities, shifts, registrations, attendances").status();
  };
  Must(db::Read(pool(), absl::InfiniteFuture(), analyse), "analysing the tables");
}

absl::Time RegistrationCounty::StartOf(int64_t shift) const {
  return now_ + static_cast<double>(shift - first_coming()) / static_cast<double>(shifts_) * kSpan;
}

uint64_t RegistrationCounty::Volunteer(int64_t n) { return kFirstVolunteer + static_cast<uint64_t>(n); }

uint64_t RegistrationCounty::Shift(int64_t n) { return kFirstShift + static_cast<uint64_t>(n); }

void RegistrationCounty::Fill(const char* table, const char* columns, int64_t count) {
  const int64_t step = absl::ToInt64Microseconds(kSpan) / shifts_;
  // The last past shift has just ended when the first coming one is about to begin.
  const int64_t begin = absl::ToUnixMicros(now_) + 1 - first_coming() * step;
  const auto start = [&](const char* shift) {
    return absl::StrFormat("(%d - IF(%s < %d, 7200000000, 0) + %s * %d)", begin, shift, first_coming(), shift, step);
  };
  const std::string select = absl::StrReplaceAll(columns, {{"$center", absl::StrCat(kScaleCenter)},
                                                           {"$volunteers", absl::StrCat(volunteers_)},
                                                           {"$volunteer", absl::StrCat(kFirstVolunteer)},
                                                           {"$shift", absl::StrCat(kFirstShift)},
                                                           {"$coming", absl::StrCat(first_coming())},
                                                           {"$start20", start("seq DIV 20")},
                                                           {"$start", start("seq")},
                                                           {"$now", absl::StrCat(absl::ToUnixMicros(now_))}});
  std::atomic<int64_t> next = 0, written = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int64_t first; (first = next.fetch_add(kPiece)) < count;) {
        const int64_t end = std::min(first + kPiece, count);
        const std::string sql =
            absl::StrCat("INSERT INTO ", table, " SELECT ", select, " FROM seq_", first, "_to_", end - 1);
        Must(db::Read(pool(), absl::InfiniteFuture(), [&](db::Session& session) { return session.Execute(sql); }),
             table);
        const int64_t now = written += end - first, before = now - (end - first);
        if (10 * now / count == 10 * before / count) continue;  // a line each tenth
        std::fprintf(stderr, "%s: %lld of %lld\n", table, static_cast<long long>(now), static_cast<long long>(count));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace wenming::bench
