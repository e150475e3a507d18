// What a rush needs: activity_svc's registrations on a gRPC port of the loopback, people with tokens, and shifts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "activity_svc/registrations/registrations_service.h"
#include "common/rpc/server.h"
#include "tests/bench/activity_stand.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/load_client.h"
#include "tests/common/auth/key_folder.h"
#include "tests/support/test_call.h"
#include "tests/support/test_database.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::bench {

inline constexpr uint64_t kCenter = 0x1000;
inline constexpr int kPeople = 20000;

// People 1 to kPeople in a schema of activity_svc's, and open shifts of an hour each, a day apart.
class Tables {
 public:
  explicit Tables(int connections);

  test::TestDatabase& database() { return database_; }
  // The ids of new shifts; none of them meets another in time.
  std::vector<uint64_t> AddShifts(int count, int capacity);
  // One number of a query.
  int64_t Number(const std::string& sql);

 private:
  test::TestDatabase database_;
  uint64_t next_shift_ = 1;
};

// The server, and callers of CreateRegistration.
class Stage {
 public:
  Stage();
  ~Stage();

  Tables& tables() { return tables_; }

  // Sign-ups one after another, `in_flight` at once: the n-th by person n, round and round, for the shift that
  // `shift(n)` says. Counts as good what is confirmed or, with `full_is_good`, refused because the shift is full.
  using ShiftOf = std::function<uint64_t(int64_t n)>;
  Measured Run(const ShiftOf& shift, int in_flight, absl::Duration length, bool full_is_good = false);

  // Shifts with more people than places, or with a counter that says otherwise than the rows.
  int64_t Oversold();
  // Acknowledged sign-ups that are not there.
  int64_t Lost();

 private:
  void MakeTokens();
  void Acknowledge(const std::string& response);

  Tables tables_{32};
  auth::KeyFolder keys_;
  std::unique_ptr<auth::TokenVerifier> verifier_;
  test::TestDirectory directory_;
  observe::Logger logger_;
  ActivityStand stand_;
  observe::RpcMetrics rpc_metrics_{stand_.registry};
  activity::RegistrationsService service_{stand_.dependencies};
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<LoadClient> client_;
  std::vector<std::string> authorizations_;  // of person i + 1
  std::vector<uint64_t> acknowledged_;       // added to on the client's loop
};

}  // namespace wenming::bench
