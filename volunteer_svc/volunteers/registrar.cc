#include "volunteer_svc/volunteers/registrar.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "common/errors/errors.h"
#include "common/outbox/outbox.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/consents/consents_rules.h"
#include "volunteer_svc/counters.h"
#include "volunteer_svc/hours/hours_store.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"

namespace wenming::volunteer {

absl::StatusOr<Registration> RegistrationOf(const v1::Volunteer& volunteer, const v1::Guardian* guardian,
                                            const google::protobuf::RepeatedPtrField<std::string>& consent_documents,
                                            absl::CivilDay today) {
  Registration registration;
  auto person = PersonOf(volunteer, today);
  if (!person.ok()) return person.status();
  registration.person = *std::move(person);
  if (IsMinor(registration.person.birth_date, today)) {
    if (guardian == nullptr) return errors::FailedPrecondition(type::REASON_GUARDIAN_REQUIRED);
    auto read = GuardianOf(*guardian, registration.person, today);
    if (!read.ok()) return read.status();
    registration.guardian = *std::move(read);
  }
  auto documents = DocumentIds(consent_documents, "consent_documents");
  if (!documents.ok()) return documents.status();
  registration.consent_documents = *std::move(documents);
  return registration;
}

Registrar::Registrar(const Dependencies& dependencies)
    : dependencies_(dependencies),
      volunteers_(PersonSeal(dependencies.cipher, dependencies.blind_index)),
      guardians_(dependencies.cipher) {}

absl::StatusOr<VolunteerRecord> Registrar::Register(db::Transaction& transaction, const rpc::Call& call,
                                                    uint64_t unit_id, const Registration& registration,
                                                    v1::Consent::Channel channel) const {
  const auto center = dependencies_.directory.FindUnit(call.center_id);
  if (!center) return errors::Unavailable(type::REASON_DIRECTORY_UNAVAILABLE, absl::Seconds(1));
  const auto unit = dependencies_.directory.FindUnit(unit_id);
  if (!unit || unit->deleted || unit->center_id != call.center_id) {
    return errors::NotFound(ids::ResourceName("units", unit_id));
  }
  VolunteerRecord record;
  record.center_id = call.center_id;
  record.id = dependencies_.ids.Next();
  record.unit_id = unit_id;
  record.person = registration.person;
  record.create_time = record.update_time = call.now;
  if (absl::Status agreed = RecordConsents(transaction, call, record, registration, channel); !agreed.ok()) {
    return agreed;
  }
  if (registration.guardian) {
    const absl::Status put = guardians_.Put(transaction, record.center_id, record.id, *registration.guardian, call.now);
    if (!put.ok()) return put;
  }
  const auto running_number = TakeNumber(transaction, call.center_id, "volunteers");
  if (!running_number.ok()) return running_number.status();
  record.number = absl::StrFormat("%s%08d", center->code, *running_number);
  if (absl::Status stored = volunteers_.Insert(transaction, record); !stored.ok()) return stored;
  if (absl::Status opened = HoursStore::OpenAccount(transaction, call.center_id, record.id); !opened.ok()) {
    return opened;
  }
  const absl::Status told =
      outbox::Append(transaction, dependencies_.ids, call.center_id, ids::ResourceName("volunteers", record.id),
                     ToEvent(record, DayInChina(call.now)), call.now);
  if (!told.ok()) return told;
  return record;
}

absl::Status Registrar::RecordConsents(db::Transaction& transaction, const rpc::Call& call,
                                       const VolunteerRecord& record, const Registration& registration,
                                       v1::Consent::Channel channel) const {
  const auto current = ConsentsStore::CurrentDocuments(transaction, call.center_id);
  if (!current.ok()) return current.status();
  const auto documents = Chosen(*current, registration.consent_documents);
  if (!documents.ok()) return documents.status();
  const int age = AgeOn(registration.person.birth_date, DayInChina(call.now));
  if (absl::Status covered = CheckCovered(KindsOf(*documents), age); !covered.ok()) return covered;
  const std::string recorder =
      call.IsStaff() || call.IsClient() ? call.caller.subject : ids::ResourceName("volunteers", record.id);
  for (const ConsentDocumentRecord& document : *documents) {
    ConsentRecord consent = ConsentTo(document, age, channel, recorder, call.now);
    consent.center_id = record.center_id;
    consent.volunteer_id = record.id;
    consent.id = dependencies_.ids.Next();
    if (absl::Status given = ConsentsStore::Insert(transaction, consent); !given.ok()) return given;
  }
  return absl::OkStatus();
}

}  // namespace wenming::volunteer
