#include "gateway/net/address.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/text.h"

namespace wenming::gateway {

absl::StatusOr<Address> Address::Parse(std::string_view text) {
  size_t colon = text.rfind(':');
  uint32_t port = 0;
  bool valid = colon != std::string_view::npos && colon > 0 &&
               absl::SimpleAtoi(ToAbsl(text.substr(colon + 1)), &port) && port <= UINT16_MAX;
  if (!valid) return absl::InvalidArgumentError(absl::StrCat("\"", ToAbsl(text), "\" is not HOST:PORT"));
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return Address{std::string(host), static_cast<uint16_t>(port)};
}

std::string Address::Text() const {
  bool v6 = host.find(':') != std::string::npos;
  return v6 ? absl::StrCat("[", host, "]:", port) : absl::StrCat(host, ":", port);
}

}  // namespace wenming::gateway
