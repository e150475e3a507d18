#include "volunteer_svc/rights/rights_service.h"

#include <utility>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "volunteer_svc/access_requests/access_requests_store.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/consents/consents_store.h"
#include "volunteer_svc/hours/hours_store.h"
#include "volunteer_svc/rights/handlings.h"
#include "volunteer_svc/volunteers/changes.h"
#include "volunteer_svc/volunteers/id_documents.h"
#include "volunteer_svc/volunteers/reveals.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"

namespace wenming::volunteer {
namespace {

// Rows read at once for an export.
constexpr int kBatch = 1000;

absl::StatusOr<uint64_t> IdOf(const std::string& name) {
  const auto id = ids::ParseName("volunteers", name);
  if (!id) return errors::NotFound(name);
  return *id;
}

}  // namespace

RightsService::RightsService(const Dependencies& dependencies, AllTraces traces)
    : with_(dependencies),
      traces_(std::move(traces)),
      volunteers_(PersonSeal(dependencies.cipher, dependencies.blind_index)),
      guardians_(dependencies.cipher),
      certificates_(dependencies.cipher) {}

rpc::Service RightsService::Bind() {
  return rpc::Service("wenming.volunteer.v1.RightsService")
      .Unary("ExportVolunteer", rpc::kPooled, this, &RightsService::ExportVolunteer)
      .Unary("CorrectVolunteer", rpc::kPooled, this, &RightsService::CorrectVolunteer)
      .Unary("EraseVolunteer", rpc::kPooled, this, &RightsService::EraseVolunteer);
}

absl::StatusOr<v1::ExportVolunteerResponse> RightsService::ExportVolunteer(const rpc::Call& call,
                                                                           const v1::ExportVolunteerRequest& request) {
  const auto id = IdOf(request.name());
  if (!id.ok()) return id.status();
  if (!call.IsVolunteer(*id)) return errors::PermissionDenied(type::REASON_NOT_YOURS);
  return with_.trail.Run(call, request, /*repeatable=*/true,
                         [&](db::Transaction& transaction) -> absl::StatusOr<v1::ExportVolunteerResponse> {
                           const auto record = volunteers_.Find(transaction, call.center_id, *id);
                           if (!record.ok()) return record.status();
                           if (!record->has_value()) return errors::NotFound(request.name());
                           v1::ExportVolunteerResponse all;
                           *all.mutable_volunteer() = ToFullProto(**record);
                           const auto guardian = guardians_.Find(transaction, call.center_id, *id);
                           if (!guardian.ok()) return guardian.status();
                           if (guardian->has_value()) *all.mutable_guardian() = ToFullProto(**guardian);
                           absl::Status added = AddHours(transaction, call.center_id, *id, all);
                           if (added.ok()) added = AddConsents(transaction, call.center_id, *id, all);
                           if (added.ok()) added = AddCertificates(transaction, call.center_id, *id, all);
                           for (const PersonTraces* part : traces_) {
                             if (added.ok()) added = part->Export(transaction, call.center_id, *id, call.arrival, all);
                           }
                           if (added.ok()) added = AddHandlings(transaction, call.center_id, request.name(), all);
                           if (!added.ok()) return added;
                           audit::Entry entry;
                           entry.object = request.name();
                           if (absl::Status kept = with_.trail.Append(transaction, call, entry); !kept.ok())
                             return kept;
                           return all;
                         });
}

absl::StatusOr<v1::Volunteer> RightsService::CorrectVolunteer(const rpc::Call& call,
                                                              const v1::CorrectVolunteerRequest& request) {
  const auto id = IdOf(request.name());
  if (!id.ok()) return id.status();
  return with_.trail.Run(call, request, /*repeatable=*/request.etag().empty(),
                         [&](db::Transaction& transaction) -> absl::StatusOr<v1::Volunteer> {
                           auto record = LoadForChange(transaction, call, volunteers_, *id, "volunteers.write");
                           if (!record.ok()) return record.status();
                           if (absl::Status active = CheckActive(record->state); !active.ok()) return active;
                           if (!request.etag().empty() && request.etag() != EtagOf(record->version)) {
                             return errors::Aborted(type::REASON_ETAG_MISMATCH);
                           }
                           if (absl::Status corrected = Correct(transaction, call, request, *record); !corrected.ok())
                             return corrected;
                           record->update_time = call.now;
                           if (absl::Status stored = volunteers_.Correct(transaction, *record); !stored.ok())
                             return stored;
                           if (absl::Status told = Tell(transaction, call, with_, *record); !told.ok()) return told;
                           call.Note("reason", ReasonForTheLog(request.reason()));
                           return ToProto(*record, ViewOf(call, *record), DayInChina(call.now));
                         });
}

absl::StatusOr<v1::EraseVolunteerResponse> RightsService::EraseVolunteer(const rpc::Call& call,
                                                                         const v1::EraseVolunteerRequest& request) {
  const auto id = IdOf(request.name());
  if (!id.ok()) return id.status();
  if (!call.IsVolunteer() && request.reason().empty()) return errors::InvalidField("reason", type::REASON_REQUIRED);
  return with_.trail.Run(call, request, /*repeatable=*/true,
                         [&](db::Transaction& transaction) -> absl::StatusOr<v1::EraseVolunteerResponse> {
                           auto record = LoadForChange(transaction, call, volunteers_, *id, "volunteers.erase");
                           if (!record.ok()) return record.status();
                           const auto account = HoursStore::FindAccount(transaction, call.center_id, *id);
                           if (!account.ok()) return account.status();
                           v1::EraseVolunteerResponse response;
                           response.set_number(record->number);
                           response.set_minutes(account->value_or(HourAccount()).balance_minutes);
                           if (record->state == v1::Volunteer::STATE_ERASED) return response;
                           if (absl::Status erased = Erase(transaction, call, *record); !erased.ok()) return erased;
                           if (!request.reason().empty()) call.Note("reason", ReasonForTheLog(request.reason()));
                           return response;
                         });
}

absl::Status RightsService::AddHours(db::Session& session, uint64_t center_id, uint64_t id,
                                     v1::ExportVolunteerResponse& all) const {
  const auto account = HoursStore::FindAccount(session, center_id, id);
  if (!account.ok()) return account.status();
  const auto levels = HoursStore::StarLevels(session, center_id);
  if (!levels.ok()) return levels.status();
  *all.mutable_hour_account() = volunteer::ToProto(id, account->value_or(HourAccount()), *levels);
  for (int64_t after = 0;;) {
    const auto entries = HoursStore::After(session, center_id, id, after, kBatch);
    if (!entries.ok()) return entries.status();
    for (const HourEntry& entry : *entries) *all.add_hour_entries() = volunteer::ToProto(entry);
    if (entries->size() < kBatch) return absl::OkStatus();
    after = entries->back().sequence;
  }
}

absl::Status RightsService::AddConsents(db::Session& session, uint64_t center_id, uint64_t id,
                                        v1::ExportVolunteerResponse& all) const {
  for (uint64_t before = 0;;) {
    const auto consents = ConsentsStore::List(session, center_id, id, before, kBatch);
    if (!consents.ok()) return consents.status();
    for (const ConsentRecord& consent : *consents) *all.add_consents() = volunteer::ToProto(consent);
    if (consents->size() < kBatch) return absl::OkStatus();
    before = consents->back().id;
  }
}

absl::Status RightsService::AddCertificates(db::Session& session, uint64_t center_id, uint64_t id,
                                            v1::ExportVolunteerResponse& all) const {
  for (uint64_t before = 0;;) {
    const auto certificates = certificates_.List(session, center_id, id, before, kBatch);
    if (!certificates.ok()) return certificates.status();
    for (const CertificateRecord& record : *certificates) *all.add_certificates() = ToFullProto(record);
    if (certificates->size() < kBatch) return absl::OkStatus();
    before = certificates->back().id;
  }
}

absl::Status RightsService::Correct(db::Transaction& transaction, const rpc::Call& call,
                                    const v1::CorrectVolunteerRequest& request, VolunteerRecord& record) const {
  const absl::CivilDay today = DayInChina(call.now);
  Violations violations;
  if (!request.display_name().empty()) {
    record.person.display_name = ReadName(request.display_name(), "display_name", violations);
  }
  if (request.has_id_document()) {
    SetIdentity(ReadIdentity(request.id_document(), today, "id_document.", violations), record.person);
  }
  if (absl::Status refused = Refuse(violations); !refused.ok()) return refused;
  // Of an adult nothing is kept about a guardian.
  if (request.has_guardian() && IsMinor(record.person.birth_date, today)) {
    const auto guardian = GuardianOf(request.guardian(), record.person, today);
    if (!guardian.ok()) return guardian.status();
    const absl::Status put = guardians_.Put(transaction, record.center_id, record.id, *guardian, call.now);
    if (!put.ok()) return put;
  }
  return CheckStillCovered(transaction, call, record);
}

absl::Status RightsService::CheckStillCovered(db::Session& session, const rpc::Call& call,
                                              const VolunteerRecord& record) const {
  const int age = AgeOn(record.person.birth_date, DayInChina(call.now));
  if (age >= kOfAge) return absl::OkStatus();
  const auto guardian = guardians_.Find(session, record.center_id, record.id);
  if (!guardian.ok()) return guardian.status();
  if (!guardian->has_value()) return errors::FailedPrecondition(type::REASON_GUARDIAN_REQUIRED);
  const auto standing = ConsentsStore::Standing(session, record.center_id, record.id);
  if (!standing.ok()) return standing.status();
  return CheckCovered(*standing, age);
}

absl::Status RightsService::Erase(db::Transaction& transaction, const rpc::Call& call, VolunteerRecord& record) const {
  const uint64_t center_id = record.center_id, id = record.id;
  record.person = Person();
  record.state = v1::Volunteer::STATE_ERASED;
  record.update_time = call.now;
  if (absl::Status erased = volunteers_.Erase(transaction, record); !erased.ok()) return erased;
  if (absl::Status done = GuardiansStore::Remove(transaction, center_id, id); !done.ok()) return done;
  if (absl::Status done = CertificatesStore::ForgetPerson(transaction, center_id, id); !done.ok()) return done;
  if (absl::Status done = AccessRequestsStore::ForgetPerson(transaction, center_id, id); !done.ok()) return done;
  const auto withdrawn = ConsentsStore::WithdrawAll(transaction, center_id, id, call.now);
  if (!withdrawn.ok()) return withdrawn.status();
  if (absl::Status out = EndAccess(traces_, transaction, center_id, id, call.arrival); !out.ok()) return out;
  for (const PersonTraces* part : traces_) {
    if (absl::Status forgotten = part->Forget(transaction, center_id, id); !forgotten.ok()) return forgotten;
  }
  return Tell(transaction, call, with_, record);
}

}  // namespace wenming::volunteer
