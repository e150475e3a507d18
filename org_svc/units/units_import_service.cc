// UnitsService::ImportUnits: the file, the permission, then one transaction that plans and writes.
#include <algorithm>
#include <iterator>
#include <utility>

#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "org_svc/units/units_service.h"
#include "org_svc/units/units_store.h"

namespace wenming::org {
namespace {

// A center that another caller made in the meantime is there the second time.
constexpr int kAttempts = 2;

}  // namespace

absl::StatusOr<v1::ImportReport> UnitsService::ImportUnits(const rpc::Call& call,
                                                           const v1::ImportUnitsRequest& request) {
  auto file = ReadUnitsFile(request.csv());
  if (!file.ok()) return file.status();
  const std::string_view center_code = file->CenterCode();
  const UnitPtr center = cache_.FindCenter(center_code);
  const uint64_t center_id = center != nullptr ? center->id : center_code.empty() ? call.center_id : 0;
  if (absl::Status may = call.Authorise("units.import", center_id); !may.ok()) return may;
  if (center_id == 0 && center_code.empty() && file->findings.empty()) {
    file->findings.Add(0, "", type::REASON_CENTER_MISSING);
  }
  auto imported = request.dry_run() || !file->findings.empty()
                      ? with_.trail.Run(call, request, /*repeatable=*/true,
                                        [&](db::Transaction& transaction) {
                                          return PlanImport(transaction, call, *file, center_id);
                                        })
                      : Import(call, request, *file, center_id);
  if (!imported.ok()) return imported.status();
  v1::ImportReport report;
  report.set_dry_run(request.dry_run());
  imported->findings.Tell(call.language, report);
  if (report.errors_size() > 0) return report;
  report.set_created(static_cast<int32_t>(imported->plan.created.size()));
  report.set_updated(static_cast<int32_t>(imported->plan.updated.size()));
  report.set_unchanged(imported->plan.unchanged);
  return report;
}

absl::StatusOr<UnitsService::Imported> UnitsService::PlanImport(db::Session& session, const rpc::Call& call,
                                                                const UnitsFile& file, uint64_t center_id) {
  std::vector<UnitRecord> existing;
  if (center_id != 0) {
    auto read = ReadAllUnits(session, center_id);
    if (!read.ok()) return read.status();
    existing = *std::move(read);
  }
  Imported imported{.plan = {}, .findings = file.findings, .events = {}};
  const uint64_t id = center_id != 0 ? center_id : with_.ids.Next();
  imported.plan = PlanUnits(file.rows, existing, id, with_.ids, call.now, imported.findings);
  return imported;
}

absl::StatusOr<UnitsService::Imported> UnitsService::Import(const rpc::Call& call,
                                                            const v1::ImportUnitsRequest& request,
                                                            const UnitsFile& file, uint64_t center_id) {
  absl::StatusOr<Imported> imported;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    imported = with_.trail.Run(call, request, /*repeatable=*/true,
                               [&](db::Transaction& transaction) -> absl::StatusOr<Imported> {
                                 uint64_t id = center_id;
                                 if (id == 0) {
                                   const auto found = FindCenter(transaction, file.CenterCode());
                                   if (!found.ok()) return found.status();
                                   id = found->value_or(0);
                                 }
                                 if (id != 0) {
                                   if (absl::Status locked = LockCenter(transaction, id); !locked.ok()) return locked;
                                 }
                                 auto planned = PlanImport(transaction, call, file, id);
                                 if (!planned.ok() || !planned->findings.empty()) return planned;
                                 if (absl::Status stored = Store(transaction, call, *planned, id == 0); !stored.ok())
                                   return stored;
                                 return planned;
                               });
    if (!db::IsDuplicateKey(imported.status())) break;
  }
  if (imported.ok() && !imported->events.empty()) {
    const auto& plan = imported->plan;
    Tell((plan.created.empty() ? plan.updated : plan.created).front().center_id, imported->events);
  }
  return imported;
}

absl::Status UnitsService::Store(db::Transaction& transaction, const rpc::Call& call, Imported& imported,
                                 bool new_center) {
  UnitsPlan& plan = imported.plan;
  if (new_center && !plan.created.empty()) {
    const UnitRecord& center = plan.created.front();
    if (absl::Status claimed = ClaimCenter(transaction, center.unit.code(), center.id); !claimed.ok()) return claimed;
  }
  if (absl::Status inserted = InsertUnits(transaction, plan.created); !inserted.ok()) return inserted;
  for (const UnitRecord& record : plan.updated) {
    if (absl::Status updated = org::UpdateUnit(transaction, record); !updated.ok()) return updated;
  }
  for (const auto* changed : {&plan.created, &plan.updated}) {
    auto published = PublishUnits(transaction, with_.ids, *changed, call.now);
    if (!published.ok()) return published.status();
    std::ranges::move(*published, std::back_inserter(imported.events));
  }
  return absl::OkStatus();
}

}  // namespace wenming::org
