#include "volunteer_svc/volunteers/texts.h"

#include <algorithm>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"

namespace wenming::volunteer {
namespace {

constexpr std::string_view kSpaces[] = {" ", "\t", "\n", "\r", "\v", "\f", "\u3000", "\u00A0", "\uFEFF"};

}  // namespace

std::string_view Trimmed(std::string_view text) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view space : kSpaces) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        again = true;
      } else if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        again = true;
      }
    }
  }
  return text;
}

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

bool HasControlCharacters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::string ToJson(const std::vector<std::string>& strings) {
  google::protobuf::ListValue list;
  for (const std::string& text : strings) list.add_values()->set_string_value(text);
  std::string json;
  // Writing a list of strings cannot fail.
  static_cast<void>(google::protobuf::util::MessageToJsonString(list, &json));
  return json;
}

std::vector<std::string> FromJson(const std::string& json) {
  google::protobuf::ListValue list;
  std::vector<std::string> strings;
  if (!google::protobuf::util::JsonStringToMessage(json, &list).ok()) return strings;
  for (const auto& value : list.values()) strings.push_back(value.string_value());
  return strings;
}

}  // namespace wenming::volunteer
