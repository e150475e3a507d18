// Random log-ins, refreshes, re-uses and revocations against a model that keeps the rules in plain memory.
#include <map>
#include <random>

#include "tests/common/sessions/sessions_fixture.h"

namespace wenming::sessions {
namespace {

struct Model {
  uint64_t account = 0;
  uint64_t id = 0;
  std::vector<std::string> tokens;  // all ever given; the last is the good one
  absl::Time idle_end, end;
  bool ended = false;
};

class SessionsModelTest : public SessionsTest {
 protected:
  const unsigned seed_ = std::random_device()();
  std::mt19937 random_{seed_};
  std::vector<Model> models_;

  size_t Below(size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random_); }

  void LogIn() {
    const uint64_t account = 1 + Below(3);
    const v1::Tokens tokens = Open(account);
    models_.push_back({.account = account,
                       .id = CallerOf(tokens).session_id,
                       .tokens = {tokens.refresh_token()},
                       .idle_end = now_ + kLives.idle,
                       .end = now_ + kLives.longest});
  }

  void RefreshOne() {
    Model& model = models_[Below(models_.size())];
    // Mostly the good one.
    const size_t which = Below(4) == 0 ? Below(model.tokens.size()) : model.tokens.size() - 1;
    type::Reason expected = type::REASON_UNSPECIFIED;
    if (which + 1 < model.tokens.size()) {
      expected = type::REASON_REFRESH_TOKEN_REUSED;
      model.ended = true;
    } else if (model.ended) {
      expected = type::REASON_REFRESH_TOKEN_INVALID;
    } else if (now_ >= std::min(model.idle_end, model.end)) {
      expected = type::REASON_REFRESH_TOKEN_EXPIRED;
    }
    v1::Tokens tokens;
    ASSERT_EQ(Refresh(model.tokens[which], &tokens), expected);
    if (expected != type::REASON_UNSPECIFIED) return;
    model.tokens.push_back(tokens.refresh_token());
    model.idle_end = now_ + kLives.idle;
  }

  void RevokeOne() {
    Model& model = models_[Below(models_.size())];
    const uint64_t account = 1 + Below(3);
    EXPECT_EQ(Revoke(account, model.id).ok(), account == model.account);
    if (account == model.account) model.ended = true;
  }

  void RevokeMany() {
    const uint64_t account = 1 + Below(3);
    const uint64_t except = Below(2) == 0 ? 0 : models_[Below(models_.size())].id;
    int64_t expected = 0;
    for (Model& model : models_) {
      if (model.account != account || model.id == except || model.ended) continue;
      model.ended = true;
      ++expected;
    }
    EXPECT_EQ(RevokeAll(account, except), expected);
  }

  void Compare() {
    for (uint64_t account = 1; account <= 3; ++account) {
      std::vector<std::string> expected;
      for (auto model = models_.rbegin(); model != models_.rend(); ++model) {
        const bool open = !model->ended && now_ < std::min(model->idle_end, model->end);
        if (model->account == account && open) expected.push_back(ids::ResourceName("staffSessions", model->id));
      }
      std::vector<std::string> listed;
      for (const v1::Session& session : List(account)) listed.push_back(session.name());
      ASSERT_EQ(listed, expected);
    }
  }
};

TEST_F(SessionsModelTest, BehaveLikeTheModel) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  LogIn();
  for (int step = 0; step < 600 && !HasFatalFailure(); ++step) {
    now_ += absl::Seconds(Below(20) == 0 ? Below(50'000) : Below(900));
    const size_t what = Below(20);
    if (what < 4) LogIn();
    if (what >= 4 && what < 17) RefreshOne();
    if (what >= 17 && what < 19) RevokeOne();
    if (what == 19) RevokeMany();
    if (step % 10 == 0) Compare();
  }
}

}  // namespace
}  // namespace wenming::sessions
