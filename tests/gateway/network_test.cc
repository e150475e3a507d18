#include "gateway/limits/network.h"

#include <gmock/gmock.h>

namespace wenming::gateway::limits {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

std::vector<Network> Networks(std::initializer_list<std::string_view> texts) {
  std::vector<Network> networks;
  for (std::string_view text : texts) networks.push_back(*Network::Parse(text));
  return networks;
}

TEST(NetworkTest, ContainsItsAddresses) {
  const struct {
    const char* network;
    const char* address;
    bool inside;
  } kCases[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.1", false},
      {"192.168.4.0/22", "192.168.7.255", true},
      {"192.168.4.0/22", "192.168.8.0", false},
      {"127.0.0.1", "127.0.0.1", true},
      {"127.0.0.1", "127.0.0.2", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"::/0", "2001:db8::1", true},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},
      {"::ffff:10.0.0.0/8", "10.1.2.3", true},
      {"10.0.0.0/8", "unknown", false},
      {"10.0.0.0/8", "", false},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(IsIn(test.address, Networks({test.network})), test.inside) << test.network << " " << test.address;
  }
}

TEST(NetworkTest, RefusesWhatIsNone) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "host/8",
                           "fe80::1%eth0", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(Network::Parse(text).ok()) << text;
  }
}

TEST(ClientAddressTest, BelievesTrustedProxiesAlone) {
  const auto proxies = Networks({"10.0.0.0/8", "fd00::/8"});
  const struct {
    const char* peer;
    std::vector<const char*> forwarded;
    const char* client;
  } kCases[] = {
      {"203.0.113.9", {"198.51.100.1"}, "203.0.113.9"},  // a stranger says what he likes
      {"10.0.0.1", {}, "10.0.0.1"},
      {"10.0.0.1", {"198.51.100.1"}, "198.51.100.1"},
      {"10.0.0.1", {"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},             // what the client wrote before is his word
      {"10.0.0.1", {"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},            // two proxies of ours
      {"10.0.0.1", {"1.1.1.1", "198.51.100.1,10.0.0.2"}, "198.51.100.1"},  // two headers are one list
      {"10.0.0.1", {"10.0.0.3,10.0.0.2"}, "10.0.0.3"},                     // the call is a proxy's own
      {"10.0.0.1", {"198.51.100.1, unknown"}, "10.0.0.1"},
      {"10.0.0.1", {"198.51.100.1, , 10.0.0.2"}, "10.0.0.2"},
      {"10.0.0.1", {" 198.51.100.1:4711 "}, "198.51.100.1"},
      {"fd00::1", {"[2001:db8::7]:80"}, "2001:db8::7"},
      {"::ffff:10.0.0.1", {"2001:db8::7"}, "2001:db8::7"},
      {"", {"198.51.100.1"}, ""},
  };
  for (const auto& test : kCases) {
    Headers headers = {{"host", "x"}};
    for (const char* value : test.forwarded) headers.emplace_back("x-forwarded-for", value);
    EXPECT_EQ(ClientAddress(test.peer, headers, proxies), test.client) << test.peer << testing::PrintToString(headers);
  }
  EXPECT_EQ(ClientAddress("10.0.0.1", {{"x-forwarded-for", "198.51.100.1"}}, {}), "10.0.0.1");
}

TEST(AddressKeyTest, CountsAnIpv6NetworkAsOne) {
  EXPECT_EQ(AddressKey("2001:db8::1"), AddressKey("2001:db8:0:0:ffff::2"));
  EXPECT_NE(AddressKey("2001:db8::1"), AddressKey("2001:db8:0:1::1"));
  EXPECT_EQ(AddressKey("::ffff:1.2.3.4"), AddressKey("1.2.3.4"));
  EXPECT_NE(AddressKey("1.2.3.4"), AddressKey("1.2.3.5"));
}

TEST(LoopbackTest, KnowsIt) {
  for (const char* yes : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) EXPECT_TRUE(IsLoopback(yes)) << yes;
  for (const char* no : {"12.7.0.1", "::2", "128.0.0.1", "", "::ffff:10.0.0.1"}) EXPECT_FALSE(IsLoopback(no)) << no;
}

}  // namespace
}  // namespace wenming::gateway::limits
