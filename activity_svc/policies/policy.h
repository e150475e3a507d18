// What a center may decide for itself, with the defaults it starts from.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "absl/time/time.h"
#include "wenming/activity/v1/policies.pb.h"

namespace wenming::activity {

// A set of methods; bit n is method n.
constexpr uint32_t MethodSet(std::initializer_list<v1::Method> methods) {
  uint32_t set = 0;
  for (const v1::Method method : methods) set |= 1u << method;
  return set;
}

// A value. "Seen on running platforms": a default of domain.md that no law fixes.
struct Policy {
  // 防 and 捐 are opened in an epidemic (the five of 讲评帮乐庆 hold at all times).
  uint32_t methods_in_force =
      MethodSet({v1::METHOD_TEACH, v1::METHOD_APPRAISE, v1::METHOD_HELP, v1::METHOD_ENJOY, v1::METHOD_CELEBRATE});
  int cancel_cutoff_minutes = 180;  // seen on running platforms: own cancellation until 3 h before
  int offer_minutes = 120;          // seen on running platforms: waitlist offer 2 h
  int check_in_early_minutes = 30;  // ours: time to queue at the door
  int check_out_late_minutes = 60;  // ours: a shift ends by itself an hour after its planned end
  int fence_metres = 300;           // seen on running platforms
  int attended_percent = 60;        // seen on running platforms: hours count from 60 % of the shift
  int publication_days = 7;         // 民发〔2015〕149号: at least 7 days
  int appeal_working_days = 10;     // ours: as long as the recording deadline of 民政部令第67号 Art 11
  int offline_upload_hours = 72;    // ours: well within the 10 working days of 民政部令第67号 Art 11
  int absences_before_lock = 2;     // seen on running platforms: lock after 2 unexcused absences; 0: never
  int lock_days = 30;               // ours
  int absence_window_days = 180;    // ours
  int handover_minutes = 1440;      // ours: a day to answer a swap or a stand-in
  int64_t version = 0;              // 0: nothing decided yet

  bool InForce(v1::Method method) const { return method >= 1 && method < 32 && (methods_in_force >> method & 1) != 0; }
  absl::Duration cancel_cutoff() const { return absl::Minutes(cancel_cutoff_minutes); }
  absl::Duration offer() const { return absl::Minutes(offer_minutes); }
  absl::Duration check_in_early() const { return absl::Minutes(check_in_early_minutes); }
  absl::Duration check_out_late() const { return absl::Minutes(check_out_late_minutes); }
  absl::Duration publication() const { return absl::Hours(24) * publication_days; }
  absl::Duration lock() const { return absl::Hours(24) * lock_days; }
  absl::Duration absence_window() const { return absl::Hours(24) * absence_window_days; }
  absl::Duration handover() const { return absl::Minutes(handover_minutes); }
  absl::Duration offline_upload() const { return absl::Hours(offline_upload_hours); }
};

}  // namespace wenming::activity
