#include "org_svc/units/units_service.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/rpc/validate.h"
#include "google/protobuf/util/time_util.h"
#include "org_svc/etag.h"
#include "org_svc/units/units_rules.h"
#include "org_svc/units/units_store.h"

namespace wenming::org {
namespace {

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// Names have passed the field rules.
uint64_t IdOf(std::string_view name) { return ids::ParseName("units", name).value_or(0); }

}  // namespace

rpc::Service UnitsService::Bind() {
  return rpc::Service("wenming.org.v1.UnitsService")
      .Unary("GetUnit", rpc::kInline, this, &UnitsService::GetUnit)
      .Unary("ListUnits", rpc::kPooled, this, &UnitsService::ListUnits)
      .Unary("CreateUnit", rpc::kPooled, this, &UnitsService::CreateUnit)
      .Unary("UpdateUnit", rpc::kPooled, this, &UnitsService::UpdateUnit)
      .Unary("MoveUnit", rpc::kPooled, this, &UnitsService::MoveUnit)
      .Unary("DeleteUnit", rpc::kPooled, this, &UnitsService::DeleteUnit)
      .Unary("ImportUnits", rpc::kPooled, this, &UnitsService::ImportUnits);
}

absl::StatusOr<v1::Unit> UnitsService::GetUnit(const rpc::Call& call, const v1::GetUnitRequest& request) {
  const UnitPtr unit = cache_.Find(IdOf(request.name()));
  const bool elsewhere = unit != nullptr && call.center_id != 0 && unit->center_id != call.center_id;
  if (unit == nullptr || elsewhere) return errors::NotFound(request.name());
  return unit->unit;
}

absl::StatusOr<v1::ListUnitsResponse> UnitsService::ListUnits(const rpc::Call& call,
                                                              const v1::ListUnitsRequest& request) {
  const auto position = with_.pager.Position(request);
  if (!position.ok()) return position.status();
  UnitFilter filter{.center_id = call.center_id,
                    .parent_id = request.parent().empty() ? 0 : IdOf(request.parent()),
                    .subtree = request.subtree(),
                    .level = request.level(),
                    .code = request.code(),
                    .text = request.query()};
  if (filter.parent_id != 0) {
    const UnitPtr parent = cache_.Find(filter.parent_id);
    const bool elsewhere = parent != nullptr && call.center_id != 0 && parent->center_id != call.center_id;
    if (parent == nullptr || elsewhere) return errors::NotFound(request.parent());
    filter.center_id = parent->center_id;
  }
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  const std::string after = position->empty() ? "" : std::get<std::string>(position->front().data());
  const std::vector<UnitPtr> units = cache_.List(filter, after, size + 1);
  v1::ListUnitsResponse response;
  for (size_t i = 0; i < units.size() && i < size; ++i) *response.add_units() = units[i]->unit;
  if (units.size() > size) response.set_next_page_token(with_.pager.Token(request, {units[size - 1]->unit.code()}));
  return response;
}

absl::StatusOr<v1::Unit> UnitsService::CreateUnit(const rpc::Call& call, const v1::CreateUnitRequest& request) {
  // Without a parent it would be a center, and those are imported.
  if (request.unit().parent().empty()) return errors::InvalidField("unit.parent", type::REASON_REQUIRED);
  if (absl::Status checked = CheckUnitValues(request.unit()); !checked.ok()) return checked;
  std::vector<v1::UnitsChanged> events;
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  auto unit = with_.trail.Run(call, request, !request.request_id().empty(), [&](db::Transaction& transaction) {
    events.clear();
    return idempotency::Run<v1::Unit>(transaction, scope, request, call.now, [&]() -> absl::StatusOr<v1::Unit> {
      auto record = Insert(transaction, call, request.unit());
      if (!record.ok()) return record.status();
      auto published = PublishUnits(transaction, with_.ids, {&*record, 1}, call.now);
      if (!published.ok()) return published.status();
      events = *std::move(published);
      return std::move(record->unit);
    });
  });
  if (unit.ok()) Tell(call.center_id, events);
  return unit;
}

absl::StatusOr<UnitRecord> UnitsService::Insert(db::Transaction& transaction, const rpc::Call& call, v1::Unit unit) {
  if (absl::Status locked = LockCenter(transaction, call.center_id); !locked.ok()) return locked;
  const auto parent = LoadUnit(transaction, call.center_id, IdOf(unit.parent()));
  if (!parent.ok()) return parent.status();
  if (absl::Status fits = CheckUnitParent(call.center_id, unit.level(), *parent); !fits.ok()) return fits;
  UnitRecord record{.center_id = call.center_id,
                    .id = with_.ids.Next(),
                    .parent_id = parent->id,
                    .version = 1,
                    .unit = std::move(unit)};
  record.unit.set_state(v1::Unit::STATE_ACTIVE);
  *record.unit.mutable_create_time() = ToTimestamp(call.now);
  *record.unit.mutable_update_time() = ToTimestamp(call.now);
  Seal(record);
  if (absl::Status inserted = InsertUnits(transaction, {&record, 1}); !inserted.ok()) return inserted;
  return record;
}

absl::StatusOr<v1::Unit> UnitsService::UpdateUnit(const rpc::Call& call, const v1::UpdateUnitRequest& request) {
  const auto fields = rpc::FieldsToUpdate(request.update_mask(), request.unit(), UpdatableUnitFields());
  if (!fields.ok()) return fields.status();
  if (absl::Status checked = CheckUnitValues(request.unit()); !checked.ok()) return checked;
  const bool renames = std::ranges::find(*fields, "display_name") != fields->end();
  if (renames && request.unit().display_name().empty()) {
    return errors::InvalidField("unit.display_name", type::REASON_REQUIRED);
  }
  return Change(call, request, request.unit().name(), request.unit().etag(), [&](db::Transaction&, UnitRecord& record) {
    ApplyUnitFields(*fields, request.unit(), record.unit);
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::Unit> UnitsService::MoveUnit(const rpc::Call& call, const v1::MoveUnitRequest& request) {
  const uint64_t parent_id = IdOf(request.new_parent());
  if (absl::Status may = call.Authorise("units.write", parent_id); !may.ok()) return may;
  return Change(call, request, request.name(), request.etag(),
                [&](db::Transaction& transaction, UnitRecord& record) -> absl::Status {
                  const auto parent = LoadUnit(transaction, call.center_id, parent_id);
                  // To the caller, who holds the permission on it, a unit of another center is no secret.
                  if (absl::IsNotFound(parent.status()) && cache_.Find(parent_id) != nullptr) {
                    return errors::FailedPrecondition(type::REASON_OTHER_CENTER);
                  }
                  if (!parent.ok()) return parent.status();
                  record.parent_id = parent_id;
                  return CheckUnitParent(call.center_id, record.unit.level(), *parent);
                });
}

absl::StatusOr<v1::Unit> UnitsService::DeleteUnit(const rpc::Call& call, const v1::DeleteUnitRequest& request) {
  return Change(call, request, request.name(), request.etag(),
                [&](db::Transaction& transaction, UnitRecord& record) -> absl::Status {
                  const auto below = CountBelow(transaction, record.center_id, record.id);
                  if (!below.ok()) return below.status();
                  if (*below > 0) {
                    return errors::FailedPrecondition(type::REASON_HAS_CHILDREN, {{"count", absl::StrCat(*below)}});
                  }
                  record.unit.set_state(v1::Unit::STATE_DELETED);
                  return absl::OkStatus();
                });
}

absl::StatusOr<v1::Unit> UnitsService::Change(const rpc::Call& call, const google::protobuf::Message& request,
                                              std::string_view name, std::string_view etag, Edit edit) {
  std::vector<v1::UnitsChanged> events;
  auto unit = with_.trail.Run(call, request, /*repeatable=*/false,
                              [&](db::Transaction& transaction) -> absl::StatusOr<v1::Unit> {
                                if (absl::Status locked = LockCenter(transaction, call.center_id); !locked.ok())
                                  return locked;
                                auto record = LoadUnit(transaction, call.center_id, IdOf(name));
                                if (!record.ok()) return record.status();
                                if (absl::Status active = CheckActive(*record); !active.ok()) return active;
                                if (absl::Status seen = CheckEtag(etag, record->version); !seen.ok()) return seen;
                                if (absl::Status edited = edit(transaction, *record); !edited.ok()) return edited;
                                ++record->version;
                                *record->unit.mutable_update_time() = ToTimestamp(call.now);
                                Seal(*record);
                                if (absl::Status updated = org::UpdateUnit(transaction, *record); !updated.ok())
                                  return updated;
                                auto published = PublishUnits(transaction, with_.ids, {&*record, 1}, call.now);
                                if (!published.ok()) return published.status();
                                events = *std::move(published);
                                return std::move(record->unit);
                              });
  if (unit.ok()) Tell(call.center_id, events);
  return unit;
}

void UnitsService::Tell(uint64_t center_id, const std::vector<v1::UnitsChanged>& events) const {
  for (const v1::UnitsChanged& event : events) with_.changes.Tell(center_id, event);
}

}  // namespace wenming::org
