// An export is whole: every table of the schema is either in it, row for row, or named here with the reason why not.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using Page = v1::ExportMyRegistrationsResponse;

// Rows of one person in every table, "%ID%" being the person and "%N%" what begins the ids and marks the texts.
constexpr const char* kRows[] = {
    "volunteers SELECT 4096, %ID%, '%N%-number', '王*', 1, 1, '2030-05-01', '%N%-skill', '77', 2, 900, 0",
    "registrations SELECT 4096, %N%01, 5, 6, %ID%, 1, 1, 0, NULL, 100, 200, '%N%-cancelled', 1, 1",
    "registrations SELECT 4096, %N%06, 7, 6, %ID%, 5, NULL, 0, NULL, 300, 400, '', 1, 1",
    "registration_moves SELECT 4096, %N%01, 1, 2, 3, 'system', '%N%-offered', 5",
    "registration_moves SELECT 4096, %N%01, 2, 3, 1, 'staff/x', '%N%-accepted', 6",
    "attendances SELECT 4096, %N%01, 5, %ID%, 1, 1, 1, 3, 2, 1, 4, UNHEX(SHA2('%N%in', 256)),"
    " UNHEX(SHA2('%N%out', 256)), 60, 0, 1, '%N%-presence', 1, 1, 8, 9, 0, 0",
    "attendance_corrections SELECT 4096, %N%01, 1, 1, 1, 1, 2, 1, 30, 2, 'staff/x', '%N%-corrected', 1",
    "station_records SELECT 4096, 5, '%N%-record', %N%01, %ID%, 8, 1, 1, 6, 7, UNHEX(SHA2('%N%station', 256)), 8,"
    " UNHEX(SHA2('%N%', 256)), '%N%-uploader', 1",
    "hour_entries SELECT 4096, %N%01, 0, %ID%, 100, 200, 60, 1, 9, '%N%-credited', 1",
    "hour_entries SELECT 4096, %N%02, 0, %ID%, 500, 600, 60, 4, 9, '%N%-supplemented', 1",
    "appeals SELECT 4096, %N%01, 5, 1, %ID%, 2, 3, 100, 200, 900, NULL, 1, 1",
    "appeal_moves SELECT 4096, %N%01, 1, 0, 1, 0, 'volunteers/x', '%N%-appealed', 1",
    "appeal_moves SELECT 4096, %N%01, 2, 1, 2, 3, 'staff/x', '%N%-decided', 2",
    "supplements SELECT 4096, %N%02, 7, 6, %ID%, 500, 600, 60, '%N%-why', '%N%-evidence', '%N%-reference', 5, 1,"
    " '%N%-asker', '%N%-decider', '%N%-decision', NULL, 1, 1",
    "supplement_moves SELECT 4096, %N%02, 1, 'staff/x', '%N%-moved', 1",
    "handovers SELECT 4096, %N%03, %N%01, 5, %ID%, 88, 0, 3, NULL, NULL, 50, 1, 1",
    "handovers SELECT 4096, %N%04, 99, 5, 88, %ID%, 7, 4, NULL, NULL, 50, 1, 1",
    "notices SELECT 4096, %ID%, %N%07, 3, 1, %N%01, 6, 60, 3, '%N%-noticed', 1, NULL, 1, NULL, NULL",
    "calendar_feeds SELECT 4096, %N%05, %ID%, '%N%-feed', UNHEX(SHA2('%N%feed', 256)), 1, 2",
};

// What an export has of a table: a sum over its registrations or its supplements, or a list of its own.
int OfRegistrations(const Page& page, const std::function<int(const v1::RegistrationExport&)>& count) {
  int sum = 0;
  for (const v1::RegistrationExport& registration : page.registrations()) sum += count(registration);
  return sum;
}
int OfSupplements(const Page& page, const std::function<int(const v1::SupplementExport&)>& count) {
  int sum = 0;
  for (const v1::SupplementExport& supplement : page.supplements()) sum += count(supplement);
  return sum;
}

using R = const v1::RegistrationExport&;
using S = const v1::SupplementExport&;
struct Exported {
  std::string own;  // of the person 1: the condition of a query
  std::function<int(const Page&)> count;
};
const std::string kOwnRegistrations = "registration_id IN (SELECT id FROM registrations WHERE volunteer_id = 1)";
const std::map<std::string, Exported>& ExportedTables() {
  static const auto& tables = *new std::map<std::string, Exported>{
      {"volunteers", {"id = 1", [](const Page& p) { return p.has_person() ? 1 : 0; }}},
      {"registrations", {"volunteer_id = 1", [](const Page& p) { return p.registrations_size(); }}},
      {"registration_moves",
       {kOwnRegistrations,
        [](const Page& p) { return OfRegistrations(p, [](R r) { return r.registration().moves_size(); }); }}},
      {"attendances",
       {"volunteer_id = 1", [](const Page& p) { return OfRegistrations(p, [](R r) { return r.has_attendance(); }); }}},
      {"attendance_corrections",
       {kOwnRegistrations, [](const Page& p) { return OfRegistrations(p, [](R r) { return r.corrections_size(); }); }}},
      {"station_records",
       {"volunteer_id = 1",
        [](const Page& p) { return OfRegistrations(p, [](R r) { return r.station_records_size(); }); }}},
      {"hour_entries",
       {"volunteer_id = 1",
        [](const Page& p) {
          return OfRegistrations(p, [](R r) { return r.hour_entries_size(); }) +
                 OfSupplements(p, [](S s) { return s.hour_entries_size(); });
        }}},
      {"appeals",
       {"volunteer_id = 1", [](const Page& p) { return OfRegistrations(p, [](R r) { return r.has_appeal(); }); }}},
      {"appeal_moves",
       {kOwnRegistrations,
        [](const Page& p) { return OfRegistrations(p, [](R r) { return r.appeal().moves_size(); }); }}},
      {"supplements", {"volunteer_id = 1", [](const Page& p) { return p.supplements_size(); }}},
      {"supplement_moves",
       {"supplement_id IN (SELECT id FROM supplements WHERE volunteer_id = 1)",
        [](const Page& p) { return OfSupplements(p, [](S s) { return s.moves_size(); }); }}},
      {"handovers", {"giver_id = 1 OR taker_id = 1", [](const Page& p) { return p.handovers_size(); }}},
      {"calendar_feeds", {"volunteer_id = 1", [](const Page& p) { return p.calendar_feeds_size(); }}},
      {"notices", {"volunteer_id = 1", [](const Page& p) { return p.notices_size(); }}},
  };
  return tables;
}

const std::map<std::string, std::string>& LeftOutTables() {
  static const auto& tables = *new std::map<std::string, std::string>{
      {"activities", "what is done, not who comes"},
      {"activity_moves", "made by staff"},
      {"shifts", "what is done, not who comes"},
      {"themes", "words of the center"},
      {"policies", "the center's decisions"},
      {"calendar_years", "the State Council's notices"},
      {"calendar_days", "the State Council's notices"},
      {"station_packs", "issued by staff for a whole shift; what was recorded with them is exported"},
      {"settlement_steps", "steps of a whole shift, made by staff"},
      {"rating_batches", "invitations for an activity; nobody's name is on them"},
      {"ratings", "of an activity, by people who are not known"},
      {"requests",
       "answers kept seven days for repeated requests, under a hash; what they say is in the rows they made"},
      {"outbox", "the same facts on their way to the other services"},
      {"events", "the same facts on their way to the other services"},
      {"event_heads", "how far the events are"},
      {"event_cursors", "how far the events are"},
      {"parked_events", "what volunteer_svc told and could not be read; it exports its own"},
      {"sessions", "log-ins are kept by the services that give them; none is kept here"},
      {"session_tokens", "log-ins are kept by the services that give them; none is kept here"},
      {"audit_pending", "a log of acts that nobody but auditors reads; what the acts changed is exported"},
      {"audit_records", "a log of acts that nobody but auditors reads; what the acts changed is exported"},
      {"audit_heads", "the log's seals"},
      {"reseal_cursors", "how far re-encryption is"},
      {"schema_migrations", "the schema's own"},
  };
  return tables;
}

class WholeExportTest : public ActivityTest {
 protected:
  WholeExportTest() {
    database_.Administer("USE " + database_.schema());
    // Of a stranger, too, older and newer.
    for (const auto& [person, mark] : {std::pair("2", "600"), std::pair("1", "700"), std::pair("3", "800")}) {
      for (const char* row : kRows) {
        database_.Administer("INSERT INTO " + absl::StrReplaceAll(row, {{"%ID%", person}, {"%N%", mark}}));
      }
    }
  }

  Page Export(int size, const std::string& token = "") {
    v1::ExportMyRegistrationsRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    const auto page = registrations_.ExportMyRegistrations(Person(1, now_), request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? *page : Page();
  }

  std::set<std::string> Texts(const std::string& sql) {
    const auto rows = db::Read(database_.pool(), absl::InfiniteFuture(), [&](db::Session& s) { return s.Query(sql); });
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::set<std::string> texts;
    for (const db::Row& row : *rows) texts.insert(row.Text(0));
    return texts;
  }
};

TEST_F(WholeExportTest, EveryTableIsInItRowForRowOrNamedWithAReason) {
  const Page page = Export(0);
  EXPECT_TRUE(page.next_page_token().empty());
  const auto tables = Texts("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()");
  EXPECT_GE(tables.size(), 30u);
  for (const std::string& table : tables) {
    SCOPED_TRACE(table);
    const auto exported = ExportedTables().find(table);
    if (exported == ExportedTables().end()) {
      EXPECT_TRUE(LeftOutTables().contains(table)) << "is it a person's? then export it; else say why not";
      continue;
    }
    EXPECT_FALSE(LeftOutTables().contains(table));
    const int64_t own = Number("SELECT COUNT(*) FROM " + table + " WHERE " + exported->second.own);
    EXPECT_GT(own, 0);
    EXPECT_EQ(exported->second.count(page), own);
  }
  for (const auto& [table, exported] : ExportedTables()) EXPECT_TRUE(tables.contains(table)) << table;
  for (const auto& [table, reason] : LeftOutTables()) EXPECT_TRUE(tables.contains(table)) << table;
  // Whoever names a person in a column of his own table has it exported.
  for (const std::string& table : Texts("SELECT DISTINCT table_name FROM information_schema.columns WHERE"
                                        " table_schema = DATABASE() AND column_name IN"
                                        " ('volunteer_id', 'giver_id', 'taker_id', 'volunteer_number')")) {
    EXPECT_TRUE(ExportedTables().contains(table)) << table;
  }
}

TEST_F(WholeExportTest, EveryWordAboutThePersonIsInItAndNoneAboutOthers) {
  const std::string all = Export(0).DebugString();
  for (const char* text :
       {"number",   "skill",    "cancelled",    "offered",  "accepted", "presence", "corrected", "record",
        "uploader", "credited", "supplemented", "appealed", "decided",  "why",      "evidence",  "reference",
        "asker",    "decider",  "decision",     "moved",    "feed",     "noticed"}) {
    EXPECT_NE(all.find(absl::StrCat("700-", text)), std::string::npos) << text;
  }
  EXPECT_EQ(all.find("600-"), std::string::npos);
  EXPECT_EQ(all.find("800-"), std::string::npos);
  const v1::PersonExport person = Export(0).person();
  EXPECT_EQ(person.absence_count(), 2);
  EXPECT_TRUE(person.has_locked_until_time());
  EXPECT_EQ(person.adult_from_date().year(), 2030);
  ASSERT_EQ(person.teams_size(), 1);
  EXPECT_EQ(person.teams(0), ids::ResourceName("teams", 77));
}

TEST_F(WholeExportTest, WhateverTheSizeOfItsPagesTheyHoldTheSame) {
  const Page whole = Export(0);
  for (int size = 1; size <= 7; ++size) {
    SCOPED_TRACE(size);
    Page together;
    std::string token;
    int pages = 0;
    do {
      Page page = Export(size, token);
      EXPECT_LE(page.registrations_size() + page.supplements_size() + page.handovers_size() +
                    page.calendar_feeds_size() + page.notices_size(),
                size);
      EXPECT_EQ(page.has_person(), pages == 0);
      token = page.next_page_token();
      page.clear_next_page_token();
      together.MergeFrom(page);
      ++pages;
    } while (!token.empty() && pages < 10);
    EXPECT_EQ(pages, (7 + size - 1) / size);
    EXPECT_EQ(together.DebugString(), whole.DebugString());
  }
}

}  // namespace
}  // namespace wenming::activity
