// org_svc: units, teams, staff, and the directory that every service decides by.
#include "common/service/runtime.h"
#include "org_svc/application.h"
#include "org_svc/schema.h"

int main(int argc, char** argv) {
  return wenming::service::Run(argc, argv,
                               {.name = "org_svc",
                                .migrations = wenming::org::Migrations(),
                                .build = wenming::org::Build,
                                .logs_in = wenming::auth::CallerKind::kStaff});
}
