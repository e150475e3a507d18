// volunteer_svc: people and their record. `volunteer_svc --help` lists the flags.
#include "common/service/runtime.h"
#include "volunteer_svc/application.h"
#include "volunteer_svc/schema.h"

int main(int argc, char** argv) {
  return wenming::service::Run(
      argc, argv,
      {.name = "volunteer_svc", .migrations = wenming::volunteer::Migrations(), .build = wenming::volunteer::Build});
}
