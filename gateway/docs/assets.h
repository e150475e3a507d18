#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace wenming::gateway::docs {

// A file of a page, gzipped in the program itself.
struct Asset {
  std::string_view path;  // "/docs/docs.js"
  std::string_view packed;
  std::string_view content_type;
};

inline std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

inline constexpr char kHtml[] = "text/html; charset=utf-8";
inline constexpr char kScript[] = "text/javascript; charset=utf-8";
inline constexpr char kStyle[] = "text/css; charset=utf-8";
inline constexpr char kText[] = "text/plain; charset=utf-8";

// All that /docs needs besides /openapi.json; nothing comes from elsewhere.
std::span<const Asset> Assets();

// The Content-Security-Policy of the page: scripts, styles and calls of its own origin only.
extern const char kPagePolicy[];

}  // namespace wenming::gateway::docs
