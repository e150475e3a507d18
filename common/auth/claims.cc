#include "common/auth/claims.h"

#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <map>
#include <utility>
#include <variant>
#include <vector>

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
constexpr std::string_view kSession = "sid";
constexpr std::string_view kCertificate = "x5t#S256";  // RFC 8705 has it in "cnf"; our claims are flat
constexpr int64_t kEndOfTime = 253402300799;           // the last second of the year 9999

using Value = std::variant<std::string, int64_t>;
using Object = std::map<std::string, Value, std::less<>>;

// No issuer of ours writes anything but visible ASCII and blanks; escapes could spell what is no text at all.
bool IsPlain(const char* text, size_t size) {
  return std::all_of(text, text + size, [](char c) { return c >= 0x20 && c < 0x7f; });
}

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
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return IsPlain(text, size) && Add(std::string(text, size));
  }
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

using Members = std::vector<std::pair<std::string_view, Value>>;

std::string ToJson(const Members& members) {
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
  } else if (const auto client = ids::ParseName("clients", subject)) {
    caller.kind = CallerKind::kClient;
    caller.id = *client;
  } else if (const auto volunteer = ids::ParseName("volunteers", subject)) {
    caller.kind = CallerKind::kVolunteer;
    caller.id = *volunteer;
  } else {
    caller.kind = CallerKind::kService;
  }
  return caller;
}

// Takes over the members that only some callers have; false where one is there and malformed.
bool ParseBonds(const Object& object, Caller& caller) {
  if (object.contains(kSession)) {
    const std::string* text = Member<std::string>(object, kSession);
    const std::optional<uint64_t> session = text == nullptr ? std::nullopt : ids::FromText(*text);
    if (!session.has_value()) return false;
    caller.session_id = *session;
  }
  if (object.contains(kCertificate)) {
    const std::string* thumbprint = Member<std::string>(object, kCertificate);
    if (thumbprint == nullptr || thumbprint->empty()) return false;
    caller.certificate = *thumbprint;
  }
  return true;
}

// What a person's token is bound to, and what a back end's.
bool InSession(const Caller& caller) { return caller.id != 0 && caller.session_id != 0 && caller.certificate.empty(); }
bool OnCertificate(const Caller& caller) {
  return caller.id != 0 && caller.session_id == 0 && !caller.certificate.empty();
}

}  // namespace

bool MayVouch(std::string_view service, const Caller& caller) {
  switch (caller.kind) {
    case CallerKind::kStaff:
      return service == "org_svc" && InSession(caller) && caller.subject == ids::ResourceName("staff", caller.id);
    case CallerKind::kVolunteer:
      return service == "volunteer_svc" && InSession(caller) && caller.center_id != 0 &&
             caller.subject == ids::ResourceName("volunteers", caller.id);
    case CallerKind::kClient:
      return service == "org_svc" && OnCertificate(caller) && caller.subject == ids::ResourceName("clients", caller.id);
    case CallerKind::kService:
      return !service.empty() && caller.id == 0 && caller.center_id == 0 && caller.session_id == 0 &&
             caller.certificate.empty() && caller.subject == std::string(kServicePrefix).append(service);
    case CallerKind::kAnonymous:
      return false;
  }
  return false;
}

std::string HeaderJson(std::string_view key_id) {
  return ToJson({{"alg", std::string(kAlgorithm)}, {"typ", std::string(kType)}, {"kid", std::string(key_id)}});
}

std::string ClaimsJson(const Claims& claims) {
  Members members = {{"iss", std::string(kIssuerPrefix).append(claims.service)},
                     {"aud", std::string(kAudience)},
                     {"sub", claims.caller.subject},
                     {"ctr", absl::StrCat(claims.caller.center_id)},
                     {"iat", claims.issued_at},
                     {"nbf", claims.not_before},
                     {"exp", claims.expires_at},
                     {"jti", claims.token_id}};
  if (claims.caller.session_id != 0) members.emplace_back(kSession, ids::ToText(claims.caller.session_id));
  if (!claims.caller.certificate.empty()) members.emplace_back(kCertificate, claims.caller.certificate);
  return ToJson(members);
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
  if (!caller.has_value() || !ParseBonds(*object, *caller) || !MayVouch(service, *caller)) return std::nullopt;
  return Claims{.caller = *std::move(caller),
                .service = service,
                .issued_at = *issued_at,
                .not_before = *not_before,
                .expires_at = *expires_at,
                .token_id = *token_id};
}

}  // namespace wenming::auth
