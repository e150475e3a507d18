// What a reveal asks, says in the audit log, and shows. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "volunteer_svc/volunteers/person.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// INVALID_ARGUMENT for a field or a purpose that is none.
absl::Status CheckReveal(const v1::RevealVolunteerRequest& request);

// Whether the data of somebody who has withdrawn his consent, which are only kept, may be used for it (个人信息保护法
// Art 13): to save him, to settle his appeal, by law.
bool WithoutConsent(v1::RevealPurpose purpose);

// Adds fields, purpose and reason to the notes of the call.
void NoteReveal(const rpc::Call& call, const v1::RevealVolunteerRequest& request);

// What people type as a reason, as the audit log may keep it: digits that could be a phone or an ID number are struck
// out, also where they are written in groups.
std::string ReasonForTheLog(std::string_view reason);

// The fields asked for, in full, beside name and number.
v1::RevealVolunteerResponse Revealed(const VolunteerRecord& record, const std::optional<Guardian>& guardian,
                                     const v1::RevealVolunteerRequest& request);

}  // namespace wenming::volunteer
