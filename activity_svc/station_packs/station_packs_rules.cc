#include "activity_svc/station_packs/station_packs_rules.h"

#include <utility>

#include "activity_svc/attendance/settlement.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

// Whether `a` says more of its end than `b`; a total order, so that the records make one presence in any order.
bool Better(const StationRecord& a, const StationRecord& b) {
  const bool scanned = Scanned(a.scan.means);
  if (scanned != Scanned(b.scan.means)) return scanned;
  if (a.scan.time != b.scan.time) return a.edge == Edge::kIn ? a.scan.time < b.scan.time : a.scan.time > b.scan.time;
  return a.id < b.id;
}

const StationRecord* Best(const std::vector<StationRecord>& records, Edge edge, absl::Time from, absl::Time until) {
  const StationRecord* best = nullptr;
  for (const StationRecord& record : records) {
    if (record.edge != edge || record.scan.time < from || record.scan.time > until) continue;
    if (best == nullptr || Better(record, *best)) best = &record;
  }
  return best;
}

bool DecidedByLeader(const Presence& presence) {
  return presence.state != A::STATE_CHECKED_IN && presence.state != A::STATE_CHECKED_OUT &&
         presence.state != A::STATE_AUTO_CLOSED;
}

void Reopen(Presence& presence) {
  presence.state = A::STATE_CHECKED_IN;
  SetEnd(Edge::kOut, {}, presence);
  presence.check_out_time.reset();
  presence.flagged = false;
}

}  // namespace

Window PackWindow(const Shift& shift, const Policy& policy) {
  return {shift.start_time - kEarliestPack, WindowFor(Edge::kOut, shift, policy).until};
}

absl::Status CheckCapture(Edge edge, const Capture& capture, const Shift& shift, const Policy& policy) {
  if (capture.time < capture.pack_issued - kClockDifference || capture.time > capture.pack_expires) {
    return errors::FailedPrecondition(type::REASON_PACK_INVALID);
  }
  if (capture.time > capture.sent + kClockDifference) {
    return errors::InvalidField(
        "capture_time", type::REASON_TIME_ORDER,
        {{"rule_zh", "扫码时间不能晚于上传时间"}, {"rule_en", "the capture cannot be after it was sent"}});
  }
  if (auto status = CheckUpload(shift, policy, capture.time, capture.now); !status.ok()) return status;
  return CheckWindow(WindowFor(edge, shift, policy), capture.time);
}

std::optional<Presence> WithRecords(const Shift& shift, const Policy& policy, const std::vector<StationRecord>& records,
                                    const Presence& fresh, std::optional<Presence> presence) {
  if (presence && DecidedByLeader(*presence)) return presence;
  const bool left_otherwise = presence && presence->state == A::STATE_CHECKED_OUT && presence->check_out_pack == 0;
  if (!presence || presence->check_in_pack != 0) {
    const absl::Time until = left_otherwise ? *presence->check_out_time : absl::InfiniteFuture();
    const StationRecord* in = Best(records, Edge::kIn, absl::InfinitePast(), until);
    if (in == nullptr) return presence;
    if (!presence) presence = fresh;
    SetEnd(Edge::kIn, in->scan, *presence);
  }
  if (!left_otherwise) {
    Reopen(*presence);
    const StationRecord* out = Best(records, Edge::kOut, presence->check_in_time, absl::InfiniteFuture());
    if (out != nullptr) {
      presence->state = A::STATE_CHECKED_OUT;
      SetEnd(Edge::kOut, out->scan, *presence);
    } else if (shift.state == v1::Shift::STATE_ENDED) {
      CloseAtPlannedEnd(shift, policy, *presence);
    }
  }
  Assess(shift, policy, *presence);
  return presence;
}

}  // namespace wenming::activity
