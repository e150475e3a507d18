#include "common/ids/fingerprint.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::ids {
namespace {

TEST(FingerprintTest, EqualForEqualMessagesWithMapsInAnyOrder) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  google::protobuf::Struct forwards, backwards;
  for (uint32_t i = 0; i < 100; ++i) (*forwards.mutable_fields())[std::to_string(i ^ seed)].set_number_value(i);
  for (uint32_t i = 100; i-- > 0;) (*backwards.mutable_fields())[std::to_string(i ^ seed)].set_number_value(i);
  EXPECT_EQ(Fingerprint(forwards), Fingerprint(backwards));
  EXPECT_EQ(Fingerprint(forwards).size(), 32u);
}

TEST(FingerprintTest, DiffersWithContentAndType) {
  events::v1::SubscribeRequest one, two;
  two.set_after_cursor(1);
  EXPECT_NE(Fingerprint(one), Fingerprint(two));
  EXPECT_NE(Fingerprint(one), Fingerprint(events::v1::SubscribeResponse()));
}

}  // namespace
}  // namespace wenming::ids
