// The tree under many hands: whatever they do at once, every active unit but the center stands below an active unit
// exactly one level up, and what memory says is what the database says.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "org_svc/units/units_store.h"
#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

class UnitsConcurrencyTest : public OrgTest {
 protected:
  UnitsConcurrencyTest() {
    std::string csv = "code,level,parent_code,name,division_code,opened_date\nC,CENTER,,中心,,\n";
    for (int i = 0; i < 4; ++i) absl::StrAppend(&csv, "I", i, ",INSTITUTE,C,所,,\n");
    for (int i = 0; i < 8; ++i) absl::StrAppend(&csv, "S", i, ",STATION,I", i % 4, ",站,,\n");
    EXPECT_EQ(ImportUnits(admin_, csv)->created(), 13);
    center_ = UnitId("C");
    center_admin_ = AddStaff("center_admin", center_);
    csv_ = csv;
  }

  // One random act; a refusal is as good as a deed, anything else is a fault.
  void Act(std::mt19937& random, const std::vector<uint64_t>& units, int hand, int turn) {
    const auto any = [&] { return ids::ResourceName("units", units[random() % units.size()]); };
    absl::Status status;
    switch (random() % 5) {
      case 0: {
        v1::CreateUnitRequest request;
        request.mutable_unit()->set_code(absl::StrCat("N", hand, "-", turn));
        request.mutable_unit()->set_display_name("新");
        request.mutable_unit()->set_level(static_cast<v1::Unit::Level>(2 + random() % 3));
        request.mutable_unit()->set_parent(any());
        status = Do(units_, &UnitsService::CreateUnit, By(center_admin_), request).status();
        break;
      }
      case 1: {
        v1::DeleteUnitRequest request;
        request.set_name(any());
        // With the center, whoever acts here would lose his role.
        if (request.name() == ids::ResourceName("units", center_)) break;
        status = Do(units_, &UnitsService::DeleteUnit, By(center_admin_), request).status();
        break;
      }
      case 2: {
        v1::UpdateUnitRequest request;
        request.mutable_unit()->set_name(any());
        request.mutable_unit()->set_display_name(absl::StrCat("第", turn, "次"));
        status = Do(units_, &UnitsService::UpdateUnit, By(center_admin_), request).status();
        break;
      }
      default: {
        v1::MoveUnitRequest request;
        request.set_name(any());
        request.set_new_parent(any());
        status = Do(units_, &UnitsService::MoveUnit, By(center_admin_), request).status();
      }
    }
    EXPECT_TRUE(status.ok() || absl::IsFailedPrecondition(status)) << status;
  }

  std::string csv_;
  uint64_t center_ = 0;
  uint64_t center_admin_ = 0;
};

TEST_F(UnitsConcurrencyTest, TheTreeStaysATree) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  const auto read = [this] {
    return db::Read(pool_, absl::InfiniteFuture(), [this](db::Session& s) { return ReadAllUnits(s, center_); });
  };
  std::vector<uint64_t> units;
  const auto before = read();
  for (const UnitRecord& record : *before) {
    if (record.id != center_) units.push_back(record.id);
  }
  units.push_back(center_);
  std::vector<std::thread> hands;
  for (int hand = 0; hand < 6; ++hand) {
    hands.emplace_back([&, hand] {
      std::mt19937 random(seed + static_cast<unsigned>(hand));
      for (int turn = 0; turn < 120; ++turn) Act(random, units, hand, turn);
    });
  }
  for (std::thread& hand : hands) hand.join();

  const auto after = read();
  ASSERT_TRUE(after.ok());
  std::map<uint64_t, const UnitRecord*> by_id;
  for (const UnitRecord& record : *after) by_id.emplace(record.id, &record);
  const Replica restarted(pool_);
  for (const UnitRecord& record : *after) {
    EXPECT_EQ(here_.cache.Find(record.id)->unit.SerializeAsString(), record.unit.SerializeAsString());
    EXPECT_EQ(restarted.cache.Find(record.id)->version, record.version);
    EXPECT_EQ(here_.directory.FindUnit(record.id)->parent_id, record.parent_id);
    EXPECT_EQ(here_.directory.FindUnit(record.id)->deleted, record.unit.state() == v1::Unit::STATE_DELETED);
    if (record.unit.state() == v1::Unit::STATE_DELETED || record.id == center_) continue;
    ASSERT_TRUE(by_id.contains(record.parent_id));
    const UnitRecord& parent = *by_id[record.parent_id];
    EXPECT_EQ(parent.unit.state(), v1::Unit::STATE_ACTIVE) << record.unit.code() << " hangs on a deleted unit";
    EXPECT_EQ(parent.unit.level() + 1, record.unit.level());
  }
}

TEST_F(UnitsConcurrencyTest, AnImportLosesNoUpdateThatWasAcknowledged) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  constexpr int kHands = 4;
  constexpr int kTurns = 40;
  std::array<std::string, kHands> names, addresses;
  for (int hand = 0; hand < kHands; ++hand) names[hand] = UnitName(absl::StrCat("S", hand));
  std::vector<std::thread> hands;
  for (int hand = 0; hand < kHands; ++hand) {
    hands.emplace_back([&, hand] {
      std::mt19937 random(seed + static_cast<unsigned>(hand));
      v1::UpdateUnitRequest request;
      request.mutable_unit()->set_name(names[hand]);
      for (int turn = 1; turn <= kTurns; ++turn) {
        request.mutable_unit()->set_address(absl::StrCat(turn, "-", random()));
        const auto updated = Do(units_, &UnitsService::UpdateUnit, By(center_admin_), request);
        ASSERT_TRUE(updated.ok()) << updated.status();
        addresses[hand] = request.unit().address();
      }
    });
  }
  int imported = 0;
  std::string name;
  for (int turn = 1; turn <= kTurns; ++turn) {
    name = absl::StrCat("第", turn, "站");
    const auto report = ImportUnits(admin_, absl::StrReplaceAll(csv_, {{"站", name}}));
    if (!report.ok()) ADD_FAILURE() << report.status();
    if (report.ok()) imported += report->updated();
  }
  for (std::thread& hand : hands) hand.join();

  const auto after =
      db::Read(pool_, absl::InfiniteFuture(), [this](db::Session& s) { return ReadAllUnits(s, center_); });
  ASSERT_TRUE(after.ok());
  int64_t writes = 0;
  for (const UnitRecord& record : *after) writes += record.version - 1;
  EXPECT_EQ(writes, kHands * kTurns + imported) << "one write has taken the place of another";
  for (int hand = 0; hand < kHands; ++hand) {
    const v1::Unit unit = Unit(absl::StrCat("S", hand));
    EXPECT_EQ(unit.address(), addresses[hand]);
    EXPECT_EQ(unit.display_name(), name);
  }
}

TEST_F(UnitsConcurrencyTest, OneOfTwoWithTheSameEtagWins) {
  const std::string etag = Unit("S0").etag();
  const std::string parents[] = {UnitName("I1"), UnitName("I2")};
  const std::string name = UnitName("S0");
  std::array<absl::StatusOr<v1::Unit>, 8> moved;
  std::vector<std::thread> hands;
  for (size_t hand = 0; hand < moved.size(); ++hand) {
    hands.emplace_back([&, hand] {
      v1::MoveUnitRequest request;
      request.set_name(name);
      request.set_new_parent(parents[hand % 2]);
      request.set_etag(etag);
      moved[hand] = Do(units_, &UnitsService::MoveUnit, By(center_admin_), request);
    });
  }
  for (std::thread& hand : hands) hand.join();
  int won = 0;
  for (const auto& answer : moved) {
    won += answer.ok() ? 1 : 0;
    EXPECT_TRUE(answer.ok() || ReasonName(answer.status()) == "ETAG_MISMATCH") << answer.status();
  }
  EXPECT_EQ(won, 1);
}

}  // namespace
}  // namespace wenming::org
