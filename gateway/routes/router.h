#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "gateway/routes/path_template.h"

namespace wenming::gateway {

// Finds the route of a request: a method and a path.
//
// Made by a Builder, then immutable and thread-safe. Matching walks a trie segment by segment: its cost depends on the
// length of the path, not on the number of routes. A literal beats "*", which beats "**"; the text after the last colon
// is a verb only where a route with that verb fits the rest of the path.
class Router {
 public:
  class Builder;

  // A route that fits, with the decoded value of each variable in the order of the template.
  struct Found {
    uint32_t route = 0;
    std::vector<std::string> values;
  };
  // The path is known, with these other methods, sorted.
  struct OtherMethod {
    std::vector<std::string> allow;
  };
  // No route fits the path.
  struct Unknown {};
  // A route fits, but percent-encoding in this field's value is broken.
  struct Malformed {
    std::string field_path;
  };
  using Result = std::variant<Unknown, Found, OtherMethod, Malformed>;

  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  // `path` is the path of the request target as it came, without the query.
  Result Match(std::string_view method, std::string_view path) const;

 private:
  struct Node;
  struct End;
  class Search;
  explicit Router(std::unique_ptr<Node> root, absl::flat_hash_set<std::string> verbs);

  std::unique_ptr<Node> root_;
  absl::flat_hash_set<std::string> verbs_;
};

// Collects routes. Not thread-safe.
class Router::Builder {
 public:
  Builder();
  ~Builder();

  // `method` is an HTTP method in upper case, or "*" for every method; `route` is the caller's number for it.
  // ALREADY_EXISTS, naming both templates, when another route fits exactly the same requests, or when there are
  // requests that both fit and neither is closer to in every segment: "/v1/{a}/x" and "/v1/u/{b}".
  absl::Status Add(std::string_view method, PathTemplate path, uint32_t route);

  Router Build() &&;

 private:
  struct Added {
    std::string method;
    PathTemplate path;
  };
  std::vector<Added> added_;
  std::unique_ptr<Node> root_;
  absl::flat_hash_set<std::string> verbs_;
};

}  // namespace wenming::gateway
