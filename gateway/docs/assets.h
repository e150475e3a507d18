#pragma once

#include <span>
#include <string_view>

namespace wenming::gateway::docs {

// A file of the API page, gzipped in the program itself.
struct Asset {
  std::string_view path;  // "/docs/docs.js"
  std::string_view packed;
  std::string_view content_type;
};

// All that /docs needs besides /openapi.json; nothing comes from elsewhere.
std::span<const Asset> Assets();

// The Content-Security-Policy of the page: scripts, styles and calls of its own origin only.
extern const char kPagePolicy[];

}  // namespace wenming::gateway::docs
