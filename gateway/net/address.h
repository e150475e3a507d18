#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wenming::gateway {

// A host (name or address) and a port.
struct Address {
  std::string host;
  uint16_t port = 0;

  // From "127.0.0.1:8080", "[::1]:8080", "org-svc:7001". INVALID_ARGUMENT with the text when it is none.
  static absl::StatusOr<Address> Parse(std::string_view text);
  std::string Text() const;
  bool operator==(const Address&) const = default;
};

}  // namespace wenming::gateway
