#include "gateway/observe/readiness.h"

#include <gtest/gtest.h>

namespace wenming::gateway {
namespace {

TEST(Readiness, BeginsWhenEveryBackEndIsConnected) {
  Readiness readiness(3);
  EXPECT_FALSE(readiness.ready());
  readiness.Connected(0);
  readiness.Connected(1);
  EXPECT_FALSE(readiness.ready());
  readiness.Disconnected(0);
  readiness.Connected(2);
  EXPECT_FALSE(readiness.ready()) << "all at once";
  readiness.Connected(0);
  EXPECT_TRUE(readiness.ready());
}

TEST(Readiness, LastsAsLongAsOneBackEndIsConnected) {
  Readiness readiness(2);
  readiness.Connected(0);
  readiness.Connected(0);  // by another thread
  readiness.Connected(1);
  readiness.Disconnected(1);
  EXPECT_TRUE(readiness.ready());
  readiness.Disconnected(0);
  EXPECT_TRUE(readiness.ready());
  readiness.Disconnected(0);
  EXPECT_FALSE(readiness.ready());
  readiness.Connected(1);
  EXPECT_TRUE(readiness.ready());
}

TEST(Readiness, EndsWithTheDrain) {
  Readiness readiness(1);
  readiness.Connected(0);
  readiness.StartDraining();
  EXPECT_FALSE(readiness.ready());
  readiness.Connected(0);
  EXPECT_FALSE(readiness.ready());
}

}  // namespace
}  // namespace wenming::gateway
