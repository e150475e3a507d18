#pragma once

#include <string>

#include "gateway/net/address.h"
#include "gateway/net/asio.h"

namespace wenming::gateway {

// "127.0.0.1:9201", "[::1]:9201".
inline std::string TextOf(const Tcp::endpoint& endpoint) {
  return Address{endpoint.address().to_string(), endpoint.port()}.Text();
}

}  // namespace wenming::gateway
