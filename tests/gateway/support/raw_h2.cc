#include "tests/gateway/support/raw_h2.h"

#include <utility>

namespace wenming::gateway {
namespace raw_h2 {
namespace {

std::string BigEndian(uint32_t value, int bytes) {
  std::string text;
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

// RFC 7541 section 5.1.
std::string Integer(uint8_t first, int prefix_bits, uint32_t value) {
  const uint32_t most = (1u << prefix_bits) - 1;
  if (value < most) return {static_cast<char>(first | value)};
  std::string text = {static_cast<char>(first | most)};
  for (value -= most; value >= 128; value /= 128) text += static_cast<char>(value % 128 + 128);
  text += static_cast<char>(value);
  return text;
}

std::string Text(std::string_view text) {
  return Integer(0, 7, static_cast<uint32_t>(text.size())) + std::string(text);
}

}  // namespace

std::string Frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string frame = BigEndian(static_cast<uint32_t>(payload.size()), 3);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  return frame + BigEndian(stream, 4) + std::string(payload);
}

std::string Number(uint32_t value) { return BigEndian(value, 4); }
std::string Setting(uint16_t id, uint32_t value) { return BigEndian(id, 2) + BigEndian(value, 4); }
std::string Reset(uint32_t stream) { return Frame(kRstStream, 0, stream, Number(8)); }

std::string Field(std::string_view name, std::string_view value) {
  return std::string(1, '\0') + Text(name) + Text(value);
}
std::string IndexedField(std::string_view name, std::string_view value) { return "\x40" + Text(name) + Text(value); }
std::string FromTable(uint32_t index) { return Integer(0x80, 7, index); }

std::string CallFields(std::string_view method) {
  const std::string path = "/wenming.gateway.testdata.Library/" + std::string(method);
  return Field(":method", "POST") + Field(":scheme", "http") + Field(":path", path) + Field(":authority", "test") +
         Field("te", "trailers") + Field("content-type", "application/grpc");
}

std::string Call(uint32_t stream, std::string_view method, std::string_view more, std::string_view message) {
  std::string framed =
      std::string(1, '\0') + BigEndian(static_cast<uint32_t>(message.size()), 4) + std::string(message);
  return Frame(kHeaders, kEndHeaders, stream, CallFields(method) + std::string(more)) +
         Frame(kData, kEndStream, stream, framed);
}

}  // namespace raw_h2

namespace {

uint32_t ReadNumber(std::string_view bytes) {
  uint32_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

RawH2Client::RawH2Client(uint16_t port, std::string_view settings) : connection_(port) {
  Send(std::string(raw_h2::kPreface) + raw_h2::Frame(raw_h2::kSettings, 0, 0, settings));
}

bool RawH2Client::ReadFrame() {
  const std::string head = connection_.Take(9);
  if (head.size() < 9) {
    seen_.closed = true;
    return false;
  }
  const std::string_view bytes = head;
  const std::string payload = connection_.Take(ReadNumber(bytes.substr(0, 3)));
  const auto type = static_cast<uint8_t>(bytes[3]);
  const auto flags = static_cast<uint8_t>(bytes[4]);
  const uint32_t stream = ReadNumber(bytes.substr(5));
  if (type == raw_h2::kGoAway) seen_.go_away = ReadNumber(std::string_view(payload).substr(4, 4));
  if (type == raw_h2::kRstStream) seen_.resets[stream] = ReadNumber(payload);
  if (type == raw_h2::kPing && (flags & raw_h2::kAck) != 0) ++seen_.pings;
  if (type == raw_h2::kData) data_[stream] += payload;
  const bool last = (type == raw_h2::kData || type == raw_h2::kHeaders) && (flags & raw_h2::kEndStream) != 0;
  if (last) seen_.ended[stream] = std::exchange(data_[stream], {});
  return true;
}

const RawH2Client::Seen& RawH2Client::ReadToEnd() {
  while (ReadFrame()) continue;
  return seen_;
}

const RawH2Client::Seen& RawH2Client::ReadPing() {
  const int before = seen_.pings;
  while (seen_.pings == before && ReadFrame()) continue;
  return seen_;
}

const RawH2Client::Seen& RawH2Client::ReadStream(uint32_t stream) {
  while (seen_.ended.count(stream) == 0 && seen_.resets.count(stream) == 0 && ReadFrame()) continue;
  return seen_;
}

}  // namespace wenming::gateway
