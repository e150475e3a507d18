// Taking what a station recorded without network, inside a transaction.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "activity_svc/attendance/check_code.h"
#include "activity_svc/station_packs/station_pass.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "wenming/activity/v1/station_packs.pb.h"

namespace wenming::activity {

// What became of an upload, for the answer and for whoever counts.
struct Uploaded {
  v1::UploadStationRecordsResponse response = {};
  int taken = 0;      // records that were not there before
  int presences = 0;  // of people who had none
};

// Staff with attendance.run on the activity's unit. Locks the shift. FAILED_PRECONDITION with REASON_PACK_INVALID for a
// pass that is not genuine or is of another center or shift; what concerns one record is told of that record. A record
// is taken once by its id; with the same id and another content it is refused (REASON_REQUEST_ID_REUSED). Refusals are
// not kept: a record may be sent again when what stood against it has changed.
absl::StatusOr<Uploaded> TakeRecords(db::Transaction& transaction, const rpc::Call& call, const CheckCodes& codes,
                                     const PassSigner& signer, uint64_t shift_id,
                                     const v1::UploadStationRecordsRequest& request);

}  // namespace wenming::activity
