#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace wenming::gateway::limits {

// Something of which there is only so much: requests at hand, bytes held. Thread-safe; outlives its shares.
class Budget {
 public:
  // 0: as much as anybody wants. What is taken of a part is taken of `whole`, too, which outlives it.
  explicit Budget(size_t most, Budget* whole = nullptr) : most_(most), whole_(whole) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  bool TryTake(size_t amount) {
    const size_t before = taken_.fetch_add(amount, std::memory_order_relaxed);
    const bool fits = most_ == 0 || (amount <= most_ && before <= most_ - amount);
    if (fits && (whole_ == nullptr || whole_->TryTake(amount))) return true;
    taken_.fetch_sub(amount, std::memory_order_relaxed);
    return false;
  }
  void GiveBack(size_t amount) {
    taken_.fetch_sub(amount, std::memory_order_relaxed);
    if (whole_ != nullptr) whole_->GiveBack(amount);
  }
  size_t taken() const { return taken_.load(std::memory_order_relaxed); }
  bool full() const { return most_ != 0 && taken() >= most_; }

 private:
  const size_t most_;
  Budget* const whole_;
  std::atomic<size_t> taken_ = 0;
};

// What somebody has taken of a budget, until it is gone. Not thread-safe itself.
class Share {
 public:
  Share() = default;
  // Of that budget, with nothing taken yet.
  explicit Share(Budget& budget) : budget_(&budget) {}
  Share(Share&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), amount_(std::exchange(other.amount_, 0)) {}
  Share& operator=(Share&& other) noexcept {
    if (this == &other) return *this;
    Reset();
    budget_ = std::exchange(other.budget_, nullptr);
    amount_ = std::exchange(other.amount_, 0);
    return *this;
  }
  ~Share() { Reset(); }

  // Takes so much more; false, and nothing taken, when it is not there. A share of no budget has no limit.
  bool Add(size_t amount) {
    if (budget_ == nullptr) return true;
    if (amount > 0 && !budget_->TryTake(amount)) return false;
    amount_ += amount;
    return true;
  }
  // Gives back that much, or what there is.
  void Remove(size_t amount) {
    const size_t back = amount < amount_ ? amount : amount_;
    if (back == 0) return;
    amount_ -= back;
    budget_->GiveBack(back);
  }
  void Reset() { Remove(amount_); }
  size_t amount() const { return amount_; }

 private:
  Budget* budget_ = nullptr;
  size_t amount_ = 0;
};

}  // namespace wenming::gateway::limits
