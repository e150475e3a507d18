#include "gateway/observe/log.h"

#include <string>

#include "gateway/transcode/json_writer.h"

namespace wenming::gateway {

void Logger::Write(std::string_view level, std::string_view message, std::initializer_list<Field> fields) {
  std::string line = "{\"time\":";
  WriteJsonString(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", now_(), absl::UTCTimeZone()), line);
  line += ",\"level\":";
  WriteJsonString(level, line);
  line += ",\"message\":";
  WriteJsonString(message, line);
  for (const auto& [key, value] : fields) {
    line += ',';
    WriteJsonString(key, line);
    line += ':';
    WriteJsonString(value, line);
  }
  line += "}\n";
  // One write, so that the lines of two threads do not mix.
  out_.write(line.data(), static_cast<std::streamsize>(line.size()));
  out_.flush();
}

}  // namespace wenming::gateway
