#include "common/auth/claims.h"

#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <initializer_list>
#include <map>
#include <utility>
#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/ids/ids.h"

namespace wenming::auth {
namespace {

constexpr std::string_view kAlgorithm = "ES256";
constexpr std::string_view kType = "JWT";
constexpr std::string_view kAudience = "wenming";
constexpr std::string_view kIssuerPrefix = "wenming/";
constexpr std::string_view kServicePrefix = "services/";
constexpr int64_t kEndOfTime = 253402300799;  // the last second of the year 9999

using Value = std::variant<std::string, int64_t>;
using Object = std::map<std::string, Value, std::less<>>;

// Takes one flat object of strings and whole numbers with distinct names; stops the parser at anything else.
class FlatObject : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, FlatObject> {
 public:
  bool Default() { return false; }
  bool StartObject() { return !std::exchange(open_, true); }
  bool EndObject(rapidjson::SizeType) { return true; }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    name_.assign(text, size);
    return true;
  }
  bool String(const char* text, rapidjson::SizeType size, bool) { return Add(std::string(text, size)); }
  bool Int(int number) { return Add(int64_t{number}); }
  bool Uint(unsigned number) { return Add(int64_t{number}); }
  bool Int64(int64_t number) { return Add(number); }
  bool Uint64(uint64_t number) { return std::in_range<int64_t>(number) && Add(static_cast<int64_t>(number)); }

  Object Take() { return std::move(members_); }

 private:
  // A value outside of the object, as in "1", has no name to go by.
  bool Add(Value value) { return open_ && members_.emplace(name_, std::move(value)).second; }

  bool open_ = false;
  std::string name_;
  Object members_;
};

std::optional<Object> ParseObject(std::string_view json) {
  rapidjson::MemoryStream stream(json.data(), json.size());
  FlatObject object;
  rapidjson::Reader reader;
  if (!reader.Parse<rapidjson::kParseValidateEncodingFlag>(stream, object)) return std::nullopt;
  if (stream.Tell() != json.size()) return std::nullopt;  // RapidJSON takes a NUL for the end
  return object.Take();
}

std::string ToJson(std::initializer_list<std::pair<std::string_view, Value>> members) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  for (const auto& [name, value] : members) {
    writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    if (const auto* text = std::get_if<std::string>(&value)) {
      writer.String(text->data(), static_cast<rapidjson::SizeType>(text->size()));
    } else {
      writer.Int64(std::get<int64_t>(value));
    }
  }
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

template <typename T>
const T* Member(const Object& object, std::string_view name) {
  const auto member = object.find(name);
  return member == object.end() ? nullptr : std::get_if<T>(&member->second);
}

std::optional<int64_t> Time(const Object& object, std::string_view name) {
  const int64_t* seconds = Member<int64_t>(object, name);
  if (seconds == nullptr || *seconds < 0 || *seconds > kEndOfTime) return std::nullopt;
  return *seconds;
}

std::optional<Caller> ParseCaller(const std::string& subject, const std::string& center) {
  Caller caller{.subject = subject};
  if (!absl::SimpleAtoi(center, &caller.center_id) || absl::StrCat(caller.center_id) != center) return std::nullopt;
  if (const auto staff = ids::ParseName("staff", subject)) {
    caller.kind = CallerKind::kStaff;
    caller.id = *staff;
  } else if (const auto volunteer = ids::ParseName("volunteers", subject)) {
    caller.kind = CallerKind::kVolunteer;
    caller.id = *volunteer;
  } else {
    caller.kind = CallerKind::kService;
  }
  return caller;
}

}  // namespace

bool MayVouch(std::string_view service, const Caller& caller) {
  switch (caller.kind) {
    case CallerKind::kStaff:
      return service == "org_svc" && caller.id != 0 && caller.subject == ids::ResourceName("staff", caller.id);
    case CallerKind::kVolunteer:
      return service == "volunteer_svc" && caller.id != 0 && caller.center_id != 0 &&
             caller.subject == ids::ResourceName("volunteers", caller.id);
    case CallerKind::kService:
      return !service.empty() && caller.id == 0 && caller.center_id == 0 &&
             caller.subject == std::string(kServicePrefix).append(service);
    case CallerKind::kAnonymous:
      return false;
  }
  return false;
}

std::string HeaderJson(std::string_view key_id) {
  return ToJson({{"alg", std::string(kAlgorithm)}, {"typ", std::string(kType)}, {"kid", std::string(key_id)}});
}

std::string ClaimsJson(const Claims& claims) {
  return ToJson({{"iss", std::string(kIssuerPrefix).append(claims.service)},
                 {"aud", std::string(kAudience)},
                 {"sub", claims.caller.subject},
                 {"ctr", absl::StrCat(claims.caller.center_id)},
                 {"iat", claims.issued_at},
                 {"nbf", claims.not_before},
                 {"exp", claims.expires_at},
                 {"jti", claims.token_id}});
}

std::optional<std::string> ParseHeader(std::string_view json) {
  const std::optional<Object> header = ParseObject(json);
  if (!header.has_value() || header->size() != 3) return std::nullopt;
  const std::string* algorithm = Member<std::string>(*header, "alg");
  const std::string* type = Member<std::string>(*header, "typ");
  const std::string* key_id = Member<std::string>(*header, "kid");
  if (algorithm == nullptr || type == nullptr || key_id == nullptr) return std::nullopt;
  if (*algorithm != kAlgorithm || *type != kType) return std::nullopt;
  return *key_id;
}

std::optional<Claims> ParseClaims(std::string_view json) {
  const std::optional<Object> object = ParseObject(json);
  if (!object.has_value()) return std::nullopt;
  const std::string* issuer = Member<std::string>(*object, "iss");
  const std::string* audience = Member<std::string>(*object, "aud");
  const std::string* subject = Member<std::string>(*object, "sub");
  const std::string* center = Member<std::string>(*object, "ctr");
  const std::string* token_id = Member<std::string>(*object, "jti");
  const std::optional<int64_t> issued_at = Time(*object, "iat");
  const std::optional<int64_t> not_before = Time(*object, "nbf");
  const std::optional<int64_t> expires_at = Time(*object, "exp");
  if (issuer == nullptr || audience == nullptr || subject == nullptr || center == nullptr || token_id == nullptr ||
      !issued_at.has_value() || !not_before.has_value() || !expires_at.has_value()) {
    return std::nullopt;
  }
  if (*audience != kAudience || !issuer->starts_with(kIssuerPrefix)) return std::nullopt;

  const std::string service = issuer->substr(kIssuerPrefix.size());
  std::optional<Caller> caller = ParseCaller(*subject, *center);
  if (!caller.has_value() || !MayVouch(service, *caller)) return std::nullopt;
  return Claims{.caller = *std::move(caller),
                .service = service,
                .issued_at = *issued_at,
                .not_before = *not_before,
                .expires_at = *expires_at,
                .token_id = *token_id};
}

}  // namespace wenming::auth
