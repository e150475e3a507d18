#include "gateway/transcode/text_value.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/text.h"
#include "gateway/transcode/utf8.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;
using pb::Descriptor;
using pb::FieldDescriptor;

template <typename Integer>
MaybeProblem PutInteger(Slot slot, std::string_view text) {
  Integer value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return ExpectedValue(slot.field());
  slot.Put(value);
  return std::nullopt;
}

template <typename Float>
MaybeProblem PutFloat(Slot slot, std::string_view text) {
  Float value = 0;
  if (text == "NaN") {
    value = std::numeric_limits<Float>::quiet_NaN();
  } else if (text == "Infinity") {
    value = std::numeric_limits<Float>::infinity();
  } else if (text == "-Infinity") {
    value = -std::numeric_limits<Float>::infinity();
  } else {
    // from_chars knows spellings of infinity that JSON does not.
    bool number = text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!number || error != std::errc() || end != text.data() + text.size()) return ExpectedValue(slot.field());
  }
  slot.Put(value);
  return std::nullopt;
}

MaybeProblem PutEnumText(Slot slot, std::string_view text) {
  const auto& type = *slot.field().enum_type();
  const auto* value = type.FindValueByName(std::string(text));
  if (value == nullptr) {
    int number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) value = type.FindValueByNumber(number);
  }
  if (value == nullptr) return Problem{type::REASON_UNKNOWN_VALUE, {}};
  slot.PutEnum(value->number());
  return std::nullopt;
}

MaybeProblem PutBytes(Slot slot, std::string_view text) {
  std::string bytes;
  // absl skips blanks.
  if (std::any_of(text.begin(), text.end(), absl::ascii_isspace)) return ExpectedValue(slot.field());
  if (!absl::Base64Unescape(ToAbsl(text), &bytes) && !absl::WebSafeBase64Unescape(ToAbsl(text), &bytes)) {
    return ExpectedValue(slot.field());
  }
  slot.Put(std::move(bytes));
  return std::nullopt;
}

// "displayName,unit.parentId" and "display_name,unit.parent_id" alike become snake case.
MaybeProblem PutFieldMask(pb::Message& mask, std::string_view text) {
  const auto* paths = mask.GetDescriptor()->FindFieldByNumber(1);
  if (text.empty()) return std::nullopt;
  for (absl::string_view path : absl::StrSplit(ToAbsl(text), ',')) {
    const bool nameless = path.empty() || path.front() == '.' || path.back() == '.' || absl::StrContains(path, "..");
    if (nameless) return Expected("应为逗号分隔的字段名", "field names with commas between are expected");
    std::string snake;
    for (char c : path) {
      if (!absl::ascii_isalnum(c) && c != '_' && c != '.' && c != '*') {
        return Expected("应为逗号分隔的字段名", "field names with commas between are expected");
      }
      if (absl::ascii_isupper(c)) snake += '_';
      snake += absl::ascii_tolower(c);
    }
    mask.GetReflection()->AddString(&mask, paths, std::move(snake));
  }
  return std::nullopt;
}

// Timestamp and Duration have the same two fields; TimeUtil knows their text.
template <typename Generated>
MaybeProblem PutSecondsAndNanos(pb::Message& message, std::string_view text, Problem otherwise) {
  Generated parsed;
  if (!pb::util::TimeUtil::FromString(std::string(text), &parsed)) return otherwise;
  const auto* type = message.GetDescriptor();
  const auto* reflection = message.GetReflection();
  reflection->SetInt64(&message, type->FindFieldByNumber(1), parsed.seconds());
  reflection->SetInt32(&message, type->FindFieldByNumber(2), parsed.nanos());
  return std::nullopt;
}

bool IsWrapper(const Descriptor& type) {
  return type.well_known_type() >= Descriptor::WELLKNOWNTYPE_DOUBLEVALUE &&
         type.well_known_type() <= Descriptor::WELLKNOWNTYPE_BOOLVALUE;
}

MaybeProblem PutMessageText(pb::Message& message, std::string_view text) {
  if (IsWrapper(*message.GetDescriptor())) {
    return PutText(Slot(message, *message.GetDescriptor()->FindFieldByNumber(1)), text);
  }
  return PutWellKnownText(message, text);
}

}  // namespace

MaybeProblem PutWellKnownText(pb::Message& message, std::string_view text) {
  switch (message.GetDescriptor()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return PutSecondsAndNanos<pb::Timestamp>(message, text,
                                               Expected("应为 RFC 3339 时间，如 2026-05-01T08:00:00Z",
                                                        "an RFC 3339 time like 2026-05-01T08:00:00Z is expected"));
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return PutSecondsAndNanos<pb::Duration>(message, text,
                                              Expected("应为时长，如 3.5s", "a duration like 3.5s is expected"));
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return PutFieldMask(message, text);
    default:
      return Expected("应为对象", "an object is expected");
  }
}

const FieldDescriptor* FindField(const Descriptor& type, std::string_view name) {
  std::string text(name);
  if (const auto* field = type.FindFieldByName(text)) return field;
  if (const auto* field = type.FindFieldByCamelcaseName(text); field != nullptr && field->json_name() == text) {
    return field;
  }
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == text) return type.field(i);
  }
  return nullptr;
}

bool HasTextForm(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return true;
  if (field.is_map()) return false;
  switch (field.message_type()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case Descriptor::WELLKNOWNTYPE_DURATION:
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return true;
    default:
      return IsWrapper(*field.message_type());
  }
}

MaybeProblem PutText(Slot slot, std::string_view text) {
  switch (slot.field().cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return PutInteger<int32_t>(slot, text);
    case FieldDescriptor::CPPTYPE_INT64:
      return PutInteger<int64_t>(slot, text);
    case FieldDescriptor::CPPTYPE_UINT32:
      return PutInteger<uint32_t>(slot, text);
    case FieldDescriptor::CPPTYPE_UINT64:
      return PutInteger<uint64_t>(slot, text);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return PutFloat<double>(slot, text);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return PutFloat<float>(slot, text);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") return ExpectedValue(slot.field());
      slot.Put(text == "true");
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_ENUM:
      return PutEnumText(slot, text);
    case FieldDescriptor::CPPTYPE_STRING:
      if (slot.field().type() == FieldDescriptor::TYPE_BYTES) return PutBytes(slot, text);
      if (!IsUtf8(text)) return Problem{type::REASON_INVALID_UTF8, {}};
      slot.Put(std::string(text));
      return std::nullopt;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return PutMessageText(*slot.PutMessage(), text);
  }
  return ExpectedValue(slot.field());
}

Problem ExpectedValue(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Expected("应为 32 位整数", "a 32-bit integer is expected");
    case FieldDescriptor::CPPTYPE_INT64:
      return Expected("应为 64 位整数", "a 64-bit integer is expected");
    case FieldDescriptor::CPPTYPE_UINT32:
      return Expected("应为 32 位非负整数", "a non-negative 32-bit integer is expected");
    case FieldDescriptor::CPPTYPE_UINT64:
      return Expected("应为 64 位非负整数", "a non-negative 64-bit integer is expected");
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Expected("应为数字", "a number is expected");
    case FieldDescriptor::CPPTYPE_BOOL:
      return Expected("应为 true 或 false", "true or false is expected");
    case FieldDescriptor::CPPTYPE_ENUM:
      return {type::REASON_UNKNOWN_VALUE, {}};
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return Expected("应为 Base64 文本", "base64 text is expected");
      return Expected("应为字符串", "a string is expected");
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Expected("应为对象", "an object is expected");
  }
  return Expected("应为对象", "an object is expected");
}

}  // namespace wenming::gateway
