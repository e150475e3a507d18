// volunteer_svc: people and their record. `volunteer_svc --help` lists the flags.
#include "common/service/runtime.h"
#include "volunteer_svc/application.h"
#include "volunteer_svc/hours/ledger_report.h"
#include "volunteer_svc/schema.h"

int main(int argc, char** argv) {
  return wenming::service::Run(argc, argv,
                               {.name = "volunteer_svc",
                                .migrations = wenming::volunteer::Migrations(),
                                .build = wenming::volunteer::Build,
                                .logs_in = wenming::auth::CallerKind::kVolunteer,
                                .checks = {{.flag = "verify-ledger",
                                            .help = "compare the hour ledger with its chains, then exit",
                                            .run = wenming::volunteer::ReportLedger}}});
}
