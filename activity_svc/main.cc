// activity_svc: what is done. `activity_svc --help` lists the flags.
#include "activity_svc/application.h"
#include "activity_svc/schema.h"
#include "common/service/runtime.h"

int main(int argc, char** argv) {
  return wenming::service::Run(
      argc, argv,
      {.name = "activity_svc", .migrations = wenming::activity::Migrations(), .build = wenming::activity::Build});
}
