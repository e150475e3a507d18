#include "activity_svc/application.h"

#include <optional>
#include <utility>
#include <vector>

#include "activity_svc/activities/activities_service.h"
#include "activity_svc/agenda/agenda_service.h"
#include "activity_svc/appeals/appeals_service.h"
#include "activity_svc/attendance/attendance_service.h"
#include "activity_svc/attendance/shift_sweeper.h"
#include "activity_svc/calendar_feeds/calendar_feeds_service.h"
#include "activity_svc/calendars/calendars_service.h"
#include "activity_svc/dependencies.h"
#include "activity_svc/handovers/handover_sweeper.h"
#include "activity_svc/handovers/handovers_service.h"
#include "activity_svc/metrics.h"
#include "activity_svc/notices/notices_service.h"
#include "activity_svc/policies/policies_service.h"
#include "activity_svc/ratings/ratings_service.h"
#include "activity_svc/registrations/departure.h"
#include "activity_svc/registrations/offer_sweeper.h"
#include "activity_svc/registrations/registrations_service.h"
#include "activity_svc/rosters/rosters_service.h"
#include "activity_svc/settlements/settlements_service.h"
#include "activity_svc/shifts/shifts_service.h"
#include "activity_svc/station_packs/station_packs_service.h"
#include "activity_svc/supplements/supplements_service.h"
#include "activity_svc/sweeper.h"
#include "common/crypto/random.h"
#include "common/outbox/consumer.h"

namespace wenming::activity {
namespace {

// Follows volunteer_svc: who may sign up, and what a roster calls them.
class VolunteersFollower {
 public:
  explicit VolunteersFollower(service::Runtime& runtime)
      : source_(runtime.EventsFrom(runtime.flags.volunteer_events)),
        observer_(runtime.ObserveConsumer("volunteer_svc")),
        consumer_(
            runtime.db, *source_,
            [&ids = runtime.ids, clock = runtime.clock](db::Transaction& tx, const events::v1::Event& event) {
              return FollowVolunteer(tx, ids, event, clock());
            },
            {.name = "volunteer_svc"}, observer_.get()) {}

 private:
  const std::unique_ptr<outbox::Source> source_;
  const std::unique_ptr<outbox::ConsumerObserver> observer_;
  outbox::Consumer consumer_;
};

class ActivityApplication : public service::Application {
 public:
  ActivityApplication(service::Runtime& runtime, CheckCodes codes)
      : codes_(std::move(codes)),
        metrics_(runtime.registry),
        dependencies_{runtime.db, runtime.ids, runtime.trail, runtime.pager, codes_, metrics_},
        policies_(dependencies_),
        activities_(dependencies_),
        shifts_(dependencies_),
        registrations_(dependencies_),
        attendance_(dependencies_),
        agenda_(dependencies_),
        rosters_(dependencies_),
        calendar_feeds_(dependencies_, crypto::RandomBytes),
        calendars_(dependencies_),
        settlements_(dependencies_),
        appeals_(dependencies_),
        supplements_(dependencies_),
        ratings_(dependencies_),
        handovers_(dependencies_),
        station_packs_(dependencies_),
        notices_(dependencies_),
        offers_(
            {.name = "offers"},
            [this](absl::Time now) { return SweepOffers(dependencies_.db, dependencies_.ids, metrics_, now); },
            runtime.careful_clock, &runtime.logger),
        lapses_(
            {.name = "handovers"},
            [this](absl::Time now) { return SweepHandovers(dependencies_.db, dependencies_.ids, now); },
            runtime.careful_clock, &runtime.logger),
        ends_(
            {.name = "shifts"},
            [this](absl::Time now) { return SweepShifts(dependencies_.db, dependencies_.ids, now); },
            runtime.careful_clock, &runtime.logger) {
    if (!runtime.flags.volunteer_events.empty()) volunteers_.emplace(runtime);
  }

  std::vector<rpc::Service> Services() override {
    return {policies_.Bind(),   activities_.Bind(),  shifts_.Bind(),        registrations_.Bind(),
            attendance_.Bind(), agenda_.Bind(),      rosters_.Bind(),       calendar_feeds_.Bind(),
            calendars_.Bind(),  settlements_.Bind(), appeals_.Bind(),       supplements_.Bind(),
            ratings_.Bind(),    handovers_.Bind(),   station_packs_.Bind(), notices_.Bind()};
  }

 private:
  const CheckCodes codes_;
  const Metrics metrics_;
  const Dependencies dependencies_;
  PoliciesService policies_;
  ActivitiesService activities_;
  ShiftsService shifts_;
  RegistrationsService registrations_;
  AttendanceService attendance_;
  AgendaService agenda_;
  RostersService rosters_;
  CalendarFeedsService calendar_feeds_;
  CalendarsService calendars_;
  SettlementsService settlements_;
  AppealsService appeals_;
  SupplementsService supplements_;
  RatingsService ratings_;
  HandoversService handovers_;
  StationPacksService station_packs_;
  NoticesService notices_;
  Sweeper offers_;
  Sweeper lapses_;
  Sweeper ends_;
  std::optional<VolunteersFollower> volunteers_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<service::Application>> Build(service::Runtime& runtime) {
  auto codes = CheckCodes::Load(runtime.flags.keys);
  if (!codes.ok()) return codes.status();
  return std::make_unique<ActivityApplication>(runtime, *std::move(codes));
}

}  // namespace wenming::activity
