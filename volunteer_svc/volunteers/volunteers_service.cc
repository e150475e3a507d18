#include "volunteer_svc/volunteers/volunteers_service.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/rpc/validate.h"
#include "volunteer_svc/access_requests/access_requests_store.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/consents/consents_rules.h"
#include "volunteer_svc/volunteers/changes.h"
#include "volunteer_svc/volunteers/reveals.h"

namespace wenming::volunteer {
namespace {

constexpr char kWrite[] = "volunteers.write";

// The pipeline has checked the form of names that are there; the name within a resource may be missing.
absl::StatusOr<uint64_t> IdOf(std::string_view name, std::string_view field) {
  const auto id = ids::ParseName("volunteers", name);
  if (id) return *id;
  return errors::InvalidField(field, name.empty() ? type::REASON_REQUIRED : type::REASON_BAD_RESOURCE_NAME,
                              {{"collection", "volunteers"}});
}

v1::Volunteer Show(const rpc::Call& call, const VolunteerRecord& record) {
  return ToProto(record, ViewOf(call, record), DayInChina(call.now));
}

}  // namespace

VolunteersService::VolunteersService(const Dependencies& dependencies, AllTraces traces)
    : dependencies_(dependencies),
      traces_(std::move(traces)),
      store_(PersonSeal(dependencies.cipher, dependencies.blind_index)),
      guardians_(dependencies.cipher),
      registrar_(dependencies) {}

rpc::Service VolunteersService::Bind() {
  return rpc::Service("wenming.volunteer.v1.VolunteersService")
      .Unary("GetVolunteer", rpc::kPooled, this, &VolunteersService::GetVolunteer)
      .Unary("ListVolunteers", rpc::kPooled, this, &VolunteersService::ListVolunteers)
      .Unary("CreateVolunteer", rpc::kPooled, this, &VolunteersService::CreateVolunteer)
      .Unary("UpdateVolunteer", rpc::kPooled, this, &VolunteersService::UpdateVolunteer)
      .Unary("DeactivateVolunteer", rpc::kPooled, this, &VolunteersService::DeactivateVolunteer)
      .Unary("ReactivateVolunteer", rpc::kPooled, this, &VolunteersService::ReactivateVolunteer)
      .Unary("RevealVolunteer", rpc::kPooled, this, &VolunteersService::RevealVolunteer);
}

absl::StatusOr<v1::Volunteer> VolunteersService::GetVolunteer(const rpc::Call& call,
                                                              const v1::GetVolunteerRequest& request) {
  const auto id = IdOf(request.name(), "name");
  if (!id.ok()) return id.status();
  if (call.IsVolunteer() && !call.IsVolunteer(*id)) return call.AuthoriseSelfOr(*id, "volunteers.read", 0);
  const auto record = db::Read(dependencies_.db, call.deadline,
                               [&](db::Session& session) { return store_.Find(session, call.center_id, *id); });
  if (!record.ok()) return record.status();
  if (!record->has_value()) return errors::NotFound(request.name());
  const absl::Status allowed = call.AuthoriseSelfOr(*id, "volunteers.read", (*record)->unit_id);
  if (!allowed.ok()) return allowed;
  if (!call.IsVolunteer() && IsMinor((*record)->person.birth_date, DayInChina(call.now))) {
    if (absl::Status kept = RecordLook(call, request.name()); !kept.ok()) return kept;
  }
  return Show(call, **record);
}

absl::StatusOr<v1::ListVolunteersResponse> VolunteersService::ListVolunteers(const rpc::Call& call,
                                                                             const v1::ListVolunteersRequest& request) {
  const auto unit_id = ids::ParseName("units", request.parent());
  if (!unit_id) return errors::NotFound(request.parent());
  const auto position = dependencies_.pager.Position(request);
  if (!position.ok()) return position.status();
  const std::string after = position->empty() ? std::string() : std::get<std::string>(position->front().data());
  const size_t size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  const int limit = static_cast<int>(size) + 1;
  auto records = db::Read(dependencies_.db, call.deadline, [&](db::Session& session) {
    if (*unit_id == call.center_id) return store_.ListCenter(session, call.center_id, after, limit);
    return store_.ListUnits(session, call.center_id, dependencies_.directory.Subtree(*unit_id), after, limit);
  });
  if (!records.ok()) return records.status();
  v1::ListVolunteersResponse response;
  if (records->size() > size) {
    records->resize(size);
    response.set_next_page_token(dependencies_.pager.Token(request, {records->back().number}));
  }
  for (const VolunteerRecord& record : *records) {
    *response.add_volunteers() = ToProto(record, View::kListed, DayInChina(call.now));
  }
  return response;
}

absl::StatusOr<v1::Volunteer> VolunteersService::CreateVolunteer(const rpc::Call& call,
                                                                 const v1::CreateVolunteerRequest& request) {
  const auto unit_id = ids::ParseName("units", request.parent());
  if (!unit_id) return errors::NotFound(request.parent());
  const auto registration = RegistrationOf(request.volunteer(), request.has_guardian() ? &request.guardian() : nullptr,
                                           request.consent_documents(), DayInChina(call.now));
  if (!registration.ok()) return registration.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return dependencies_.trail.Run(
      call, request, !request.request_id().empty(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::Volunteer> {
        // What is kept for a repeated request names the volunteer only: an answer holds personal data.
        const auto created = idempotency::Run<v1::GetVolunteerRequest>(
            transaction, scope, request, call.now, [&]() -> absl::StatusOr<v1::GetVolunteerRequest> {
              const auto record =
                  registrar_.Register(transaction, call, *unit_id, *registration, v1::Consent::CHANNEL_PAPER);
              if (!record.ok()) return record.status();
              v1::GetVolunteerRequest name;
              name.set_name(ids::ResourceName("volunteers", record->id));
              return name;
            });
        if (!created.ok()) return created.status();
        const auto id = IdOf(created->name(), "name");
        if (!id.ok()) return id.status();
        const auto kept = store_.Find(transaction, call.center_id, *id);
        if (!kept.ok()) return kept.status();
        if (!kept->has_value()) return errors::NotFound(created->name());
        return Show(call, **kept);
      });
}

absl::StatusOr<v1::Volunteer> VolunteersService::UpdateVolunteer(const rpc::Call& call,
                                                                 const v1::UpdateVolunteerRequest& request) {
  const v1::Volunteer& volunteer = request.volunteer();
  const auto id = IdOf(volunteer.name(), "volunteer.name");
  if (!id.ok()) return id.status();
  const auto fields = rpc::FieldsToUpdate(request.update_mask(), volunteer, UpdatableFields());
  if (!fields.ok()) return fields.status();
  // With an etag a second run finds its own write and says so, which would be wrong; without one it writes the same
  // again.
  const bool repeatable = volunteer.etag().empty();
  return dependencies_.trail.Run(
      call, request, repeatable, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Volunteer> {
        auto record = LoadForChange(transaction, call, store_, *id, kWrite);
        if (!record.ok()) return record.status();
        if (absl::Status active = CheckActive(record->state); !active.ok()) return active;
        if (!volunteer.etag().empty() && volunteer.etag() != EtagOf(record->version)) {
          return errors::Aborted(type::REASON_ETAG_MISMATCH);
        }
        if (absl::Status applied = ApplyUpdate(volunteer, *fields, record->person); !applied.ok()) return applied;
        if (!fields->empty()) {
          if (absl::Status stored = StoreChange(transaction, call, dependencies_, store_, *record); !stored.ok())
            return stored;
        }
        // Whoever sets a phone decides who may log in with it: the log says that it was set, and by whom.
        call.Note("fields", absl::StrJoin(*fields, ","));
        return Show(call, *record);
      });
}

absl::StatusOr<v1::Volunteer> VolunteersService::DeactivateVolunteer(const rpc::Call& call,
                                                                     const v1::DeactivateVolunteerRequest& request) {
  return MoveMembership(call, request, request.name(), Move::kDeactivate);
}

absl::StatusOr<v1::Volunteer> VolunteersService::ReactivateVolunteer(const rpc::Call& call,
                                                                     const v1::ReactivateVolunteerRequest& request) {
  return MoveMembership(call, request, request.name(), Move::kReactivate);
}

absl::StatusOr<v1::Volunteer> VolunteersService::MoveMembership(const rpc::Call& call,
                                                                const google::protobuf::Message& request,
                                                                std::string_view name, Move move) {
  const auto id = IdOf(name, "name");
  if (!id.ok()) return id.status();
  return dependencies_.trail.Run(
      call, request, /*repeatable=*/false, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Volunteer> {
        auto record = LoadForChange(transaction, call, store_, *id, kWrite);
        if (!record.ok()) return record.status();
        const auto state = StateAfter(record->state, move);
        if (!state.ok()) return state.status();
        if (move == Move::kReactivate) {
          const absl::Status agreed = CheckConsents(transaction, call, *record);
          if (!agreed.ok()) return agreed;
        }
        record->state = *state;
        if (absl::Status stored = StoreChange(transaction, call, dependencies_, store_, *record); !stored.ok())
          return stored;
        if (move == Move::kDeactivate) {
          const absl::Status out = EndAccess(traces_, transaction, call.center_id, *id, call.arrival);
          if (!out.ok()) return out;
        }
        return Show(call, *record);
      });
}

absl::StatusOr<v1::RevealVolunteerResponse> VolunteersService::RevealVolunteer(
    const rpc::Call& call, const v1::RevealVolunteerRequest& request) {
  const auto id = IdOf(request.name(), "name");
  if (!id.ok()) return id.status();
  if (absl::Status right = CheckReveal(request); !right.ok()) return right;
  const uint64_t staff = call.caller.id;
  const v1::RevealPurpose purpose = request.purpose();
  return dependencies_.trail.Run(
      call, request, /*repeatable=*/true,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::RevealVolunteerResponse> {
        const auto record = store_.Find(transaction, call.center_id, *id);
        if (!record.ok()) return record.status();
        if (!record->has_value()) return errors::NotFound(request.name());
        if (absl::Status allowed = call.Authorise("volunteers.reveal", (*record)->unit_id); !allowed.ok()) {
          return allowed;
        }
        if ((*record)->state == v1::Volunteer::STATE_ERASED)
          return errors::FailedPrecondition(type::REASON_PERSON_ERASED);
        if (IsMinor((*record)->person.birth_date, DayInChina(call.now))) {
          const absl::Status approved =
              AccessRequestsStore::CheckApproved(transaction, call.center_id, *id, staff, purpose, call.now);
          if (!approved.ok()) return approved;
        }
        if (!WithoutConsent(purpose)) {
          const absl::Status agreed = CheckConsents(transaction, call, **record);
          if (!agreed.ok()) return agreed;
        }
        const auto guardian = guardians_.Find(transaction, call.center_id, *id);
        if (!guardian.ok()) return guardian.status();
        NoteReveal(call, request);
        audit::Entry entry;
        entry.object = request.name();
        const absl::Status kept = dependencies_.trail.Append(transaction, call, entry);
        if (!kept.ok()) return kept;
        return Revealed(**record, *guardian, request);
      });
}

absl::Status VolunteersService::RecordLook(const rpc::Call& call, const std::string& name) const {
  audit::Entry entry;
  entry.object = name;
  return db::RunTransaction(
      dependencies_.db, {.deadline = call.deadline, .repeatable = true},
      [&](db::Transaction& transaction) { return dependencies_.trail.Append(transaction, call, entry); });
}

absl::Status VolunteersService::CheckConsents(db::Transaction& transaction, const rpc::Call& call,
                                              const VolunteerRecord& record) const {
  const auto standing = ConsentsStore::Standing(transaction, record.center_id, record.id);
  if (!standing.ok()) return standing.status();
  return CheckCovered(*standing, AgeOn(record.person.birth_date, DayInChina(call.now)));
}

}  // namespace wenming::volunteer
