// Implements wenming.volunteer.v1.HoursService: the ledger for reading.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/dependencies.h"
#include "wenming/volunteer/v1/hours.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class HoursService {
 public:
  explicit HoursService(const Dependencies& dependencies) : dependencies_(dependencies) {}

  rpc::Service Bind();

  absl::StatusOr<v1::HourAccount> GetHourAccount(const rpc::Call& call, const v1::GetHourAccountRequest& request);
  absl::StatusOr<v1::ListHourEntriesResponse> ListHourEntries(const rpc::Call& call,
                                                              const v1::ListHourEntriesRequest& request);

 private:
  const Dependencies dependencies_;
};

}  // namespace wenming::volunteer
