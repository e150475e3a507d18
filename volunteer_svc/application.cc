#include "volunteer_svc/application.h"

#include <optional>
#include <vector>

#include "common/crypto/random.h"
#include "common/outbox/consumer.h"
#include "volunteer_svc/auth/auth_service.h"
#include "volunteer_svc/certificates/certificates_service.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/hours/hours_consumer.h"
#include "volunteer_svc/hours/hours_service.h"
#include "volunteer_svc/volunteers/volunteers_service.h"

namespace wenming::volunteer {
namespace {

// Settled hours on their way from activity_svc into the ledger.
class SettledHours {
 public:
  explicit SettledHours(service::Runtime& runtime)
      : source_(runtime.EventsFrom(runtime.flags.activity_events)),
        metrics_(runtime.ObserveConsumer("activity_svc")),
        hours_(runtime.clock, runtime.registry, metrics_.get()),
        consumer_(
            runtime.db, *source_,
            [this](db::Transaction& transaction, const events::v1::Event& event) {
              return hours_.Apply(transaction, event);
            },
            {.name = "activity_svc"}, &hours_) {}

 private:
  const std::unique_ptr<outbox::Source> source_;
  const std::unique_ptr<outbox::ConsumerObserver> metrics_;
  HoursConsumer hours_;
  outbox::Consumer consumer_;
};

class VolunteerApplication : public service::Application {
 public:
  explicit VolunteerApplication(service::Runtime& runtime)
      : dependencies_{.db = runtime.db,
                      .ids = runtime.ids,
                      .pager = runtime.pager,
                      .directory = runtime.directory,
                      .cipher = runtime.cipher,
                      .blind_index = runtime.blind_index,
                      .random = crypto::RandomBytes},
        volunteers_(dependencies_),
        hours_(dependencies_),
        certificates_(dependencies_),
        auth_(dependencies_, runtime.signer, runtime.clock, runtime.development()) {
    if (!runtime.flags.activity_events.empty()) settled_hours_.emplace(runtime);
  }

  std::vector<rpc::Service> Services() override {
    return {volunteers_.Bind(), hours_.Bind(), certificates_.Bind(), auth_.Bind()};
  }

 private:
  const Dependencies dependencies_;
  VolunteersService volunteers_;
  HoursService hours_;
  CertificatesService certificates_;
  AuthService auth_;
  std::optional<SettledHours> settled_hours_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<service::Application>> Build(service::Runtime& runtime) {
  return std::make_unique<VolunteerApplication>(runtime);
}

}  // namespace wenming::volunteer
