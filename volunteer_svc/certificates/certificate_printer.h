// Prints certificates from their signed statements, a bounded number at a time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace wenming::volunteer {

// Thread-safe. At most two are set at once, so that a flood of them takes neither all memory nor all threads; whoever
// finds no place waits for one until his deadline.
class CertificatePrinter {
 public:
  // What is printed: a certificate's own file, with its statement in the metadata, or copies on paper.
  enum class Kind { kOwn, kCopies };

  // `public_url` is where the gateway is reached from outside, "https://wenming.example.cn".
  explicit CertificatePrinter(std::string public_url) : public_url_(std::move(public_url)) {}

  // The PDF. DATA_LOSS for what is no statement of ours, DEADLINE_EXCEEDED.
  absl::StatusOr<std::string> Print(std::span<const std::string> statements, Kind kind, absl::Time deadline) const;

 private:
  const std::string public_url_;
  mutable absl::Mutex mutex_;
  mutable int free_ ABSL_GUARDED_BY(mutex_) = 2;
};

// The address without a slash at its end. INVALID_ARGUMENT for anything but http(s)://host[:port][/path].
absl::StatusOr<std::string> CheckPublicUrl(std::string_view url);

}  // namespace wenming::volunteer
