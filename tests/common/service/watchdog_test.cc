#include "common/service/watchdog.h"

#include <gtest/gtest.h>

#include "absl/synchronization/notification.h"

namespace wenming::service {
namespace {

TEST(Watchdog, TellsOfAStandAndOfTheNextBeat) {
  absl::Notification stands, goes_on;
  Watchdog watchdog(absl::Milliseconds(20), [&](bool alive) {
    if (!alive && !stands.HasBeenNotified()) stands.Notify();
    if (alive && !goes_on.HasBeenNotified()) goes_on.Notify();
  });
  stands.WaitForNotification();
  EXPECT_FALSE(goes_on.HasBeenNotified());
  watchdog.Beat();
  goes_on.WaitForNotification();
}

TEST(Watchdog, SaysNothingAsLongAsThereAreBeats) {
  bool told = false;
  {
    Watchdog watchdog(absl::Hours(1), [&told](bool) { told = true; });
    for (int i = 0; i < 1000; ++i) watchdog.Beat();
  }
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace wenming::service
