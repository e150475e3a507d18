#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace wenming::gateway::limits {

// Addresses that share a prefix. IPv4 in IPv6's clothes (::ffff:1.2.3.4) counts as IPv4.
class Network {
 public:
  // From "10.0.0.0/8", "2001:db8::/32" or a single address. INVALID_ARGUMENT with the text when it is none.
  static absl::StatusOr<Network> Parse(std::string_view text);
  bool Contains(const boost::asio::ip::address& address) const;

 private:
  Network(const boost::asio::ip::address& base, int prefix) : base_(base), prefix_(prefix) {}
  boost::asio::ip::address base_;
  int prefix_;  // bits
};

// Who a request comes from: the peer, or, where the peer is a proxy that is trusted, the last address of its
// X-Forwarded-For that is not a trusted proxy's. What stands before that one, anybody may have written. Header names in
// lower case; several headers are one list. "unknown" and the like end the search at the proxy that wrote them.
std::string ClientAddress(const std::string& peer, const std::vector<std::pair<std::string, std::string>>& headers,
                          const std::vector<Network>& trusted);

// Whether an address, as text, lies in one of the networks.
bool IsIn(const std::string& address, const std::vector<Network>& networks);

// Whether the text is a loopback address.
bool IsLoopback(std::string_view address);

// What is counted as one address: an IPv4 address, or an IPv6 network of 64 bits, of which one customer has all.
std::string AddressKey(const std::string& address);

}  // namespace wenming::gateway::limits
