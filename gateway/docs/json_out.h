#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace wenming::gateway::docs {

// Writes JSON in the order it is told, without a tree in memory. The caller pairs Begin and End.
class JsonOut {
 public:
  JsonOut() : writer_(buffer_) {}

  void BeginObject() { writer_.StartObject(); }
  void BeginObject(std::string_view key) { Key(key), BeginObject(); }
  void EndObject() { writer_.EndObject(); }
  void BeginArray() { writer_.StartArray(); }
  void BeginArray(std::string_view key) { Key(key), BeginArray(); }
  void EndArray() { writer_.EndArray(); }

  void Key(std::string_view key) { writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size())); }
  void Text(std::string_view value) { writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size())); }
  void Text(std::string_view key, std::string_view value) { Key(key), Text(value); }
  void Flag(bool value) { writer_.Bool(value); }
  void Flag(std::string_view key, bool value) { Key(key), Flag(value); }
  void Count(int64_t value) { writer_.Int64(value); }
  void Count(std::string_view key, int64_t value) { Key(key), Count(value); }
  // A whole number is written as one.
  void Number(std::string_view key, double value);

  std::string Result() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

inline void JsonOut::Number(std::string_view key, double value) {
  Key(key);
  auto whole = static_cast<int64_t>(value);
  if (static_cast<double>(whole) == value) {
    writer_.Int64(whole);
  } else {
    writer_.Double(value);
  }
}

}  // namespace wenming::gateway::docs
