// What the metrics say of consumers and outboxes when nothing happens.
#include "common/service/service_metrics.h"

#include <gtest/gtest.h>

#include <optional>
#include <sstream>

namespace wenming::service {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1000);

class ServiceMetricsTest : public ::testing::Test {
 protected:
  // The only value of that name.
  double Value(const std::string& name) const {
    std::optional<double> found;
    for (const auto& family : registry_.Collect()) {
      if (family.name != name) continue;
      EXPECT_EQ(family.metric.size(), 1u) << name;
      const auto& metric = family.metric.front();
      found = family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
    }
    EXPECT_TRUE(found.has_value()) << name;
    return found.value_or(-1);
  }
  // By how many seconds the consumer is late.
  double Late() const {
    return absl::ToDoubleSeconds(now_ - kStart) + 1000 - Value("wenming_events_level_time_seconds");
  }
  void Pass(int seconds) { now_ += absl::Seconds(seconds); }

  prometheus::Registry registry_;
  std::ostringstream log_;
  observe::Logger logger_{log_, "test", observe::Severity::kInfo, observe::SystemClock()};
  absl::Time now_ = kStart;
  const std::unique_ptr<outbox::ConsumerObserver> consumer_ =
      MakeConsumerMetrics("org_svc", registry_, logger_, [this] { return now_; });
};

TEST_F(ServiceMetricsTest, AConsumerThatNeverHearsAnythingGetsLater) {
  EXPECT_EQ(Late(), 0);
  consumer_->Loaded(7);
  Pass(30);
  consumer_->Failed(absl::UnavailableError("nobody there"));
  Pass(30);
  EXPECT_EQ(Late(), 60);
  EXPECT_EQ(Value("wenming_events_cursor"), 7);
}

TEST_F(ServiceMetricsTest, AConsumerWithNothingToDoIsNotLate) {
  consumer_->Loaded(7);
  for (int i = 0; i < 60; ++i) {
    Pass(1);
    consumer_->Heard(7);
    EXPECT_EQ(Late(), 0);
  }
  // The source falls silent.
  Pass(90);
  EXPECT_EQ(Late(), 90);
  consumer_->Heard(7);
  EXPECT_EQ(Late(), 0);
}

TEST_F(ServiceMetricsTest, AConsumerThatStandsStillGetsLaterThoughItHears) {
  consumer_->Loaded(7);
  Pass(10);
  consumer_->Heard(7);
  for (int i = 0; i < 60; ++i) {
    Pass(1);
    consumer_->Heard(9);
  }
  EXPECT_EQ(Late(), 60);
  EXPECT_EQ(Value("wenming_events_head") - Value("wenming_events_cursor"), 2);
  // It goes on: first as late as what it applies, then not at all.
  consumer_->Applied(1, 8, now_ - absl::Seconds(50));
  EXPECT_EQ(Late(), 50);
  consumer_->Applied(1, 9, now_ - absl::Seconds(40));
  EXPECT_EQ(Late(), 0);
  EXPECT_EQ(Value("wenming_events_applied_total"), 2);
}

TEST_F(ServiceMetricsTest, WorkThatNeverEndsIsAsLateAsItsEvents) {
  consumer_->Loaded(0);
  for (int i = 1; i <= 60; ++i) {
    Pass(1);
    consumer_->Heard(2 * i);
    consumer_->Applied(1, i, now_ - absl::Milliseconds(250));
    EXPECT_EQ(Late(), 0.25);
  }
}

TEST_F(ServiceMetricsTest, WhatAnotherReplicaAppliesIsNotLate) {
  consumer_->Loaded(7);
  Pass(60);
  consumer_->Heard(9);
  EXPECT_EQ(Late(), 60);
  consumer_->Loaded(9);
  EXPECT_EQ(Late(), 0);
}

TEST_F(ServiceMetricsTest, AnEventOfTheFutureHidesNoStandstill) {
  consumer_->Applied(1, 1, now_ + absl::Hours(1));
  Pass(60);
  EXPECT_EQ(Late(), 60);
}

TEST_F(ServiceMetricsTest, ACursorBeyondTheStreamIsToldUntilTheStart) {
  consumer_->Loaded(7);
  consumer_->Heard(9);
  EXPECT_EQ(Value("wenming_events_ahead"), 0);
  consumer_->Applied(2, 9, now_);
  consumer_->Heard(4);
  EXPECT_EQ(Value("wenming_events_ahead"), 5);
  // The stream comes nearer and then grows beyond the cursor: what it had up to there was never applied.
  consumer_->Heard(8);
  EXPECT_EQ(Value("wenming_events_ahead"), 5);
  consumer_->Applied(3, 12, now_);
  EXPECT_EQ(Value("wenming_events_ahead"), 5);
}

TEST_F(ServiceMetricsTest, ParkedEventsAreThoseOfNow) {
  EXPECT_EQ(Value("wenming_events_parked"), 0);
  consumer_->Waiting(3);
  EXPECT_EQ(Value("wenming_events_parked"), 3);
  consumer_->Waiting(0);
  EXPECT_EQ(Value("wenming_events_parked"), 0);
}

TEST_F(ServiceMetricsTest, TheOutboxIsLevelAsOfItsLastTurn) {
  OutboxMetrics outbox(registry_, logger_, now_);
  EXPECT_EQ(Value("wenming_outbox_level_time_seconds"), 1000);
  outbox.Failed(absl::UnavailableError("away"));
  EXPECT_EQ(Value("wenming_outbox_level_time_seconds"), 1000);
  outbox.Level(now_ + absl::Seconds(60));
  EXPECT_EQ(Value("wenming_outbox_level_time_seconds"), 1060);
}

}  // namespace
}  // namespace wenming::service
