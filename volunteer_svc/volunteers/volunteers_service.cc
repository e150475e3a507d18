#include "volunteer_svc/volunteers/volunteers_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/outbox/outbox.h"
#include "common/rpc/validate.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/counters.h"
#include "volunteer_svc/hours/hours_store.h"

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

View ViewFor(const rpc::Call& call, const VolunteerRecord& record) {
  return call.IsVolunteer(record.id) || call.May(kWrite, record.unit_id) ? View::kWhole : View::kOutline;
}

}  // namespace

VolunteersService::VolunteersService(const Dependencies& dependencies)
    : dependencies_(dependencies), store_(PersonSeal(dependencies.cipher, dependencies.blind_index)) {}

rpc::Service VolunteersService::Bind() {
  return rpc::Service("wenming.volunteer.v1.VolunteersService")
      .Unary("GetVolunteer", rpc::kPooled, this, &VolunteersService::GetVolunteer)
      .Unary("ListVolunteers", rpc::kPooled, this, &VolunteersService::ListVolunteers)
      .Unary("CreateVolunteer", rpc::kPooled, this, &VolunteersService::CreateVolunteer)
      .Unary("UpdateVolunteer", rpc::kPooled, this, &VolunteersService::UpdateVolunteer)
      .Unary("DeactivateVolunteer", rpc::kPooled, this, &VolunteersService::DeactivateVolunteer)
      .Unary("ReactivateVolunteer", rpc::kPooled, this, &VolunteersService::ReactivateVolunteer);
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
  return ToProto(**record, ViewFor(call, **record));
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
  for (const VolunteerRecord& record : *records) *response.add_volunteers() = ToProto(record, View::kOutline);
  return response;
}

absl::StatusOr<v1::Volunteer> VolunteersService::CreateVolunteer(const rpc::Call& call,
                                                                 const v1::CreateVolunteerRequest& request) {
  const auto unit_id = ids::ParseName("units", request.parent());
  if (!unit_id) return errors::NotFound(request.parent());
  auto person = PersonOf(request.volunteer(), DayInChina(call.now));
  if (!person.ok()) return person.status();
  VolunteerRecord record;
  record.center_id = call.center_id;
  record.unit_id = *unit_id;
  record.person = *std::move(person);
  record.create_time = record.update_time = call.now;

  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  const db::TransactionOptions options{.deadline = call.deadline, .repeatable = !request.request_id().empty()};
  return db::RunTransaction(
      dependencies_.db, options, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Volunteer> {
        // What is kept for a repeated request names the volunteer only: an answer holds personal data in clear.
        const auto created = idempotency::Run<v1::GetVolunteerRequest>(
            transaction, scope, request, call.now, [&]() -> absl::StatusOr<v1::GetVolunteerRequest> {
              if (absl::Status registered = Register(transaction, call, record); !registered.ok()) return registered;
              v1::GetVolunteerRequest name;
              name.set_name(ids::ResourceName("volunteers", record.id));
              return name;
            });
        if (!created.ok()) return created.status();
        const auto id = IdOf(created->name(), "name");
        if (!id.ok()) return id.status();
        if (*id == record.id) return ToProto(record, View::kWhole);
        const auto kept = store_.Find(transaction, call.center_id, *id);
        if (!kept.ok()) return kept.status();
        if (!kept->has_value()) return errors::NotFound(created->name());
        return ToProto(**kept, View::kWhole);
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
  const db::TransactionOptions options{.deadline = call.deadline, .repeatable = volunteer.etag().empty()};
  return db::RunTransaction(dependencies_.db, options,
                            [&](db::Transaction& transaction) -> absl::StatusOr<v1::Volunteer> {
                              auto record = LoadForChange(transaction, call, *id);
                              if (!record.ok()) return record.status();
                              if (absl::Status active = CheckActive(record->state); !active.ok()) return active;
                              if (!volunteer.etag().empty() && volunteer.etag() != EtagOf(record->version)) {
                                return errors::Aborted(type::REASON_ETAG_MISMATCH);
                              }
                              if (absl::Status applied = ApplyUpdate(volunteer, *fields, record->person); !applied.ok())
                                return applied;
                              if (!fields->empty()) {
                                if (absl::Status stored = StoreChange(transaction, call, *record); !stored.ok())
                                  return stored;
                              }
                              return ToProto(*record, View::kWhole);
                            });
}

absl::StatusOr<v1::Volunteer> VolunteersService::DeactivateVolunteer(const rpc::Call& call,
                                                                     const v1::DeactivateVolunteerRequest& request) {
  return MoveMembership(call, request.name(), Move::kDeactivate);
}

absl::StatusOr<v1::Volunteer> VolunteersService::ReactivateVolunteer(const rpc::Call& call,
                                                                     const v1::ReactivateVolunteerRequest& request) {
  return MoveMembership(call, request.name(), Move::kReactivate);
}

absl::StatusOr<v1::Volunteer> VolunteersService::MoveMembership(const rpc::Call& call, std::string_view name,
                                                                Move move) {
  const auto id = IdOf(name, "name");
  if (!id.ok()) return id.status();
  return db::RunTransaction(dependencies_.db, {.deadline = call.deadline},
                            [&](db::Transaction& transaction) -> absl::StatusOr<v1::Volunteer> {
                              auto record = LoadForChange(transaction, call, *id);
                              if (!record.ok()) return record.status();
                              const auto state = StateAfter(record->state, move);
                              if (!state.ok()) return state.status();
                              record->state = *state;
                              if (absl::Status stored = StoreChange(transaction, call, *record); !stored.ok())
                                return stored;
                              return ToProto(*record, View::kWhole);
                            });
}

absl::Status VolunteersService::Register(db::Transaction& transaction, const rpc::Call& call,
                                         VolunteerRecord& record) const {
  const auto center = dependencies_.directory.FindUnit(call.center_id);
  if (!center) return errors::Unavailable(type::REASON_DIRECTORY_UNAVAILABLE, absl::Seconds(1));
  const auto unit = dependencies_.directory.FindUnit(record.unit_id);
  if (!unit || unit->deleted) return errors::NotFound(ids::ResourceName("units", record.unit_id));
  const auto running_number = TakeNumber(transaction, call.center_id, "volunteers");
  if (!running_number.ok()) return running_number.status();
  record.id = dependencies_.ids.Next();
  record.number = absl::StrFormat("%s%08d", center->code, *running_number);
  if (absl::Status stored = store_.Insert(transaction, record); !stored.ok()) return stored;
  if (absl::Status opened = HoursStore::OpenAccount(transaction, call.center_id, record.id); !opened.ok())
    return opened;
  return outbox::Append(transaction, dependencies_.ids, call.center_id, ids::ResourceName("volunteers", record.id),
                        ToEvent(record), call.now);
}

absl::StatusOr<VolunteerRecord> VolunteersService::LoadForChange(db::Transaction& transaction, const rpc::Call& call,
                                                                 uint64_t id) const {
  if (call.IsVolunteer() && !call.IsVolunteer(id)) return call.AuthoriseSelfOr(id, kWrite, 0);
  auto record = store_.Find(transaction, call.center_id, id, Lock::kForUpdate);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return errors::NotFound(ids::ResourceName("volunteers", id));
  if (absl::Status allowed = call.AuthoriseSelfOr(id, kWrite, (*record)->unit_id); !allowed.ok()) return allowed;
  return **std::move(record);
}

absl::Status VolunteersService::StoreChange(db::Transaction& transaction, const rpc::Call& call,
                                            VolunteerRecord& record) const {
  record.update_time = call.now;
  if (absl::Status stored = store_.Update(transaction, record); !stored.ok()) return stored;
  return outbox::Append(transaction, dependencies_.ids, record.center_id, ids::ResourceName("volunteers", record.id),
                        ToEvent(record), call.now);
}

}  // namespace wenming::volunteer
