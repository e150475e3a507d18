#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace wenming::gateway::limits {

// How many connections each address has open. Holds one entry an address that has any, so it is as bounded as the
// connections are. Thread-safe; outlives its places.
class ConnectionCounts {
 public:
  // A connection's place, until it is gone.
  class Place {
   public:
    Place() = default;  // of no address, and not counted
    Place(Place&& other) noexcept;
    Place& operator=(Place&& other) noexcept;
    ~Place();

   private:
    friend class ConnectionCounts;
    Place(ConnectionCounts& counts, std::string key) : counts_(&counts), key_(std::move(key)) {}
    void Reset();
    ConnectionCounts* counts_ = nullptr;
    std::string key_;
  };

  // 0: as many as an address likes.
  explicit ConnectionCounts(size_t most) : most_(most) {}
  ConnectionCounts(const ConnectionCounts&) = delete;
  ConnectionCounts& operator=(const ConnectionCounts&) = delete;

  // Nothing when the address has as many as it may. `key` is what AddressKey made.
  std::optional<Place> TryOpen(std::string key);
  // How many addresses have a connection.
  size_t addresses() const;

 private:
  struct Shard {
    mutable std::mutex mutex;
    absl::flat_hash_map<std::string, size_t> open;
  };
  Shard& Of(const std::string& key);

  const size_t most_;
  std::array<Shard, 16> shards_;
};

}  // namespace wenming::gateway::limits
