#include "gateway/transcode/json_reader.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/charconv.h"
#include "absl/strings/str_cat.h"
#include "gateway/text.h"
#include "gateway/transcode/slot.h"
#include "gateway/transcode/text_value.h"
#include "google/api/field_behavior.pb.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;
using Json = rapidjson::Value;
using pb::Descriptor;
using pb::FieldDescriptor;

constexpr size_t kMaxViolations = 20;
constexpr size_t kMaxDepth = 64;
// What a value costs while it is read does not depend on how short it is: four megabytes of "{},{},…" would be a
// hundred.
constexpr size_t kMaxValues = 250'000;

std::string_view Text(const Json& value) { return {value.GetString(), value.GetStringLength()}; }

bool IsOutputOnly(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::OUTPUT_ONLY) return true;
  }
  return false;
}

bool IsNullValue(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
         field.enum_type()->full_name() == "google.protobuf.NullValue";
}

// A message whose null is a value of its own.
bool TakesNull(const FieldDescriptor& field) {
  if (IsNullValue(field)) return true;
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_VALUE;
}

// RapidJSON's document, but for its reading of numbers: that shifts by a negative count for a zero with an exponent.
class JsonDocument : public rapidjson::Document {
 public:
  rapidjson::ParseResult Read(std::string_view json) {
    constexpr unsigned kFlags =
        rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
    rapidjson::ParseResult result;
    const auto parse = [&](rapidjson::Document&) {
      rapidjson::MemoryStream memory(json.data(), json.size());
      rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream(memory);
      result = rapidjson::Reader().Parse<kFlags>(stream, *this);
      return !result.IsError();
    };
    Populate(parse);
    return result;
  }

  // Whether the text has more values than anybody needs.
  bool too_many() const { return values_ > kMaxValues; }

  // The parser calls these for each value; false ends it.
  bool Null() { return Count() && rapidjson::Document::Null(); }
  bool Bool(bool value) { return Count() && rapidjson::Document::Bool(value); }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return Count() && rapidjson::Document::String(text, size, copy);
  }
  bool StartObject() { return Count() && rapidjson::Document::StartObject(); }
  bool StartArray() { return Count() && rapidjson::Document::StartArray(); }

  // Called by the parser with the text of a number. False for one beyond the range of a double.
  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    if (!Count()) return false;
    const char* const end = text + size;
    int64_t whole = 0;
    if (const auto read = std::from_chars(text, end, whole); read.ec == std::errc() && read.ptr == end) {
      return whole == 0 && *text == '-' ? Double(-0.0) : Int64(whole);
    }
    uint64_t large = 0;
    if (const auto read = std::from_chars(text, end, large); read.ec == std::errc() && read.ptr == end) {
      return Uint64(large);
    }
    double real = 0;
    const auto read = absl::from_chars(text, end, real);
    return (read.ec == std::errc() || std::abs(real) < 1) && Double(real);
  }

 private:
  bool Count() { return ++values_ <= kMaxValues; }
  size_t values_ = 0;
};

class Reader {
 public:
  Reader(const TypeSource& types, const JsonReadOptions& options) : types_(types), options_(options) {}

  std::vector<errors::FieldViolation> Run(std::string_view json, pb::Message& message) {
    JsonDocument document;
    if (const rapidjson::ParseResult parsed = document.Read(json); parsed.IsError()) {
      Fail(document.too_many() ? TooManyValues() : SyntaxProblem(parsed));
    } else if (json.find('\0') != std::string_view::npos) {
      // The parser takes a NUL for the end of the text.
      Fail({type::REASON_BAD_JSON, {{"detail", "it contains a NUL byte"}}});
    } else if (options_.field != nullptr) {
      steps_.push_back({options_.field, {}, -1});
      ReadMember(document, message, *options_.field);
    } else {
      ReadMessage(document, message);
    }
    return std::move(violations_);
  }

 private:
  struct Step {
    const FieldDescriptor* field = nullptr;  // null for a name the type does not have
    std::string_view name;                   // of an unknown field, or the key of a map entry
    int index = -1;
  };

  static Problem TooManyValues() { return {type::REASON_TOO_MANY_ITEMS, {{"max", absl::StrCat(kMaxValues)}}}; }

  static Problem SyntaxProblem(const rapidjson::ParseResult& parsed) {
    if (parsed.Code() == rapidjson::kParseErrorStringInvalidEncoding) return {type::REASON_INVALID_UTF8, {}};
    const auto code =
        parsed.Code() == rapidjson::kParseErrorTermination ? rapidjson::kParseErrorNumberTooBig : parsed.Code();
    return {type::REASON_BAD_JSON,
            {{"detail", absl::StrCat(rapidjson::GetParseError_En(code), " (byte ", parsed.Offset(), ")")}}};
  }

  std::string Path() const {
    std::string path = options_.prefix;
    for (const Step& step : steps_) {
      if (step.field == nullptr) {
        absl::StrAppend(&path, path.empty() ? "" : ".", ToAbsl(step.name.substr(0, 64)));
      } else if (step.index >= 0) {
        absl::StrAppend(&path, "[", step.index, "]");
      } else if (step.name.data() != nullptr) {
        absl::StrAppend(&path, "[\"", ToAbsl(step.name.substr(0, 64)), "\"]");
      } else {
        absl::StrAppend(&path, path.empty() ? "" : ".", step.field->name());
      }
    }
    return path.empty() ? "body" : path;
  }

  void Fail(Problem problem) {
    if (violations_.size() < kMaxViolations) {
      violations_.push_back({Path(), problem.reason, std::move(problem.metadata)});
    }
  }
  void Check(MaybeProblem problem) {
    if (problem) Fail(*std::move(problem));
  }

  void ReadMessage(const Json& value, pb::Message& message) {
    if (steps_.size() > kMaxDepth) return Fail(Expected("嵌套过深", "it is nested too deeply"));
    switch (message.GetDescriptor()->well_known_type()) {
      case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
        return ReadObject(value, message);
      case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      case Descriptor::WELLKNOWNTYPE_DURATION:
      case Descriptor::WELLKNOWNTYPE_FIELDMASK:
        if (!value.IsString()) return Fail(Expected("应为字符串", "a string is expected"));
        return Check(PutWellKnownText(message, Text(value)));
      case Descriptor::WELLKNOWNTYPE_STRUCT:
        if (!value.IsObject()) return Fail(Expected("应为对象", "an object is expected"));
        return ReadField(value, message, *message.GetDescriptor()->FindFieldByNumber(1));
      case Descriptor::WELLKNOWNTYPE_LISTVALUE:
        return ReadField(value, message, *message.GetDescriptor()->FindFieldByNumber(1));
      case Descriptor::WELLKNOWNTYPE_VALUE:
        return ReadValue(value, message);
      case Descriptor::WELLKNOWNTYPE_ANY:
        return ReadAny(value, message);
      default:
        return ReadScalar(value, Slot(message, *message.GetDescriptor()->FindFieldByNumber(1)));
    }
  }

  // The fields of `value`, but for `skipped`.
  void ReadObject(const Json& value, pb::Message& message, std::string_view skipped = {}) {
    if (!value.IsObject()) return Fail(Expected("应为对象", "an object is expected"));
    absl::InlinedVector<const FieldDescriptor*, 16> seen;
    for (const auto& member : value.GetObject()) {
      std::string_view name = Text(member.name);
      if (!skipped.empty() && name == skipped) continue;
      if (violations_.size() >= kMaxViolations) return;
      const FieldDescriptor* field = FindField(*message.GetDescriptor(), name);
      steps_.push_back({field, field == nullptr ? name : std::string_view(), -1});
      if (field == nullptr) {
        Fail({type::REASON_UNKNOWN_FIELD});
      } else if (std::find(seen.begin(), seen.end(), field) != seen.end()) {
        Fail(Expected("字段重复", "the field is given twice"));
      } else {
        seen.push_back(field);
        ReadMember(member.value, message, *field);
      }
      steps_.pop_back();
    }
  }

  void ReadMember(const Json& value, pb::Message& message, const FieldDescriptor& field) {
    if (value.IsNull() && !TakesNull(field)) return NoteSet();
    if (const auto* oneof = field.real_containing_oneof();
        oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) {
      return Fail(Expected("同组字段只能给出一个", "only one field of its group may be given"));
    }
    bool nested = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated() &&
                  field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
    if (!nested) NoteSet();
    ReadField(value, message, field);
  }

  // Only members of plain objects reach this with no list or map above them.
  void NoteSet() {
    if (options_.set_fields == nullptr) return;
    std::string path;
    for (const Step& step : steps_) {
      if (step.field == nullptr || step.index >= 0 || step.name.data() != nullptr) return;
      if (IsOutputOnly(*step.field)) return;
      absl::StrAppend(&path, path.empty() ? "" : ".", step.field->name());
    }
    options_.set_fields->push_back(std::move(path));
  }

  void ReadField(const Json& value, pb::Message& message, const FieldDescriptor& field) {
    if (field.is_map()) return ReadMap(value, message, field);
    if (!field.is_repeated()) return ReadOne(value, Slot(message, field));
    if (!value.IsArray()) return Fail(Expected("应为数组", "an array is expected"));
    int index = 0;
    for (const Json& element : value.GetArray()) {
      if (violations_.size() >= kMaxViolations) return;
      steps_.push_back({&field, {}, index++});
      if (element.IsNull() && !TakesNull(field)) {
        Fail(ExpectedValue(field));
      } else {
        ReadOne(element, Slot(message, field));
      }
      steps_.pop_back();
    }
  }

  void ReadMap(const Json& value, pb::Message& message, const FieldDescriptor& field) {
    if (!value.IsObject()) return Fail(Expected("应为对象", "an object is expected"));
    absl::flat_hash_set<absl::string_view> seen;
    for (const auto& member : value.GetObject()) {
      if (violations_.size() >= kMaxViolations) return;
      std::string_view key = Text(member.name);
      steps_.push_back({&field, key, -1});
      if (!seen.insert(ToAbsl(key)).second) {
        Fail(Expected("键重复", "the key is given twice"));
      } else {
        pb::Message& entry = *message.GetReflection()->AddMessage(&message, &field);
        Check(PutText(Slot(entry, *field.message_type()->map_key()), key));
        const FieldDescriptor& mapped = *field.message_type()->map_value();
        if (member.value.IsNull() && !TakesNull(mapped)) {
          Fail(ExpectedValue(mapped));
        } else {
          ReadOne(member.value, Slot(entry, mapped));
        }
      }
      steps_.pop_back();
    }
  }

  void ReadOne(const Json& value, Slot slot) {
    if (slot.field().cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return ReadMessage(value, *slot.PutMessage());
    ReadScalar(value, slot);
  }

  void ReadScalar(const Json& value, Slot slot) {
    const FieldDescriptor& field = slot.field();
    if (value.IsString()) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return Fail(ExpectedValue(field));
      return Check(PutText(slot, Text(value)));
    }
    if (value.IsBool() && field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return slot.Put(value.GetBool());
    if (value.IsNull() && IsNullValue(field)) return slot.PutEnum(0);
    if (!value.IsNumber()) return Fail(ExpectedValue(field));
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return PutInteger<int32_t>(value, slot);
      case FieldDescriptor::CPPTYPE_INT64:
        return PutInteger<int64_t>(value, slot);
      case FieldDescriptor::CPPTYPE_UINT32:
        return PutInteger<uint32_t>(value, slot);
      case FieldDescriptor::CPPTYPE_UINT64:
        return PutInteger<uint64_t>(value, slot);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return slot.Put(value.GetDouble());
      case FieldDescriptor::CPPTYPE_FLOAT:
        if (std::abs(value.GetDouble()) > std::numeric_limits<float>::max()) return Fail(ExpectedValue(field));
        return slot.Put(static_cast<float>(value.GetDouble()));
      case FieldDescriptor::CPPTYPE_ENUM:
        if (!value.IsInt() || field.enum_type()->FindValueByNumber(value.GetInt()) == nullptr) {
          return Fail(ExpectedValue(field));
        }
        return slot.PutEnum(value.GetInt());
      default:
        return Fail(ExpectedValue(field));
    }
  }

  template <typename Integer>
  void PutInteger(const Json& value, Slot slot) {
    using Limits = std::numeric_limits<Integer>;
    if (value.IsUint64() && value.GetUint64() <= static_cast<uint64_t>(Limits::max())) {
      return slot.Put(static_cast<Integer>(value.GetUint64()));
    }
    if (Limits::is_signed && value.IsInt64() && value.GetInt64() < 0 &&
        value.GetInt64() >= static_cast<int64_t>(Limits::min())) {
      return slot.Put(static_cast<Integer>(value.GetInt64()));
    }
    // 1e3 and 2.0 are integers too; the upper bound as a double is one above the greatest value.
    double number = value.GetDouble();
    bool fits = number >= static_cast<double>(Limits::min()) && number < std::ldexp(1.0, Limits::digits);
    if (!value.IsDouble() || !fits || number != std::floor(number)) return Fail(ExpectedValue(slot.field()));
    slot.Put(static_cast<Integer>(number));
  }

  void ReadValue(const Json& value, pb::Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    int number = 1;  // the members of google.protobuf.Value: null, number, string, bool, struct, list
    if (value.IsNumber()) number = 2;
    if (value.IsString()) number = 3;
    if (value.IsBool()) number = 4;
    if (value.IsObject()) number = 5;
    if (value.IsArray()) number = 6;
    ReadOne(value, Slot(message, *type.FindFieldByNumber(number)));
  }

  // A message with a JSON form of its own stands in an Any as "value", and nothing beside it.
  void ReadWrapped(const Json& any, pb::Message& content) {
    bool seen = false;
    for (const auto& member : any.GetObject()) {
      const std::string_view name = Text(member.name);
      if (name == "@type") continue;
      if (violations_.size() >= kMaxViolations) return;
      steps_.push_back({nullptr, name, -1});
      if (name != "value") {
        Fail({type::REASON_UNKNOWN_FIELD});
      } else if (std::exchange(seen, true)) {
        Fail(Expected("字段重复", "the field is given twice"));
      } else {
        ReadMessage(member.value, content);
      }
      steps_.pop_back();
    }
  }

  void ReadAny(const Json& value, pb::Message& message) {
    if (!value.IsObject()) return Fail(Expected("应为对象", "an object is expected"));
    auto type = value.FindMember("@type");
    if (type == value.MemberEnd() || !type->value.IsString()) {
      return Fail(Expected("缺少 @type", "it lacks \"@type\""));
    }
    const auto is_type = [](const auto& member) { return Text(member.name) == "@type"; };
    if (std::count_if(value.MemberBegin(), value.MemberEnd(), is_type) > 1) {
      return Fail(Expected("@type 重复", "its \"@type\" is given twice"));
    }
    std::string_view url = Text(type->value);
    const pb::Message* prototype = types_.FindMessage(url.substr(url.rfind('/') + 1));
    if (prototype == nullptr || url.find('/') == std::string_view::npos) {
      return Fail(Expected("@type 不是已知类型", "its \"@type\" is not a known type"));
    }
    std::unique_ptr<pb::Message> content(prototype->New());
    if (prototype->GetDescriptor()->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
      ReadObject(value, *content, "@type");
    } else {
      ReadWrapped(value, *content);
    }
    const auto* reflection = message.GetReflection();
    reflection->SetString(&message, message.GetDescriptor()->FindFieldByNumber(1), std::string(url));
    reflection->SetString(&message, message.GetDescriptor()->FindFieldByNumber(2), content->SerializeAsString());
  }

  const TypeSource& types_;
  const JsonReadOptions& options_;
  std::vector<Step> steps_;
  std::vector<errors::FieldViolation> violations_;
};

}  // namespace

std::vector<errors::FieldViolation> ReadJson(std::string_view json, const TypeSource& types,
                                             const JsonReadOptions& options, pb::Message& message) {
  return Reader(types, options).Run(json, message);
}

}  // namespace wenming::gateway
