#include "org_svc/units/unit_record.h"

#include "common/ids/ids.h"
#include "org_svc/etag.h"

namespace wenming::org {

void Seal(UnitRecord& record) {
  record.unit.set_name(ids::ResourceName("units", record.id));
  record.unit.set_parent(record.parent_id == 0 ? "" : ids::ResourceName("units", record.parent_id));
  record.unit.set_etag(Etag(record.version));
}

v1::UnitChange ToChange(const UnitRecord& record) {
  v1::UnitChange change;
  *change.mutable_unit() = record.unit;
  change.set_version(record.version);
  return change;
}

UnitPtr FromChange(uint64_t center_id, const v1::UnitChange& change) {
  const auto id = ids::ParseName("units", change.unit().name());
  if (!id) return nullptr;
  return std::make_shared<const UnitRecord>(
      UnitRecord{.center_id = center_id,
                 .id = *id,
                 .parent_id = ids::ParseName("units", change.unit().parent()).value_or(0),
                 .version = change.version(),
                 .unit = change.unit()});
}

v1::DirectoryUnit ToDirectory(const UnitRecord& record) {
  v1::DirectoryUnit unit;
  unit.set_id(record.id);
  unit.set_parent_id(record.parent_id);
  unit.set_center_id(record.center_id);
  unit.set_level(record.unit.level());
  unit.set_code(record.unit.code());
  unit.set_display_name(record.unit.display_name());
  unit.set_deleted(record.unit.state() == v1::Unit::STATE_DELETED);
  return unit;
}

}  // namespace wenming::org
