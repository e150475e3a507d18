#include "gateway/server/local_pages.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "gateway/http/content_coding.h"
#include "gateway/text.h"

namespace wenming::gateway {
namespace {

constexpr size_t kTagBytes = 16;

std::string TagOf(std::string_view content) {
  return absl::StrCat("W/\"", crypto::Hex(crypto::Sha256(content).substr(0, kTagBytes)), "\"");
}

}  // namespace

void LocalPages::AddPacked(std::string path, std::string_view packed, std::string content_type, std::string policy) {
  auto page = std::make_unique<Page>(Page{.own = {},
                                          .packed = packed,
                                          .content_type = std::move(content_type),
                                          .policy = std::move(policy),
                                          .tag = TagOf(packed)});
  pages_.insert_or_assign(std::move(path), std::move(page));
}

void LocalPages::Add(std::string path, std::string_view text, std::string content_type, std::string policy) {
  auto page = std::make_unique<Page>(Page{.own = http::Gzip(text),
                                          .packed = {},
                                          .content_type = std::move(content_type),
                                          .policy = std::move(policy),
                                          .tag = TagOf(text)});
  page->packed = page->own;
  pages_.insert_or_assign(std::move(path), std::move(page));
}

std::optional<http::Response> LocalPages::Answer(const http::Request& request) const {
  auto found = pages_.find(ToAbsl(request.path()));
  if (found == pages_.end()) return std::nullopt;
  const Page& page = *found->second;
  http::Response response;
  if (request.method == "OPTIONS") {
    response.status = 204;
    response.headers = {{"Allow", "GET, HEAD, OPTIONS"}};
    return response;
  }
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.headers = {{"Allow", "GET, HEAD, OPTIONS"}, {"Content-Type", "text/plain; charset=utf-8"}};
    response.body = "method not allowed\n";
    return response;
  }
  response.headers = {{"Cache-Control", "no-cache"},
                      {"ETag", page.tag},
                      {"Vary", "Accept-Encoding"},
                      {"X-Content-Type-Options", "nosniff"}};
  if (!page.policy.empty()) response.headers.emplace_back("Content-Security-Policy", page.policy);
  if (http::NamesTag(request.Header("if-none-match"), page.tag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", page.content_type);
  if (http::AcceptsGzip(request.Header("accept-encoding"))) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = std::string(page.packed);
  } else {
    response.body = http::Gunzip(page.packed);
  }
  return response;
}

}  // namespace wenming::gateway
