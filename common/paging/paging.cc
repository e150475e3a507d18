#include "common/paging/paging.h"

#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "common/crypto/digest.h"
#include "common/errors/errors.h"
#include "common/ids/fingerprint.h"
#include "wenming/type/reason.pb.h"

namespace wenming::paging {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kSealSize = 16;
enum Kind : char { kNull = 'n', kSigned = 'i', kUnsigned = 'u', kReal = 'd', kText = 's' };

void AppendNumber(std::string& bytes, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
}

// A letter for the kind, then 8 bytes for a number or a length, then the text.
std::string Encode(std::span<const db::Value> position) {
  std::string bytes;
  for (const db::Value& value : position) {
    if (const auto* number = std::get_if<int64_t>(&value.data())) {
      bytes.push_back(kSigned);
      AppendNumber(bytes, static_cast<uint64_t>(*number));
    } else if (const auto* large = std::get_if<uint64_t>(&value.data())) {
      bytes.push_back(kUnsigned);
      AppendNumber(bytes, *large);
    } else if (const auto* real = std::get_if<double>(&value.data())) {
      bytes.push_back(kReal);
      uint64_t bits;
      std::memcpy(&bits, real, sizeof(bits));
      AppendNumber(bytes, bits);
    } else if (const auto* text = std::get_if<std::string>(&value.data())) {
      bytes.push_back(kText);
      AppendNumber(bytes, text->size());
      bytes.append(*text);
    } else {
      bytes.push_back(kNull);
    }
  }
  return bytes;
}

std::optional<std::vector<db::Value>> Decode(std::string_view bytes) {
  std::vector<db::Value> position;
  while (!bytes.empty()) {
    const char kind = bytes.front();
    bytes.remove_prefix(1);
    if (kind == kNull) {
      position.emplace_back();
      continue;
    }
    if (bytes.size() < 8) return std::nullopt;
    uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    bytes.remove_prefix(8);
    if (kind == kSigned) {
      position.emplace_back(static_cast<int64_t>(number));
    } else if (kind == kUnsigned) {
      position.emplace_back(number);
    } else if (kind == kReal) {
      double real;
      std::memcpy(&real, &number, sizeof(real));
      position.emplace_back(real);
    } else if (kind == kText && number <= bytes.size()) {
      position.emplace_back(bytes.substr(0, number));
      bytes.remove_prefix(number);
    } else {
      return std::nullopt;
    }
  }
  return position;
}

const FieldDescriptor* Field(const Message& request, const char* name) {
  return request.GetDescriptor()->FindFieldByName(name);
}

absl::Status BadToken() { return errors::InvalidField("page_token", type::REASON_BAD_PAGE_TOKEN); }

}  // namespace

std::string Pager::Seal(const Message& request, std::string_view position) const {
  const std::unique_ptr<Message> rest(request.New());
  rest->CopyFrom(request);
  for (const char* name : {"page_token", "page_size"}) {
    if (const FieldDescriptor* field = Field(request, name)) rest->GetReflection()->ClearField(rest.get(), field);
  }
  return crypto::HmacSha256(key_, ids::Fingerprint(*rest).append(position)).substr(0, kSealSize);
}

std::string Pager::Token(const Message& request, std::span<const db::Value> position) const {
  const std::string bytes = Encode(position);
  return crypto::Base64Url(Seal(request, bytes) + bytes);
}

absl::StatusOr<std::vector<db::Value>> Pager::Position(const Message& request) const {
  const FieldDescriptor* field = Field(request, "page_token");
  if (field == nullptr) return absl::InternalError("The request has no page_token");
  std::string scratch;
  const std::string& token = request.GetReflection()->GetStringReference(request, field, &scratch);
  if (token.empty()) return std::vector<db::Value>();
  const std::optional<std::string> bytes = crypto::FromBase64Url(token);
  if (!bytes.has_value() || bytes->size() < kSealSize) return BadToken();
  const std::string_view seal = std::string_view(*bytes).substr(0, kSealSize);
  const std::string_view position = std::string_view(*bytes).substr(kSealSize);
  if (!crypto::ConstantTimeEquals(seal, Seal(request, position))) return BadToken();
  std::optional<std::vector<db::Value>> values = Decode(position);
  if (!values.has_value()) return BadToken();
  return *std::move(values);
}

}  // namespace wenming::paging
