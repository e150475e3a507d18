#include "gateway/http/message.h"

namespace wenming::gateway::http {

std::string_view Request::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::string_view Request::query() const {
  size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

int StatusOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kMalformed:
      return 400;
    case Refusal::kHeadTooLarge:
      return 431;
    case Refusal::kBodyTooLarge:
      return 413;
    case Refusal::kTimeout:
      return 408;
    case Refusal::kUnsupportedVersion:
      return 505;
    case Refusal::kUnsupportedCoding:
      return 501;
    case Refusal::kUnmetExpectation:
      return 417;
    case Refusal::kOverloaded:
    case Refusal::kNoRoom:
      return 503;
  }
  return 400;
}

}  // namespace wenming::gateway::http
