#include "gateway/limits/network.h"

#include <algorithm>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/net/address.h"
#include "gateway/text.h"

namespace wenming::gateway::limits {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view kForwardedFor = "x-forwarded-for";

std::optional<ip::address> ReadAddress(std::string_view text) {
  boost::system::error_code error;
  ip::address address = ip::make_address(std::string(text), error);
  if (error || (address.is_v6() && address.to_v6().scope_id() != 0)) return std::nullopt;
  const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  return mapped ? ip::address(ip::make_address_v4(ip::v4_mapped, address.to_v6())) : address;
}

std::vector<unsigned char> Bytes(const ip::address& address) {
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return {bytes.begin(), bytes.end()};
  }
  const auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.end()};
}

// One entry of X-Forwarded-For; some proxies write the port behind it.
std::optional<ip::address> ReadHop(std::string_view text) {
  if (auto address = ReadAddress(text)) return address;
  const auto with_port = Address::Parse(text);
  return with_port.ok() ? ReadAddress(with_port->host) : std::nullopt;
}

// The entries of all X-Forwarded-For headers, the nearest first.
std::vector<std::string_view> Hops(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::vector<std::string_view> hops;
  for (const auto& [name, value] : headers) {
    if (name != kForwardedFor) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const size_t comma = rest.find(',');
      const absl::string_view hop = absl::StripAsciiWhitespace(ToAbsl(rest.substr(0, comma)));
      hops.emplace_back(hop.data(), hop.size());
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
  }
  std::reverse(hops.begin(), hops.end());
  return hops;
}

bool Within(const ip::address& address, const std::vector<Network>& networks) {
  return std::any_of(networks.begin(), networks.end(), [&](const Network& each) { return each.Contains(address); });
}

}  // namespace

absl::StatusOr<Network> Network::Parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto base = ReadAddress(text.substr(0, slash));
  int prefix = base ? static_cast<int>(Bytes(*base).size()) * 8 : 0;
  const int most = prefix;
  const bool whole = slash == std::string_view::npos || absl::SimpleAtoi(ToAbsl(text.substr(slash + 1)), &prefix);
  if (!base || !whole || prefix < 0 || prefix > most) {
    return absl::InvalidArgumentError(absl::StrCat("\"", ToAbsl(text), "\" is not a network like 10.0.0.0/8"));
  }
  return Network(*base, prefix);
}

bool Network::Contains(const ip::address& address) const {
  if (address.is_v4() != base_.is_v4()) return false;
  const auto base = Bytes(base_);
  const auto other = Bytes(address);
  const auto whole = static_cast<std::ptrdiff_t>(prefix_ / 8);
  if (!std::equal(base.begin(), base.begin() + whole, other.begin())) return false;
  const int rest = prefix_ % 8;
  const auto at = static_cast<size_t>(whole);
  return rest == 0 || (base[at] >> (8 - rest)) == (other[at] >> (8 - rest));
}

std::string ClientAddress(const std::string& peer, const std::vector<std::pair<std::string, std::string>>& headers,
                          const std::vector<Network>& trusted) {
  if (trusted.empty()) return peer;
  std::string client = peer;
  auto current = ReadAddress(peer);
  for (std::string_view hop : Hops(headers)) {
    if (!current || !Within(*current, trusted)) break;
    current = ReadHop(hop);
    if (current) client = current->to_string();
  }
  return client;
}

bool IsIn(const std::string& address, const std::vector<Network>& networks) {
  if (networks.empty()) return false;
  const auto read = ReadAddress(address);
  return read && Within(*read, networks);
}

bool IsLoopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

std::string AddressKey(const std::string& address) {
  if (address.find(':') == std::string::npos) return address;
  const auto read = ReadAddress(address);
  if (!read || read->is_v4()) return read ? read->to_string() : address;
  const auto bytes = Bytes(*read);
  return {bytes.begin(), bytes.begin() + 8};
}

}  // namespace wenming::gateway::limits
