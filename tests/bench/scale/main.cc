// How sign-up, "my shifts" and "upcoming" go on as registrations grow: `./wenming bench scale --help` says how. Prints
// one JSON line.
//
//   scale_bench [--registrations N]    10,000,000 unless given
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "activity_svc/agenda/agenda_service.h"
#include "activity_svc/registrations/registrations_service.h"
#include "tests/bench/activity_stand.h"
#include "tests/bench/closed_loop.h"
#include "tests/bench/scale/county.h"
#include "tests/support/test_call.h"

namespace wenming::bench {
namespace {

using activity::v1::CreateRegistrationRequest;
using activity::v1::ListMyShiftsRequest;
using activity::v1::ListUpcomingShiftsRequest;

constexpr int64_t kShort = 10'000;
constexpr int kLists = 2000, kSignUps = 800;  // of each county in a round
constexpr int kPage = 50;

[[noreturn]] void GiveUp(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(EXIT_FAILURE);
}

// The services of one county, and what people ask them. Every function takes milliseconds.
class Desk {
 public:
  explicit Desk(RegistrationCounty& county)
      : county_(county), stand_(county.pool()), registrations_(stand_.dependencies), agenda_(stand_.dependencies) {
    directory_.AddCenter(kScaleCenter);
  }

  // Somebody signs up for a coming shift. Whoever is there already, or elsewhere at that time, lets another try.
  double SignUp(std::mt19937_64& random) {
    for (int tries = 0; tries < 100; ++tries) {
      const rpc::Call call = As(Someone(random));
      CreateRegistrationRequest request;
      const int64_t first = county_.first_coming();
      request.set_parent(ids::ResourceName("shifts", RegistrationCounty::Shift(Draw(random, first, county_.shifts()))));
      request.set_request_id(absl::StrCat("request-", absl::Hex(stand_.ids.Next())));
      absl::StatusOr<activity::v1::Registration> answer;
      const double took = Took([&] {
        absl::Notification answered;
        registrations_.CreateRegistration(call, request, rpc::Reply<activity::v1::Registration>::To([&](auto given) {
                                            answer = std::move(given);
                                            answered.Notify();
                                          }));
        answered.WaitForNotification();
      });
      if (answer.ok()) return took;
      if (!absl::IsFailedPrecondition(answer.status()) && !absl::IsAlreadyExists(answer.status())) {
        GiveUp("a sign-up failed: " + answer.status().ToString());
      }
    }
    GiveUp("nobody can sign up any more");
  }

  // Somebody looks at what he has done, or at what he will do.
  double MyShifts(std::mt19937_64& random) {
    const bool past = random() % 2 == 0;
    const int64_t expected = past ? kPastEach : kRegistrationsEach - kPastEach;
    ListMyShiftsRequest request;
    request.set_period(past ? ListMyShiftsRequest::PERIOD_PAST : ListMyShiftsRequest::PERIOD_UPCOMING);
    request.set_page_size(kPage);
    const rpc::Call call = As(Someone(random));
    return Took([&] {
      const auto shown = agenda_.ListMyShifts(call, request);
      if (!shown.ok() || shown->shifts_size() != expected) GiveUp("somebody's shifts are not there");
    });
  }

  // Anybody looks at what there is to do from a day in the first half of the coming time on.
  double Upcoming(std::mt19937_64& random) {
    const int64_t first = county_.first_coming(), half = (first + county_.shifts()) / 2;
    const absl::CivilDay day = absl::ToCivilDay(county_.StartOf(Draw(random, first, half)), absl::UTCTimeZone());
    ListUpcomingShiftsRequest request;
    request.set_parent(ids::ResourceName("units", kScaleCenter));
    request.mutable_from_date()->set_year(static_cast<int>(day.year()));
    request.mutable_from_date()->set_month(day.month());
    request.mutable_from_date()->set_day(day.day());
    request.set_page_size(kPage);
    rpc::Call call = test::AnonymousCall(directory_.get(), kScaleCenter);
    call.now = county_.now();
    return Took([&] {
      const auto shown = agenda_.ListUpcomingShifts(call, request);
      if (!shown.ok() || shown->shifts_size() != kPage) GiveUp("coming shifts are not there");
    });
  }

 private:
  template <typename Function>
  static double Took(Function function) {
    const auto begin = std::chrono::steady_clock::now();
    function();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  }

  static int64_t Draw(std::mt19937_64& random, int64_t first, int64_t end) {
    return first + static_cast<int64_t>(random() % static_cast<uint64_t>(end - first));
  }

  uint64_t Someone(std::mt19937_64& random) const {
    return RegistrationCounty::Volunteer(Draw(random, 0, county_.volunteers()));
  }

  rpc::Call As(uint64_t volunteer_id) const {
    rpc::Call call = test::VolunteerCall(directory_.get(), volunteer_id, kScaleCenter);
    call.now = county_.now();
    return call;
  }

  const RegistrationCounty& county_;
  test::TestDirectory directory_;
  ActivityStand stand_;
  activity::RegistrationsService registrations_;
  activity::AgendaService agenda_;
};

using Ask = double (Desk::*)(std::mt19937_64&);

struct Size {
  int rounds = 0;
  int calls = 0;  // in each
};

struct Compared {
  double at_length = 0;
  double at_short = 0;
  double Ratio() const { return at_length / at_short; }
};

// The 99th percentiles of a call in both counties, medians of the rounds. Call by call in turns, so that whatever else
// the machine does falls on both.
Compared Compare(const char* name, Ask ask, Size size, Desk& small, Desk& large, std::mt19937_64& random) {
  std::vector<double> at_short, at_length;
  for (int round = 0; round <= size.rounds; ++round) {
    std::vector<double> few, many;
    for (int i = 0; i < size.calls; ++i) {
      few.push_back((small.*ask)(random));
      many.push_back((large.*ask)(random));
    }
    if (round == 0) continue;  // connections and statements were prepared
    at_short.push_back(Quantile(few, 0.99));
    at_length.push_back(Quantile(many, 0.99));
    std::fprintf(stderr,
                 "%s: p50 %.2f ms, p99 %.2f ms in the small county; p50 %.2f ms, p99 %.2f ms in the large one\n", name,
                 Median(few), at_short.back(), Median(many), at_length.back());
  }
  return {.at_length = Median(at_length), .at_short = Median(at_short)};
}

void Run(int64_t registrations, int rounds) {
  std::mt19937_64 random(20260501);
  RegistrationCounty few(kShort), many(registrations);
  Desk small(few), large(many);
  // The lists first: signing up makes them longer.
  const Compared mine = Compare("my shifts", &Desk::MyShifts, {rounds, kLists}, small, large, random);
  const Compared upcoming = Compare("upcoming", &Desk::Upcoming, {rounds, kLists}, small, large, random);
  const Compared sign_up = Compare("sign-up", &Desk::SignUp, {rounds, kSignUps}, small, large, random);
  std::printf("{\"registrations\":%lld", static_cast<long long>(many.registrations()));
  for (const auto& [name, figures] : {std::pair("sign_up", sign_up), {"my_shifts", mine}, {"upcoming", upcoming}}) {
    std::printf(",\"%s_p99_ms\":%.2f,\"%s_p99_ms_at_10k\":%.2f,\"%s_ratio\":%.2f", name, figures.at_length, name,
                figures.at_short, name, figures.Ratio());
  }
  std::printf("}\n");
}

}  // namespace
}  // namespace wenming::bench

int main(int argc, char** argv) {
  int64_t registrations = 10'000'000;
  int rounds = 5;
  bool understood = argc % 2 == 1;
  for (int i = 1; understood && i < argc; i += 2) {
    if (std::strcmp(argv[i], "--registrations") == 0) {
      registrations = std::atoll(argv[i + 1]);
    } else if (std::strcmp(argv[i], "--rounds") == 0) {
      rounds = std::atoi(argv[i + 1]);
    } else {
      understood = false;
    }
  }
  if (!understood || registrations < 10'000 || rounds < 1) {
    std::fprintf(stderr, "usage: scale_bench [--registrations N] [--rounds N]    at least 10000 registrations\n");
    return 2;
  }
  wenming::bench::Run(registrations, rounds);
}
