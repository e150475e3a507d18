// Implements wenming.org.v1.TeamsService.
#pragma once

#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "org_svc/dependencies.h"
#include "org_svc/teams/team_record.h"
#include "org_svc/teams/teams_import.h"
#include "wenming/org/v1/teams.pb.h"

namespace wenming::org {

// Thread-safe.
class TeamsService {
 public:
  explicit TeamsService(const Dependencies& with) : with_(with) {}

  rpc::Service Bind();

  absl::StatusOr<v1::Team> GetTeam(const rpc::Call& call, const v1::GetTeamRequest& request);
  absl::StatusOr<v1::ListTeamsResponse> ListTeams(const rpc::Call& call, const v1::ListTeamsRequest& request);
  absl::StatusOr<v1::Team> CreateTeam(const rpc::Call& call, const v1::CreateTeamRequest& request);
  absl::StatusOr<v1::Team> UpdateTeam(const rpc::Call& call, const v1::UpdateTeamRequest& request);
  absl::StatusOr<v1::Team> DeleteTeam(const rpc::Call& call, const v1::DeleteTeamRequest& request);
  absl::StatusOr<v1::ImportReport> ImportTeams(const rpc::Call& call, const v1::ImportTeamsRequest& request);

 private:
  using Edit = absl::FunctionRef<absl::Status(db::Transaction&, TeamRecord&)>;

  // Loads an active team that the caller may write and whose etag is the given one, lets `edit` change it, stores it.
  // No other write to the center's teams, an import least of all, comes between.
  absl::StatusOr<v1::Team> Change(const rpc::Call& call, const google::protobuf::Message& request,
                                  std::string_view name, std::string_view etag, Edit edit);
  absl::StatusOr<TeamRecord> Insert(db::Transaction& transaction, const rpc::Call& call, const v1::Team& team);

  struct Planned {
    TeamsPlan plan;
    Findings findings;
    std::vector<v1::TeamsChanged> events = {};
  };
  absl::StatusOr<Planned> PlanImport(db::Session& session, const rpc::Call& call, const TeamsFile& file,
                                     uint64_t center_id);
  absl::StatusOr<Planned> Import(const rpc::Call& call, const v1::ImportTeamsRequest& request, const TeamsFile& file,
                                 uint64_t center_id);
  void Tell(const std::vector<v1::TeamsChanged>& events) const;

  const Dependencies with_;
};

}  // namespace wenming::org
