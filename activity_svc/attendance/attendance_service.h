// Implements wenming.activity.v1.AttendanceService.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "activity_svc/attendance/settlement.h"
#include "activity_svc/dependencies.h"
#include "common/db/transaction.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/attendance.pb.h"

namespace wenming::activity {

// Thread-safe.
class AttendanceService {
 public:
  explicit AttendanceService(const Dependencies& dependencies)
      : db_(dependencies.db),
        ids_(dependencies.ids),
        trail_(dependencies.trail),
        pager_(dependencies.pager),
        codes_(dependencies.codes),
        metrics_(dependencies.metrics) {}
  rpc::Service Bind();

  absl::StatusOr<v1::CheckCode> GetCheckCode(const rpc::Call& call, const v1::GetCheckCodeRequest& request);
  absl::StatusOr<v1::Attendance> CheckIn(const rpc::Call& call, const v1::CheckInRequest& request);
  absl::StatusOr<v1::Attendance> CheckOut(const rpc::Call& call, const v1::CheckOutRequest& request);
  absl::StatusOr<v1::MyCode> GetMyCode(const rpc::Call& call, const v1::GetMyCodeRequest& request);
  absl::StatusOr<v1::Attendance> ScanVolunteer(const rpc::Call& call, const v1::ScanVolunteerRequest& request);
  absl::StatusOr<v1::ListAttendancesResponse> ListAttendances(const rpc::Call& call,
                                                              const v1::ListAttendancesRequest& request);
  absl::StatusOr<v1::Shift> EndShift(const rpc::Call& call, const v1::EndShiftRequest& request);
  absl::StatusOr<v1::Attendance> CorrectAttendance(const rpc::Call& call, const v1::CorrectAttendanceRequest& request);
  absl::StatusOr<v1::RecordAttendancesResponse> RecordAttendances(const rpc::Call& call,
                                                                  const v1::RecordAttendancesRequest& request);
  absl::StatusOr<v1::Shift> ConfirmShift(const rpc::Call& call, const v1::ConfirmShiftRequest& request);
  absl::StatusOr<v1::Shift> PublicizeShift(const rpc::Call& call, const v1::PublicizeShiftRequest& request);
  absl::StatusOr<v1::Shift> SettleShift(const rpc::Call& call, const v1::SettleShiftRequest& request);

 private:
  using Step = absl::FunctionRef<absl::Status(db::Transaction&, const SettlementContext&, const Activity&)>;

  // Locks the shift, asks for the permission on the activity's unit, takes the step and answers the shift. A shift that
  // is `done` already is answered as it is, if `repeated` finds nothing against it.
  absl::StatusOr<v1::Shift> TakeStep(const rpc::Call& call, const google::protobuf::Message& request,
                                     const std::string& name, std::string_view permission, ShiftState done, Step step,
                                     Step repeated = Nothing);
  static absl::Status Nothing(db::Transaction&, const SettlementContext&, const Activity&) { return absl::OkStatus(); }

  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
  const CheckCodes& codes_;
  const Metrics& metrics_;
};

}  // namespace wenming::activity
