#include "common/observe/log.h"

#include <ostream>

#include "absl/time/time.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace wenming::observe {
namespace {

std::string_view NameOf(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "DEBUG";
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
  }
  return "ERROR";
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void WriteString(Writer& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void WriteValue(Writer& writer, const LogValue& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    WriteString(writer, *text);
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    writer.Int64(*integer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    writer.Double(*number);
  } else {
    writer.Bool(std::get<bool>(value));
  }
}

}  // namespace

Logger::Logger(std::ostream& out, std::string service, Severity least, Clock clock)
    : out_(out), service_(std::move(service)), least_(least), clock_(std::move(clock)) {}

void Logger::Log(Severity severity, std::string_view message, std::initializer_list<LogField> fields) const {
  if (severity < least_) return;
  rapidjson::StringBuffer line;
  Writer writer(line);
  writer.StartObject();
  writer.Key("time");
  WriteString(writer, absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", clock_(), absl::UTCTimeZone()));
  writer.Key("severity");
  WriteString(writer, NameOf(severity));
  writer.Key("service");
  WriteString(writer, service_);
  writer.Key("message");
  WriteString(writer, message);
  for (const LogField& field : fields) {
    writer.Key(field.key.data(), static_cast<rapidjson::SizeType>(field.key.size()));
    WriteValue(writer, field.value);
  }
  writer.EndObject();
  line.Put('\n');
  const std::lock_guard lock(mutex_);
  out_.write(line.GetString(), static_cast<std::streamsize>(line.GetSize()));
  out_.flush();
}

}  // namespace wenming::observe
