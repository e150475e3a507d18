#include "tests/bench/ledger_county.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/hours/hours_rules.h"
#include "volunteer_svc/hours/ledger_store.h"
#include "volunteer_svc/schema.h"

namespace wenming::bench {
namespace {

using volunteer::HourAccount;
using volunteer::HourEntry;
using volunteer::LedgerStore;

constexpr int kThreads = 2;
constexpr int64_t kTogether = 20;  // volunteers written in one transaction
constexpr uint64_t kFirstVolunteer = 400'000'000'000'000, kFirstRegistration = 500'000'000'000'000;
constexpr int64_t kFirstSecond = 1'600'000'000;
constexpr const char* kTitles[] = {"清洁家园",     "理论宣讲进村", "义诊送药",
                                   "关爱老人理发", "交通劝导",     "图书整理与导读"};

void OrGiveUp(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s %s\n", status.ToString().c_str(), db::DriverText(status).c_str());
  std::exit(EXIT_FAILURE);
}

activity::v1::HoursSettled HoursOf(int64_t volunteer, int64_t before, uint64_t registration_id) {
  activity::v1::HoursSettled event;
  event.set_volunteer_id(County::Volunteer(volunteer));
  event.set_registration_id(registration_id);
  event.set_shift_id(600'000'000'000'000 + registration_id % 50'000);
  event.set_activity_id(700'000'000'000'000 + registration_id % 5'000);
  event.set_unit_id(1002 + registration_id % 300);
  event.set_activity_title(kTitles[registration_id % std::size(kTitles)]);
  event.set_content("按照活动安排完成志愿服务");
  event.set_place("大槐树镇新时代文明实践站");
  const absl::Time start = absl::FromUnixSeconds(kFirstSecond) + absl::Hours(24 * before + volunteer % 8);
  *event.mutable_start_time() = volunteer::ToTimestamp(start);
  *event.mutable_end_time() = volunteer::ToTimestamp(start + absl::Hours(2));
  event.set_minutes(120);
  event.set_grade(activity::v1::Attendance::GRADE_A);
  event.set_person_in_charge_id(2001 + registration_id % 300);
  event.set_recorder_id(2001);
  return event;
}

}  // namespace

County::County(int64_t entries)
    : volunteers_(std::max<int64_t>(kTogether, entries / kEntriesEach / kTogether * kTogether)),
      database_(volunteer::Migrations()) {
  AddVolunteers();
  std::atomic<int64_t> next = 0;
  std::vector<std::thread> threads;
  const int64_t tenth = std::max<int64_t>(kTogether, volunteers_ / 10 / kTogether * kTogether);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int64_t first; (first = next.fetch_add(kTogether)) < volunteers_;) {
        AddChains(first, first + kTogether);
        if ((first + kTogether) % tenth == 0) {
          std::fprintf(stderr, "%lld of %lld entries written\n",
                       static_cast<long long>((first + kTogether) * kEntriesEach),
                       static_cast<long long>(this->entries()));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  registrations_ = kFirstRegistration + static_cast<uint64_t>(this->entries());
}

uint64_t County::Volunteer(int64_t n) { return kFirstVolunteer + static_cast<uint64_t>(n); }

activity::v1::HoursSettled County::Hours(int64_t volunteer, int64_t before) {
  return HoursOf(volunteer, before, registrations_++);
}

void County::AddVolunteers() {
  // Who they are is nothing to the ledger.
  database_.Administer(absl::StrCat(
      "INSERT INTO ", database_.schema(),
      ".volunteers (center_id, id, unit_id, number, display_name_sealed, sex, birth_date_sealed, id_type,"
      " id_number_sealed, id_number_index, phone_sealed, phone_index, residence_sealed, skills, service_categories,"
      " state, version, create_time, update_time) SELECT ",
      kCountyCenter, ", ", kFirstVolunteer,
      " + seq, 1003, CONCAT('N', seq), '', 0, '', 0, '', NULL, '', NULL, '', '[]',"
      " '[]', 1, 1, 1, 1 FROM ",
      database_.schema(), ".seq_0_to_", volunteers_ - 1));
}

void County::AddChains(int64_t first, int64_t last) {
  std::vector<HourEntry> entries;
  std::vector<volunteer::CreditedTime> times;
  std::vector<volunteer::OwnedAccount> accounts;
  for (int64_t n = first; n < last; ++n) {
    HourAccount account;
    for (int64_t i = 0; i < kEntriesEach; ++i) {
      const auto event = HoursOf(n, i, kFirstRegistration + static_cast<uint64_t>(n * kEntriesEach + i));
      const absl::Time settled = volunteer::FromTimestamp(event.end_time()) + absl::Hours(24 * 8);
      HourEntry entry = *volunteer::EntryOf(kCountyCenter, event, settled);
      volunteer::Chain(entry, account);
      times.push_back({entry.volunteer_id, entry.start_time, entry.end_time, entry.sequence});
      entries.push_back(std::move(entry));
    }
    accounts.emplace_back(Volunteer(n), std::move(account));
  }
  OrGiveUp(db::RunTransaction(pool(), {}, [&](db::Transaction& transaction) {
    absl::Status status = LedgerStore::Insert(transaction, entries);
    if (status.ok()) status = LedgerStore::Credit(transaction, kCountyCenter, times);
    if (status.ok()) status = LedgerStore::Move(transaction, kCountyCenter, accounts);
    return status;
  }));
}

}  // namespace wenming::bench
