// What a stranger sends to the HTTP/1.1 front. The first byte says in what pieces the rest comes, which may make no
// difference.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/request_reader.h"
#include "tests/fuzz/check.h"

namespace wenming::gateway::http {
namespace {

// What came out of the bytes: the requests, and why no more followed.
struct Outcome {
  std::vector<Request> requests;
  std::optional<Refusal> refusal;
};

Outcome ReadAll(std::string_view input, size_t piece, const Limits& limits) {
  RequestReader reader(limits);
  Outcome outcome;
  std::string waiting;
  while (!input.empty() && !outcome.refusal) {
    waiting.append(input.substr(0, piece));
    input.remove_prefix(std::min(piece, input.size()));
    for (bool more = true; more && !outcome.refusal;) {
      std::string_view left = waiting;
      const auto result = reader.Feed(left);
      waiting.erase(0, waiting.size() - left.size());
      if (const auto* refusal = std::get_if<Refusal>(&result)) outcome.refusal = *refusal;
      more = reader.stage() == RequestReader::Stage::kReady;
      if (more) outcome.requests.push_back(reader.Take());
    }
  }
  return outcome;
}

bool Same(const Request& a, const Request& b) {
  return a.method == b.method && a.target == b.target && a.headers == b.headers && a.body == b.body &&
         a.keep_alive == b.keep_alive && a.chunks == b.chunks;
}

bool IsPlain(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void CheckRequest(const Request& request, const Limits& limits) {
  fuzz::Check(!request.method.empty() && IsPlain(request.method), "a method is a token");
  fuzz::Check(request.target.empty() || request.target[0] == '/', "a target is a path");
  fuzz::Check(IsPlain(request.target), "a target is on one line");
  fuzz::Check(request.body.size() <= limits.body_bytes, "a body is as long as it may be");
  fuzz::Check(request.headers.size() <= limits.header_count, "there are as many headers as there may be");
  const auto count = [&](std::string_view name) {
    return std::count_if(request.headers.begin(), request.headers.end(),
                         [&](const auto& header) { return header.first == name; });
  };
  fuzz::Check(count("content-length") + count("transfer-encoding") <= 1, "one header says where the body ends");
  fuzz::Check(count("host") <= 1, "one host");
  for (const auto& [name, value] : request.headers) {
    fuzz::Check(!name.empty() && IsPlain(name) && IsPlain(value), "a header is on one line");
    fuzz::Check(name.find_first_of(" \t:") == std::string::npos, "a name is a token");
  }
}

void Run(std::string_view input) {
  if (input.empty()) return;
  Limits limits;
  limits.head_bytes = 1024;
  limits.fields_bytes = 512;
  limits.header_count = 10;
  limits.body_bytes = 256;
  limits::Budget held(512);
  limits.held = &held;
  {
    const size_t piece = 1 + static_cast<unsigned char>(input[0]) % 64;
    const Outcome whole = ReadAll(input.substr(1), input.size(), limits);
    for (const Request& request : whole.requests) CheckRequest(request, limits);
    if (whole.refusal == Refusal::kNoRoom) return;
    limits.held = nullptr;
    const Outcome cut = ReadAll(input.substr(1), piece, limits);
    fuzz::Check(whole.refusal == cut.refusal, "it is refused however it is cut");
    fuzz::Check(whole.requests.size() == cut.requests.size(), "so many requests however it is cut");
    for (size_t i = 0; i < whole.requests.size(); ++i) {
      fuzz::Check(Same(whole.requests[i], cut.requests[i]), "the same requests however it is cut");
    }
  }
  fuzz::Check(held.taken() == 0, "what was held is given back");
}

}  // namespace
}  // namespace wenming::gateway::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wenming::gateway::http::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
