#include "gateway/upstream/circuit_breaker.h"

#include <gtest/gtest.h>

#include <string>

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;

constexpr BreakerOptions kOptions{.failures = 3, .first_pause = milliseconds(100), .longest_pause = milliseconds(300)};
constexpr double kMiddle = 0.5;  // the pause as it stands in the options

// A story in letters, a millisecond value before each: F a failure, S a success, + a call that passes, - one that does
// not.
struct Step {
  int at;
  char what;
};

void Tell(const std::string& name, const std::vector<Step>& steps, double random = kMiddle) {
  SCOPED_TRACE(name);
  CircuitBreaker breaker(kOptions);
  for (const auto& [at, what] : steps) {
    const CircuitBreaker::Time now{milliseconds(at)};
    SCOPED_TRACE(std::to_string(at) + what);
    switch (what) {
      case 'F':
        breaker.Failed(now, random);
        break;
      case 'S':
        breaker.Succeeded();
        break;
      case '+':
        EXPECT_TRUE(breaker.TryPass(now));
        break;
      default:
        EXPECT_FALSE(breaker.TryPass(now));
    }
  }
}

TEST(CircuitBreakerTest, Stories) {
  Tell("passes everything at first", {{0, '+'}, {0, '+'}, {5, '+'}});
  Tell("opens after failures in a row", {{0, 'F'}, {0, 'F'}, {0, '+'}, {0, 'F'}, {0, '-'}, {99, '-'}});
  Tell("a success between them counts anew", {{0, 'F'}, {0, 'F'}, {0, 'S'}, {0, 'F'}, {0, 'F'}, {0, '+'}});
  Tell("one probe after the pause", {{0, 'F'}, {0, 'F'}, {0, 'F'}, {100, '+'}, {100, '-'}, {199, '-'}});
  Tell("a good probe closes it", {{0, 'F'}, {0, 'F'}, {0, 'F'}, {100, '+'}, {150, 'S'}, {150, '+'}, {150, '+'}});
  Tell("and it takes as many failures as before to open it again", {{0, 'F'},
                                                                    {0, 'F'},
                                                                    {0, 'F'},
                                                                    {100, '+'},
                                                                    {150, 'S'},
                                                                    {150, 'F'},
                                                                    {150, 'F'},
                                                                    {150, '+'},
                                                                    {150, 'F'},
                                                                    {150, '-'}});
  Tell("a bad probe doubles the pause", {{0, 'F'}, {0, 'F'}, {0, 'F'}, {100, '+'}, {110, 'F'}, {309, '-'}, {310, '+'}});
  Tell("up to the longest", {{0, 'F'},
                             {0, 'F'},
                             {0, 'F'},
                             {100, '+'},
                             {100, 'F'},
                             {300, '+'},
                             {300, 'F'},
                             {599, '-'},
                             {600, '+'},
                             {600, 'F'},
                             {899, '-'},
                             {900, '+'}});
  Tell("a probe of which nothing is heard is followed by another",
       {{0, 'F'}, {0, 'F'}, {0, 'F'}, {100, '+'}, {199, '-'}, {200, '+'}, {200, '-'}});
  Tell("failures that come late say nothing new",
       {{0, 'F'}, {0, 'F'}, {0, 'F'}, {50, 'F'}, {60, 'F'}, {99, '-'}, {100, '+'}});
  Tell("a success that comes late closes it", {{0, 'F'}, {0, 'F'}, {0, 'F'}, {50, 'S'}, {50, '+'}});
  Tell("chance makes the pause shorter", {{0, 'F'}, {0, 'F'}, {0, 'F'}, {79, '-'}, {80, '+'}}, 0.0);
  Tell("or longer", {{0, 'F'}, {0, 'F'}, {0, 'F'}, {119, '-'}, {120, '+'}}, 1.0);
}

}  // namespace
}  // namespace wenming::gateway
