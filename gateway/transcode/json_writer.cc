#include "gateway/transcode/json_writer.h"

#include <charconv>
#include <cmath>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gateway/text.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;
using pb::Descriptor;
using pb::FieldDescriptor;
using pb::util::TimeUtil;

constexpr int kMaxDepth = 100;

template <typename Number>
void AppendNumber(Number value, std::string& out) {
  char buffer[32];
  auto result = std::to_chars(buffer, buffer + sizeof(buffer), value);
  out.append(buffer, result.ptr);
}

template <typename Integer>
void AppendQuoted(Integer value, std::string& out) {
  out += '"';
  AppendNumber(value, out);
  out += '"';
}

template <typename Float>
void AppendFloat(Float value, std::string& out) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  } else {
    AppendNumber(value, out);
  }
}

class Writer {
 public:
  Writer(const TypeSource& types, std::string& out) : types_(types), out_(out) {}

  bool Message(const pb::Message& message) {
    if (++depth_ > kMaxDepth) return false;
    bool written = MessageBody(message);
    --depth_;
    return written;
  }

  // All of a field: the array, the object of a map, or the one value.
  bool Field(const pb::Message& message, const FieldDescriptor& field) {
    if (!field.is_repeated()) return One(message, field, -1);
    const pb::Reflection& reflection = *message.GetReflection();
    int size = reflection.FieldSize(message, &field);
    out_ += field.is_map() ? '{' : '[';
    for (int i = 0; i < size; ++i) {
      if (i > 0) out_ += ',';
      bool written =
          field.is_map() ? MapEntry(reflection.GetRepeatedMessage(message, &field, i)) : One(message, field, i);
      if (!written) return false;
    }
    out_ += field.is_map() ? '}' : ']';
    return true;
  }

 private:
  bool MessageBody(const pb::Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    switch (type.well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        out_ += '{';
        if (!Fields(message, /*first=*/true)) return false;
        out_ += '}';
        return true;
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
        return Timestamp(message);
      case Descriptor::WELLKNOWNTYPE_DURATION:
        return Duration(message);
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        return FieldMask(message);
      case Descriptor::WELLKNOWNTYPE_VALUE:
        return Value(message);
      case Descriptor::WELLKNOWNTYPE_ANY:
        return Any(message);
      default:
        return Field(message, *type.FindFieldByNumber(1));  // wrappers, Struct and ListValue
    }
  }

  bool Fields(const pb::Message& message, bool first) {
    const Descriptor& type = *message.GetDescriptor();
    const pb::Reflection& reflection = *message.GetReflection();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (field.has_presence() && !reflection.HasField(message, &field)) continue;
      if (!first) out_ += ',';
      first = false;
      WriteJsonString(field.json_name(), out_);
      out_ += ':';
      if (!Field(message, field)) return false;
    }
    return true;
  }

  // `index` is -1 for a singular field.
  bool One(const pb::Message& message, const FieldDescriptor& field, int index) {
    const pb::Reflection& reflection = *message.GetReflection();
    auto get = [&](auto single, auto repeated) {
      return index < 0 ? (reflection.*single)(message, &field) : (reflection.*repeated)(message, &field, index);
    };
    using R = pb::Reflection;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        AppendNumber(get(&R::GetInt32, &R::GetRepeatedInt32), out_);
        return true;
      case FieldDescriptor::CPPTYPE_UINT32:
        AppendNumber(get(&R::GetUInt32, &R::GetRepeatedUInt32), out_);
        return true;
      case FieldDescriptor::CPPTYPE_INT64:
        AppendQuoted(get(&R::GetInt64, &R::GetRepeatedInt64), out_);
        return true;
      case FieldDescriptor::CPPTYPE_UINT64:
        AppendQuoted(get(&R::GetUInt64, &R::GetRepeatedUInt64), out_);
        return true;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        AppendFloat(get(&R::GetDouble, &R::GetRepeatedDouble), out_);
        return true;
      case FieldDescriptor::CPPTYPE_FLOAT:
        AppendFloat(get(&R::GetFloat, &R::GetRepeatedFloat), out_);
        return true;
      case FieldDescriptor::CPPTYPE_BOOL:
        out_ += get(&R::GetBool, &R::GetRepeatedBool) ? "true" : "false";
        return true;
      case FieldDescriptor::CPPTYPE_ENUM:
        Enum(field, get(&R::GetEnumValue, &R::GetRepeatedEnumValue));
        return true;
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        const std::string& text = index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                                            : reflection.GetRepeatedStringReference(message, &field, index, &scratch);
        if (field.type() == FieldDescriptor::TYPE_BYTES) {
          absl::StrAppend(&out_, "\"", absl::Base64Escape(text), "\"");
        } else {
          WriteJsonString(text, out_);
        }
        return true;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Message(index < 0 ? reflection.GetMessage(message, &field)
                                 : reflection.GetRepeatedMessage(message, &field, index));
    }
    return false;
  }

  void Enum(const FieldDescriptor& field, int number) {
    if (field.enum_type()->full_name() == "google.protobuf.NullValue") {
      out_ += "null";
    } else if (const auto* value = field.enum_type()->FindValueByNumber(number)) {
      WriteJsonString(value->name(), out_);
    } else {
      AppendNumber(number, out_);
    }
  }

  bool MapEntry(const pb::Message& entry) {
    const FieldDescriptor& key = *entry.GetDescriptor()->map_key();
    bool quoted = key.cpp_type() == FieldDescriptor::CPPTYPE_STRING ||
                  key.cpp_type() == FieldDescriptor::CPPTYPE_INT64 || key.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
    if (!quoted) out_ += '"';
    One(entry, key, -1);
    if (!quoted) out_ += '"';
    out_ += ':';
    return One(entry, *entry.GetDescriptor()->map_value(), -1);
  }

  template <typename Generated>
  static Generated SecondsAndNanos(const pb::Message& message) {
    Generated value;
    value.set_seconds(message.GetReflection()->GetInt64(message, message.GetDescriptor()->FindFieldByNumber(1)));
    value.set_nanos(message.GetReflection()->GetInt32(message, message.GetDescriptor()->FindFieldByNumber(2)));
    return value;
  }

  bool Timestamp(const pb::Message& message) {
    auto value = SecondsAndNanos<pb::Timestamp>(message);
    if (value.seconds() < TimeUtil::kTimestampMinSeconds || value.seconds() > TimeUtil::kTimestampMaxSeconds ||
        value.nanos() < 0 || value.nanos() > 999999999) {
      return false;
    }
    absl::StrAppend(&out_, "\"", TimeUtil::ToString(value), "\"");
    return true;
  }

  bool Duration(const pb::Message& message) {
    auto value = SecondsAndNanos<pb::Duration>(message);
    bool signs_agree = value.seconds() == 0 || value.nanos() == 0 || (value.seconds() < 0) == (value.nanos() < 0);
    if (value.seconds() < TimeUtil::kDurationMinSeconds || value.seconds() > TimeUtil::kDurationMaxSeconds ||
        std::abs(value.nanos()) > 999999999 || !signs_agree) {
      return false;
    }
    absl::StrAppend(&out_, "\"", TimeUtil::ToString(value), "\"");
    return true;
  }

  bool FieldMask(const pb::Message& message) {
    const FieldDescriptor& paths = *message.GetDescriptor()->FindFieldByNumber(1);
    std::string camel;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, &paths); ++i) {
      if (i > 0) camel += ',';
      bool raise = false;
      for (char c : message.GetReflection()->GetRepeatedString(message, &paths, i)) {
        if (c != '_') camel += raise ? absl::ascii_toupper(c) : c;
        raise = c == '_';
      }
    }
    WriteJsonString(camel, out_);
    return true;
  }

  bool Value(const pb::Message& message) {
    std::vector<const FieldDescriptor*> set;
    message.GetReflection()->ListFields(message, &set);
    return set.size() == 1 && One(message, *set.front(), -1);
  }

  bool Any(const pb::Message& message) {
    const pb::Reflection& reflection = *message.GetReflection();
    std::string url = reflection.GetString(message, message.GetDescriptor()->FindFieldByNumber(1));
    if (url.empty()) {
      out_ += "{}";
      return true;
    }
    const pb::Message* prototype = types_.FindMessage(std::string_view(url).substr(url.rfind('/') + 1));
    if (prototype == nullptr) return false;
    std::unique_ptr<pb::Message> content(prototype->New());
    if (!content->ParseFromString(reflection.GetString(message, message.GetDescriptor()->FindFieldByNumber(2)))) {
      return false;
    }
    out_ += "{\"@type\":";
    WriteJsonString(url, out_);
    bool written = true;
    if (content->GetDescriptor()->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
      written = Fields(*content, /*first=*/false);
    } else {
      out_ += ",\"value\":";
      written = Message(*content);
    }
    out_ += '}';
    return written;
  }

  const TypeSource& types_;
  std::string& out_;
  int depth_ = 0;
};

}  // namespace

bool WriteJson(const pb::Message& message, const TypeSource& types, std::string& out) {
  return Writer(types, out).Message(message);
}

bool WriteJsonField(const pb::Message& message, const FieldDescriptor& field, const TypeSource& types,
                    std::string& out) {
  return Writer(types, out).Field(message, field);
}

void WriteJsonString(std::string_view text, std::string& out) {
  out += '"';
  size_t done = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(done, i - done));
    done = i + 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else {
      constexpr char kHex[] = "0123456789abcdef";
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
  }
  out.append(text.substr(done));
  out += '"';
}

}  // namespace wenming::gateway
