#include "volunteer_svc/application.h"

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/crypto/random.h"
#include "common/outbox/consumer.h"
#include "common/outbox/partition.h"
#include "common/wechat/base_url.h"
#include "volunteer_svc/access_requests/access_requests_service.h"
#include "volunteer_svc/auth/auth_service.h"
#include "volunteer_svc/auth/log_in_traces.h"
#include "volunteer_svc/certificates/certificate_issuers_service.h"
#include "volunteer_svc/certificates/certificate_pdf.h"
#include "volunteer_svc/certificates/certificate_printer.h"
#include "volunteer_svc/certificates/certificates_service.h"
#include "volunteer_svc/consents/consents_service.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/hours/hours_consumer.h"
#include "volunteer_svc/hours/hours_service.h"
#include "volunteer_svc/memberships/membership_traces.h"
#include "volunteer_svc/memberships/memberships_service.h"
#include "volunteer_svc/rights/rights_service.h"
#include "volunteer_svc/sealed_tables.h"
#include "volunteer_svc/volunteers/volunteers_service.h"

namespace wenming::volunteer {
namespace {

// Parts of the stream that are applied at once, so that one can compute while another waits for the database.
constexpr uint64_t kHourParts = 2;
// Events in one transaction, of which a part takes its share: enough that round trips and commit are little beside it.
constexpr int kBatch = 512;

// One part of the settled hours on their way from activity_svc into the ledger.
class SettledHours {
 public:
  SettledHours(service::Runtime& runtime, uint64_t part)
      : SettledHours(runtime, {part, kHourParts}, absl::StrCat("activity_svc/", part)) {}

 private:
  SettledHours(service::Runtime& runtime, outbox::Partition partition, const std::string& name)
      : source_(runtime.EventsFrom(runtime.flags.activity_events)),
        metrics_(runtime.ObserveConsumer(name)),
        hours_(runtime.clock, runtime.registry, metrics_.get(), partition),
        consumer_(
            runtime.db, *source_,
            [this](db::Transaction& transaction, std::span<const events::v1::Event> events) {
              return hours_.Apply(transaction, events);
            },
            {.name = name, .batch = kBatch}, &hours_) {}

  const std::unique_ptr<outbox::Source> source_;
  const std::unique_ptr<outbox::ConsumerObserver> metrics_;
  HoursConsumer hours_;
  outbox::Consumer consumer_;
};

class VolunteerApplication : public service::Application {
 public:
  VolunteerApplication(service::Runtime& runtime, const std::string& wechat_url, std::vector<wechat::WechatApp> apps,
                       std::string public_url)
      : dependencies_{.db = runtime.db,
                      .ids = runtime.ids,
                      .pager = runtime.pager,
                      .directory = runtime.directory,
                      .cipher = runtime.cipher,
                      .blind_index = runtime.blind_index,
                      .random = crypto::RandomBytes,
                      .trail = runtime.trail},
        wechat_(wechat_url, std::move(apps), runtime.clock, runtime.logger, runtime.registry),
        code_sender_(runtime.logger),
        sessions_(VolunteerSessions(runtime.ids, runtime.signer, runtime.development())),
        log_in_traces_(sessions_, runtime.cipher, runtime.blind_index),
        volunteers_(dependencies_, traces_),
        hours_(dependencies_),
        printer_(std::move(public_url)),
        certificates_(dependencies_, CertificateKeys(runtime.flags.keys), printer_),
        certificate_issuers_(dependencies_),
        consents_(dependencies_, traces_),
        access_requests_(dependencies_),
        rights_(dependencies_, traces_),
        memberships_(dependencies_),
        auth_(dependencies_, sessions_,
              {.wechat = wechat_,
               .sender = runtime.development() ? &code_sender_ : nullptr,
               .development = runtime.development()}) {
    if (runtime.flags.activity_events.empty()) return;
    for (uint64_t part = 0; part < kHourParts; ++part) {
      settled_hours_.push_back(std::make_unique<SettledHours>(runtime, part));
    }
  }

  std::vector<rpc::Service> Services() override {
    return {volunteers_.Bind(),          hours_.Bind(),       certificates_.Bind(),
            certificate_issuers_.Bind(), consents_.Bind(),    rights_.Bind(),
            access_requests_.Bind(),     memberships_.Bind(), auth_.Bind()};
  }

  std::vector<reseal::SealedTable> SealedTables() override { return volunteer::SealedTables(); }

 private:
  const Dependencies dependencies_;
  const WechatApps wechat_;
  LoggingCodeSender code_sender_;
  const sessions::Sessions sessions_;
  const LogInTraces log_in_traces_;
  const MembershipTraces membership_traces_;
  // Every part that keeps something of its own about people.
  const AllTraces traces_ = {&log_in_traces_, &membership_traces_};
  VolunteersService volunteers_;
  HoursService hours_;
  const CertificatePrinter printer_;
  CertificatesService certificates_;
  CertificateIssuersService certificate_issuers_;
  ConsentsService consents_;
  AccessRequestsService access_requests_;
  RightsService rights_;
  MembershipsService memberships_;
  AuthService auth_;
  std::vector<std::unique_ptr<SettledHours>> settled_hours_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<service::Application>> Build(service::Runtime& runtime) {
  const auto wechat_url = wechat::CheckBaseUrl(runtime.flags.wechat_url, runtime.development());
  if (!wechat_url.ok()) return wechat_url.status();
  auto apps = WechatApps::Read(runtime.flags.wechat_app_id, runtime.flags.wechat_secret_file);
  if (!apps.ok()) return apps.status();
  auto public_url = CheckPublicUrl(runtime.flags.public_url);
  if (!public_url.ok()) return public_url.status();
  if (absl::Status fonts = CheckFonts(); !fonts.ok()) return fonts;
  // What cannot sign a certificate is told now, and not to the first who wants one.
  if (const auto trial = CertificateKeys(runtime.flags.keys).Sign(""); !trial.ok()) return trial.status();
  return std::make_unique<VolunteerApplication>(runtime, *wechat_url, *std::move(apps), *std::move(public_url));
}

}  // namespace wenming::volunteer
