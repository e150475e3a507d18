#include "gateway/http/request_reader.h"

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "gateway/http/head_check.h"
#include "gateway/text.h"

namespace wenming::gateway::http {
namespace {

namespace beast = boost::beast;
using BeastRequest = beast::http::request<beast::http::string_body>;
using BeastParser = beast::http::request_parser<beast::http::string_body>;

// RFC 9112 section 3.2.2: a server takes the absolute form and goes by its path.
bool ToOriginForm(std::string& target) {
  for (absl::string_view scheme : {"http://", "https://"}) {
    if (!absl::StartsWithIgnoreCase(target, scheme)) continue;
    size_t path = target.find_first_of("/?", scheme.size());
    if (path == scheme.size()) return false;
    target = path == std::string::npos ? "/" : target.substr(path);
    if (target.front() == '?') target.insert(0, "/");
  }
  return !target.empty() && target.front() == '/';
}

Refusal RefusalOf(const beast::error_code& error) {
  if (error == beast::http::error::body_limit) return Refusal::kBodyTooLarge;
  if (error == beast::http::error::header_limit) return Refusal::kHeadTooLarge;
  if (error == beast::http::error::bad_version) return Refusal::kUnsupportedVersion;
  return Refusal::kMalformed;
}

// Beast adds the trailers of a chunked body to the fields, so this is taken before the body is read.
Request HeadOf(const BeastRequest& message) {
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  if (!ToOriginForm(request.target)) request.target.clear();
  request.keep_alive = message.keep_alive();
  request.chunks = message.version() >= 11;
  for (const auto& field : message) {
    std::string name(field.name_string());
    absl::AsciiStrToLower(&name);
    request.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  return request;
}

// Beast takes any byte in the quoted value of a chunk's extension, also a line end, where others see the chunk begin.
struct ExtensionCheck {
  void operator()(uint64_t, beast::string_view extensions, beast::error_code& error) const {
    const auto is_good = [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); };
    if (!std::all_of(extensions.begin(), extensions.end(), is_good)) error = beast::http::error::bad_chunk_extension;
  }
};

// Whether `input`, of which Beast wants more, already holds all of what it wants to read: the line before a chunk, or
// the last chunk's with its trailers. It waits on where the line ends within an extension, and takes the chunk's size
// from what the body may still have each time it looks again.
bool HoldsWholeChunkHead(std::string_view input) {
  if (input.substr(0, 2) == "\r\n") input.remove_prefix(2);
  const size_t digit = input.find_first_not_of('0');
  const bool is_last =
      digit == std::string_view::npos || !absl::ascii_isxdigit(static_cast<unsigned char>(input[digit]));
  return input.find(is_last ? "\r\n\r\n" : "\r\n") != std::string_view::npos;
}

}  // namespace

struct RequestReader::Parser {
  explicit Parser(const Limits& limits) {
    beast.on_chunk_header(extension_check);
    beast.header_limit(static_cast<uint32_t>(limits.head_bytes));
    beast.body_limit(limits.body_bytes);
    beast.eager(true);
  }
  ExtensionCheck extension_check;  // Beast keeps a reference
  BeastParser beast;
};

RequestReader::RequestReader(const Limits& limits) : limits_(limits) {}
RequestReader::~RequestReader() = default;

std::variant<RequestReader::Stage, Refusal> RequestReader::Feed(std::string_view& input) {
  if (stage_ == Stage::kIdle) {
    // RFC 9112 section 2.2: an empty line before a request is the rest of a sloppy client's last one.
    while (input.substr(0, 2) == "\r\n") input.remove_prefix(2);
    // Half of an empty line may still become one.
    if (!input.empty() && input != "\r") stage_ = Stage::kHead;
  }
  if (stage_ == Stage::kHead) return FeedHead(input);
  if (stage_ == Stage::kBody) return FeedBody(input);
  return stage_;
}

std::variant<RequestReader::Stage, Refusal> RequestReader::FeedHead(std::string_view& input) {
  size_t size = HeadSize(input.substr(0, limits_.head_bytes));
  if (size == 0) {
    if (input.size() >= limits_.head_bytes) return Refusal::kHeadTooLarge;
    return stage_;
  }
  if (auto refusal = CheckHead(input.substr(0, size), limits_)) return *refusal;
  parser_ = std::make_unique<Parser>(limits_);
  beast::error_code error;
  parser_->beast.put(boost::asio::buffer(input.data(), size), error);
  if (error && error != beast::http::error::need_more) return RefusalOf(error);
  if (!parser_->beast.is_header_done()) return Refusal::kMalformed;
  input.remove_prefix(size);
  // RFC 9110 section 10.1.1: a client of HTTP/1.0 knows no such answer.
  expects_continue_ =
      parser_->beast.get().count(beast::http::field::expect) > 0 && parser_->beast.get().version() >= 11;
  request_ = HeadOf(parser_->beast.get());
  if (limits_.held != nullptr) request_.held = limits::Share(*limits_.held);
  stage_ = Stage::kBody;
  return FeedBody(input);
}

std::variant<RequestReader::Stage, Refusal> RequestReader::FeedBody(std::string_view& input) {
  BeastParser& parser = parser_->beast;
  // Beast, once it has seen that the first chunk is the last, asserts that at least its five bytes are there.
  if (parser.chunked() && input.size() < 5 && input.substr(0, 3) == "0\r\n") return stage_;
  while (!parser.is_done() && !input.empty()) {
    beast::error_code error;
    size_t used = parser.put(boost::asio::buffer(input.data(), input.size()), error);
    input.remove_prefix(used);
    if (error && error != beast::http::error::need_more) return RefusalOf(error);
    if (error && HoldsWholeChunkHead(input)) return Refusal::kMalformed;
    // What has come, not what was announced: whoever wants to fill the room has to send it.
    if (!request_.held.Add(parser.get().body().size() - request_.held.amount())) return Refusal::kNoRoom;
    if (error || used == 0) break;
  }
  if (parser.is_done()) stage_ = Stage::kReady;
  return stage_;
}

bool RequestReader::TakeExpectation() { return std::exchange(expects_continue_, false); }

Request RequestReader::Take() {
  request_.body = std::move(parser_->beast.get().body());
  parser_.reset();
  stage_ = Stage::kIdle;
  expects_continue_ = false;
  return std::exchange(request_, {});
}

}  // namespace wenming::gateway::http
