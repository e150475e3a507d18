#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "gateway/http/message.h"

namespace wenming::gateway {

// Pages that the gateway answers by itself, kept gzipped. Filled at start; then immutable and thread-safe.
class LocalPages {
 public:
  // Answers `path` with `packed`, which is gzipped and must outlive this.
  void AddPacked(std::string path, std::string_view packed, std::string content_type, std::string policy = {});
  // The same for a text that is kept here.
  void Add(std::string path, std::string_view text, std::string content_type, std::string policy = {});

  // The answer to a GET or HEAD of one of the paths (405 to another method); nullopt for other paths.
  std::optional<http::Response> Answer(const http::Request& request) const;

 private:
  struct Page {
    std::string own;  // what `packed` looks at, when it is kept here
    std::string_view packed;
    std::string content_type;
    std::string policy;  // Content-Security-Policy
    std::string tag;     // weak, since both codings share it
  };
  absl::flat_hash_map<std::string, std::unique_ptr<const Page>> pages_;
};

}  // namespace wenming::gateway
