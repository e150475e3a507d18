#include "tests/bench/signup/stage.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "activity_svc/schema.h"
#include "common/auth/token_signer.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "google/rpc/code.pb.h"
#include "tests/bench/must.h"

namespace wenming::bench {
namespace {

using activity::v1::CreateRegistrationRequest;
using activity::v1::Registration;

constexpr char kMethod[] = "/wenming.activity.v1.RegistrationsService/CreateRegistration";
constexpr int kConnections = 4;
constexpr absl::Duration kPatience = absl::Seconds(30);

}  // namespace

Tables::Tables(int connections) : database_(activity::Migrations(), connections) {
  database_.Administer("USE " + database_.schema());
  database_.Administer(
      absl::StrCat("INSERT INTO volunteers (center_id, id, volunteer_number, masked_name, unit_id,"
                   " active) SELECT ",
                   kCenter, ", seq, CONCAT('HT', 100000 + seq), '王*明', 1, 1 FROM seq_1_to_", kPeople));
}

std::vector<uint64_t> Tables::AddShifts(int count, int capacity) {
  const int64_t day = absl::ToInt64Microseconds(absl::Hours(24)), hour = absl::ToInt64Microseconds(absl::Hours(1));
  const int64_t begin = absl::ToUnixMicros(absl::Now());
  const uint64_t first = next_shift_, last = first + static_cast<uint64_t>(count) - 1;
  next_shift_ = last + 1;
  database_.Administer("USE " + database_.schema());
  database_.Administer(absl::StrCat(
      "INSERT INTO shifts (center_id, id, activity_id, post, start_time, end_time, capacity, waitlist_capacity,"
      " break_minutes, taken_count, waitlisted_count, waitlist_last_position, accepting, state, create_time, "
      "update_time)"
      " SELECT ",
      kCenter, ", seq, 1, '引导', ", begin, " + seq * ", day, ", ", begin, " + seq * ", day, " + ", hour, ", ",
      capacity, ", 0, 0, 0, 0, 0, 1, 1, 1, 1 FROM seq_", first, "_to_", last));
  std::vector<uint64_t> ids;
  for (uint64_t id = first; id <= last; ++id) ids.push_back(id);
  return ids;
}

int64_t Tables::Number(const std::string& sql) {
  return Must(db::Read(database_.pool(), absl::InfiniteFuture(),
                       [&](db::Session& session) -> absl::StatusOr<int64_t> {
                         const auto rows = session.Query(sql);
                         if (!rows.ok()) return rows.status();
                         return rows->front().Int(0);
                       }),
              "reading the tables");
}

Stage::Stage()
    : verifier_(Must(auth::TokenVerifier::Load(keys_.path()), "keys")),
      logger_(std::cerr, "bench", observe::Severity::kError, observe::SystemClock()),
      stand_(tables_.database().pool()) {
  directory_.AddCenter(kCenter);
  auto pipeline = std::make_shared<rpc::Pipeline>(rpc::PipelineOptions{.verifier = verifier_.get(),
                                                                       .directory = &directory_.get(),
                                                                       .clock = observe::SystemClock(),
                                                                       .logger = &logger_,
                                                                       .metrics = &rpc_metrics_});
  server_ = Must(rpc::Server::Start({}, pipeline, {service_.Bind()}), "server");
  client_ = std::make_unique<LoadClient>(server_->port(), kConnections);
  MakeTokens();
}

Stage::~Stage() {
  client_ = nullptr;
  server_->Stop(absl::Seconds(5));
}

void Stage::MakeTokens() {
  const auto signer = Must(auth::TokenSigner::Load(keys_.path(), "volunteer_svc"), "signing key");
  const absl::Time now = absl::Now();
  for (uint64_t id = 1; id <= kPeople; ++id) {
    const auto token = Must(signer.Sign(auth::VolunteerCaller(id, kCenter), now, absl::Hours(2)), "token");
    Must(verifier_->Verify(token.text, absl::Now()), "verifying a token");
    authorizations_.push_back("Bearer " + token.text);
  }
}

Measured Stage::Run(const ShiftOf& shift, int in_flight, absl::Duration length, bool full_is_good) {
  std::atomic<int64_t> count = 0;
  return RunClosedLoop(
      [&](std::function<void(bool)> done) {
        const int64_t n = count++;
        CreateRegistrationRequest request;
        request.set_parent(ids::ResourceName("shifts", shift(n)));
        request.set_request_id(absl::StrCat("request-", absl::Hex(stand_.ids.Next())));
        client_->Call(kMethod, authorizations_[static_cast<size_t>(n % kPeople)], request.SerializeAsString(),
                      kPatience, [this, full_is_good, done = std::move(done)](const gateway::UnaryResult& result) {
                        const bool ok = result.failure.ok() && result.code == google::rpc::OK;
                        if (ok) Acknowledge(result.response);
                        // Those who have a place come again, too.
                        const bool refused = result.failure.ok() && (result.code == google::rpc::FAILED_PRECONDITION ||
                                                                     result.code == google::rpc::ALREADY_EXISTS);
                        done(ok || (full_is_good && refused));
                      });
      },
      in_flight, length);
}

void Stage::Acknowledge(const std::string& response) {
  Registration registration;
  registration.ParseFromString(response);
  acknowledged_.push_back(*ids::ParseName("registrations", registration.name()));
}

int64_t Stage::Oversold() {
  return tables_.Number(
      "SELECT COUNT(*) FROM shifts s LEFT JOIN (SELECT shift_id, COUNT(*) AS people FROM registrations WHERE state = 1"
      " GROUP BY shift_id) r ON r.shift_id = s.id"
      " WHERE COALESCE(r.people, 0) > s.capacity OR COALESCE(r.people, 0) <> s.taken_count");
}

int64_t Stage::Lost() {
  const auto there = Must(db::Read(tables_.database().pool(), absl::InfiniteFuture(),
                                   [](db::Session& session) -> absl::StatusOr<std::vector<uint64_t>> {
                                     const auto rows = session.Query("SELECT id FROM registrations ORDER BY id");
                                     if (!rows.ok()) return rows.status();
                                     std::vector<uint64_t> ids;
                                     for (const db::Row& row : *rows) ids.push_back(row.Id(0));
                                     return ids;
                                   }),
                          "reading the registrations");
  return std::ranges::count_if(acknowledged_,
                               [&there](uint64_t id) { return !std::binary_search(there.begin(), there.end(), id); });
}

}  // namespace wenming::bench
