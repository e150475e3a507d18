// Implements wenming.org.v1.UnitsService.
#pragma once

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "org_svc/dependencies.h"
#include "org_svc/units/units_cache.h"
#include "org_svc/units/units_import.h"
#include "wenming/org/v1/units.pb.h"

namespace wenming::org {

// Reads answer from the cache, writes go to the database and are in the cache before they answer. Thread-safe.
class UnitsService {
 public:
  UnitsService(const Dependencies& with, const UnitsCache& cache) : with_(with), cache_(cache) {}

  rpc::Service Bind();

  absl::StatusOr<v1::Unit> GetUnit(const rpc::Call& call, const v1::GetUnitRequest& request);
  absl::StatusOr<v1::ListUnitsResponse> ListUnits(const rpc::Call& call, const v1::ListUnitsRequest& request);
  absl::StatusOr<v1::Unit> CreateUnit(const rpc::Call& call, const v1::CreateUnitRequest& request);
  absl::StatusOr<v1::Unit> UpdateUnit(const rpc::Call& call, const v1::UpdateUnitRequest& request);
  absl::StatusOr<v1::Unit> MoveUnit(const rpc::Call& call, const v1::MoveUnitRequest& request);
  absl::StatusOr<v1::Unit> DeleteUnit(const rpc::Call& call, const v1::DeleteUnitRequest& request);
  absl::StatusOr<v1::ImportReport> ImportUnits(const rpc::Call& call, const v1::ImportUnitsRequest& request);

 private:
  using Edit = absl::FunctionRef<absl::Status(db::Transaction&, UnitRecord&)>;

  // Loads an active unit whose etag is the given one, lets `edit` change it, stores and tells it. No other write to the
  // center's units, an import least of all, comes between.
  absl::StatusOr<v1::Unit> Change(const rpc::Call& call, const google::protobuf::Message& request,
                                  std::string_view name, std::string_view etag, Edit edit);
  absl::StatusOr<UnitRecord> Insert(db::Transaction& transaction, const rpc::Call& call, v1::Unit unit);

  struct Imported {
    UnitsPlan plan;
    Findings findings;
    std::vector<v1::UnitsChanged> events;
  };
  absl::StatusOr<Imported> PlanImport(db::Session& session, const rpc::Call& call, const UnitsFile& file,
                                      uint64_t center_id);
  absl::StatusOr<Imported> Import(const rpc::Call& call, const v1::ImportUnitsRequest& request, const UnitsFile& file,
                                  uint64_t center_id);
  absl::Status Store(db::Transaction& transaction, const rpc::Call& call, Imported& imported, bool new_center);

  void Tell(uint64_t center_id, const std::vector<v1::UnitsChanged>& events) const;

  const Dependencies with_;
  const UnitsCache& cache_;
};

}  // namespace wenming::org
