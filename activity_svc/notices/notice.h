// A notice as the service keeps it, and as it is answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/errors/errors.h"
#include "wenming/activity/v1/notices.pb.h"

namespace wenming::activity {

using NoticeKind = v1::Notice::Kind;

// What a notice is about.
enum class NoticeSource { kRegistration = 1, kSupplement = 2, kHandover = 3 };

// A value.
struct Notice {
  uint64_t id = 0;  // among the person's own: what many are told at once has one id
  uint64_t volunteer_id = 0;
  NoticeKind kind = v1::Notice::KIND_UNSPECIFIED;
  NoticeSource source = NoticeSource::kRegistration;
  uint64_t source_id = 0;
  uint64_t activity_id = 0;
  int minutes = 0;
  v1::Appeal::Outcome outcome = v1::Appeal::OUTCOME_UNSPECIFIED;
  std::string reason = {};
  absl::Time create_time = {};
  std::optional<absl::Time> read_time = {};
  std::optional<absl::Time> shift_start_time = {};  // of a place
  std::optional<absl::Time> due_time = {};          // of what is to be answered
  std::string activity_title = {};                  // when it is read
};

// The whole as a sentence.
std::string TextOf(const Notice& notice, errors::Language language);

v1::Notice ToProto(const Notice& notice, errors::Language language);

}  // namespace wenming::activity
