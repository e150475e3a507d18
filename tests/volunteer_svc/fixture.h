// What the tests of volunteer_svc share: a schema, a small county with staff, people, settled hours.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/audit/trail.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/data_cipher.h"
#include "common/ids/ids.h"
#include "common/paging/paging.h"
#include "tests/common/auth/key_folder.h"
#include "tests/support/test_call.h"
#include "tests/support/test_database.h"
#include "volunteer_svc/dependencies.h"
#include "wenming/activity/v1/events.pb.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// Center ─ institute ─ two stations, and a second center.
inline constexpr uint64_t kCenter = 1001, kInstitute = 1002, kStation = 1003, kOtherStation = 1004;
inline constexpr uint64_t kElsewhere = 2001, kStationElsewhere = 2003;
// Staff: everything on the center; on the station; reading only, on the station; everything in the other center.
inline constexpr uint64_t kAdmin = 51, kHead = 52, kReader = 53, kStranger = 54;

// A number with a valid check digit.
std::string ResidentId(std::string_view first17);
// The n-th of many different people, born on 1980-01-01.
v1::Volunteer PersonNumber(int n);
v1::Guardian SomeGuardian();
// Adds the consents, and under 18 the guardian, that somebody of this age needs.
void Agree(v1::CreateVolunteerRequest& request, int age = 40);

// The hours of one presence: `minutes` from `start` on, `registration_id` deciding the rest.
activity::v1::HoursSettled Settled(uint64_t volunteer_id, uint64_t registration_id, absl::Time start, int minutes);

// Takes back what the revision before had credited.
activity::v1::HoursReversed Reversed(uint64_t volunteer_id, uint64_t registration_id, int revision);

class VolunteerTest : public ::testing::Test {
 protected:
  explicit VolunteerTest(int connections = 8);

  rpc::Call Admin() const { return test::StaffCall(directory_.get(), kAdmin, kCenter); }
  rpc::Call Head() const { return test::StaffCall(directory_.get(), kHead, kCenter); }
  rpc::Call Reader() const { return test::StaffCall(directory_.get(), kReader, kCenter); }
  rpc::Call Stranger() const { return test::StaffCall(directory_.get(), kStranger, kElsewhere); }
  rpc::Call Self(uint64_t volunteer_id) const { return test::VolunteerCall(directory_.get(), volunteer_id, kCenter); }

  // Registers the n-th person at the unit and answers the id.
  uint64_t Register(int n, uint64_t unit_id = kStation);
  // Apply the event in a transaction of its own.
  absl::Status CreditHours(const activity::v1::HoursSettled& event);
  absl::Status TakeBackHours(const activity::v1::HoursReversed& event);
  // Cells of the first row of a query on the schema.
  std::string Text(const std::string& sql);
  int64_t Number(const std::string& sql);
  void Execute(const std::string& sql);
  // How many rows the storage engine read while `action` ran: what an EXPLAIN promises, as it came true. Needs a pool
  // of one connection, whose session counts.
  int64_t RowsRead(const std::function<void()>& action);

  test::TestDatabase database_;
  const std::unique_ptr<db::Pool> own_pool_;  // of as many connections as the test asked for
  db::Pool& pool_ = *own_pool_;
  test::TestDirectory directory_;
  auth::KeyFolder keys_;
  ids::Generator ids_{[] { return absl::Now(); }, 1};
  const paging::Pager pager_{"a key of sixteen bytes"};
  const crypto::DataCipher cipher_;
  const crypto::BlindIndex blind_index_{"another key of sixteen bytes"};
  const audit::Trail trail_{pool_, ids_};
  const Dependencies dependencies_;
};

}  // namespace wenming::volunteer
