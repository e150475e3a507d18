// Registers people as volunteers: the one way in, whoever fills in the form.
//
//   auto registration = RegistrationOf(request.volunteer(), request.has_guardian() ? &request.guardian() : nullptr,
//                                      request.consent_documents(), DayInChina(call.now));
//   … in the transaction: registrar.Register(transaction, call, unit_id, *registration, v1::Consent::CHANNEL_PAPER)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "google/protobuf/repeated_field.h"
#include "volunteer_svc/consents/consents_store.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/volunteers/guardians.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/consents.pb.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// A form that is right by itself. In clear: keep it in memory only.
struct Registration {
  Person person;
  std::optional<Guardian> guardian;  // of a minor; one that an adult's form names is left out
  std::vector<uint64_t> consent_documents;
};

// Reads a form, on the day it is. INVALID_ARGUMENT naming every field that is wrong (volunteers_rules.h, guardians.h);
// FAILED_PRECONDITION with REASON_GUARDIAN_REQUIRED or REASON_GUARDIAN_NOT_ADULT.
absl::StatusOr<Registration> RegistrationOf(const v1::Volunteer& volunteer, const v1::Guardian* guardian,
                                            const google::protobuf::RepeatedPtrField<std::string>& consent_documents,
                                            absl::CivilDay today);

// Thread-safe.
class Registrar {
 public:
  explicit Registrar(const Dependencies& dependencies);

  // Makes a volunteer of the unit, of call.center_id, in the state ACTIVE: the record with the next number, the
  // guardian, the consents (given in this moment, through the channel; recorded by the caller where that is staff, else
  // by the new volunteer), an empty account of hours, and the event for the others.
  //
  // NOT_FOUND for a unit that is none; ALREADY_EXISTS with REASON_ID_NUMBER_TAKEN or REASON_PHONE_TAKEN;
  // FAILED_PRECONDITION with REASON_CONSENT_REQUIRED or REASON_CONSENT_OUTDATED.
  absl::StatusOr<VolunteerRecord> Register(db::Transaction& transaction, const rpc::Call& call, uint64_t unit_id,
                                           const Registration& registration, v1::Consent::Channel channel) const;

 private:
  absl::Status RecordConsents(db::Transaction& transaction, const rpc::Call& call, const VolunteerRecord& record,
                              const Registration& registration, v1::Consent::Channel channel) const;

  const Dependencies dependencies_;
  const VolunteersStore volunteers_;
  const GuardiansStore guardians_;
};

}  // namespace wenming::volunteer
