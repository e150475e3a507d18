#include "gateway/h2/header_list.h"

#include <algorithm>
#include <array>

namespace wenming::gateway::h2 {
namespace {

constexpr std::array<std::string_view, 5> kNeverRepeated = {"authorization", "traceparent", "x-request-id",
                                                            "grpc-timeout", "x-forwarded-for"};

// nghttp2 asks for pointers to non-const but does not write.
uint8_t* Bytes(const std::string& text) { return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data())); }

}  // namespace

HeaderList::HeaderList(const Headers& headers) {
  list_.reserve(headers.size());
  for (const auto& [name, value] : headers) {
    bool once = std::find(kNeverRepeated.begin(), kNeverRepeated.end(), name) != kNeverRepeated.end();
    list_.push_back({Bytes(name), Bytes(value), name.size(), value.size(),
                     static_cast<uint8_t>(once ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE)});
  }
}

const std::string* FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return &value;
  }
  return nullptr;
}

bool IsInformational(const Headers& headers) {
  const std::string* status = FindHeader(headers, ":status");
  return status != nullptr && status->size() == 3 && (*status)[0] == '1';
}

}  // namespace wenming::gateway::h2
