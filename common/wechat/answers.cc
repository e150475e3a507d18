#include "common/wechat/answers.h"

#include <openssl/crypto.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/errors/errors.h"

namespace wenming::wechat {
namespace {

constexpr int64_t kCodeInvalid = 40029, kCodeUsed = 40163, kUserBlocked = 40226, kTooFrequent = 45011,
                  kQuotaUsedUp = 45009;
constexpr size_t kLongestId = 128, kLongestToken = 1024;
constexpr absl::Duration kSoon = absl::Seconds(2);
// WeChat counts by the minute (45011), and by the day (45009).
constexpr absl::Duration kNextMinute = absl::Minutes(1), kMuchLater = absl::Minutes(30);

// A JSON object parsed where it stands, and wiped with the buffer.
class Object {
 public:
  explicit Object(std::string body) : body_(std::move(body)) {
    // Iterative: an answer cannot exhaust the stack by nesting.
    document_.ParseInsitu<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body_.data());
  }
  ~Object() { OPENSSL_cleanse(body_.data(), body_.size()); }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  bool valid() const { return !document_.HasParseError() && document_.IsObject(); }

  // 0 where there is none; nothing where it is no whole number.
  std::optional<int64_t> Errcode() const {
    const auto found = document_.FindMember("errcode");
    if (found == document_.MemberEnd()) return 0;
    return found->value.IsInt64() ? std::optional<int64_t>(found->value.GetInt64()) : std::nullopt;
  }

  const rapidjson::Value& root() const { return document_; }

 private:
  std::string body_;
  rapidjson::Document document_;
};

std::string_view Text(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsString()) return {};
  return {found->value.GetString(), found->value.GetStringLength()};
}

const rapidjson::Value* Part(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  return found != object.MemberEnd() && found->value.IsObject() ? &found->value : nullptr;
}

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

bool IsMainlandMobile(std::string_view number) {
  return number.size() == 11 && number[0] == '1' &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status Garbage() { return absl::DataLossError("not an answer of WeChat"); }

// Reads a success by `read(root)`, which answers nothing where the form is wrong.
template <typename T, typename F>
absl::StatusOr<Reply<T>> Read(std::string body, F&& read) {
  const Object object(std::move(body));
  if (!object.valid()) return Garbage();
  const auto errcode = object.Errcode();
  if (!errcode) return Garbage();
  if (*errcode != 0) return Reply<T>{.errcode = *errcode};
  std::optional<T> value = read(object.root());
  if (!value) return Garbage();
  return Reply<T>{.value = *std::move(value)};
}

absl::Status Refusal(int64_t errcode, type::Reason code_invalid) {
  switch (errcode) {
    case kCodeInvalid:
    case kCodeUsed:
      return errors::InvalidArgument(code_invalid);
    case kUserBlocked:
      return errors::PermissionDenied(type::REASON_WECHAT_USER_BLOCKED);
    case kTooFrequent:
      return errors::Unavailable(type::REASON_WECHAT_TOO_FREQUENT, kNextMinute);
    case kQuotaUsedUp:
      return errors::Unavailable(type::REASON_WECHAT_TOO_FREQUENT, kMuchLater);
    default:
      return Unavailable();
  }
}

}  // namespace

absl::StatusOr<Reply<WechatUser>> ReadSession(std::string body) {
  return Read<WechatUser>(std::move(body), [](const rapidjson::Value& root) -> std::optional<WechatUser> {
    const std::string_view openid = Text(root, "openid"), unionid = Text(root, "unionid");
    if (!IsId(openid) || !(unionid.empty() || IsId(unionid))) return std::nullopt;
    return WechatUser{std::string(openid), std::string(unionid)};
  });
}

absl::StatusOr<Reply<IssuedToken>> ReadToken(std::string body) {
  return Read<IssuedToken>(std::move(body), [](const rapidjson::Value& root) -> std::optional<IssuedToken> {
    const std::string_view text = Text(root, "access_token");
    const auto seconds = root.FindMember("expires_in");
    if (text.empty() || text.size() > kLongestToken || !IsPrintable(text)) return std::nullopt;
    if (seconds == root.MemberEnd() || !seconds->value.IsUint()) return std::nullopt;
    return IssuedToken{std::string(text), absl::Seconds(seconds->value.GetUint())};
  });
}

absl::StatusOr<Reply<std::string>> ReadPhoneNumber(std::string body, std::string_view app_id) {
  return Read<std::string>(std::move(body), [app_id](const rapidjson::Value& root) -> std::optional<std::string> {
    const rapidjson::Value* info = Part(root, "phone_info");
    if (info == nullptr) return std::nullopt;
    const rapidjson::Value* watermark = Part(*info, "watermark");
    if (watermark == nullptr || Text(*watermark, "appid") != app_id) return std::nullopt;
    const std::string_view number = Text(*info, "purePhoneNumber");
    if (number.empty()) return std::nullopt;
    if (Text(*info, "countryCode") != "86" || !IsMainlandMobile(number)) return std::string();
    return std::string(number);
  });
}

bool IsTokenRefusal(int64_t errcode) { return errcode == 40001 || errcode == 40014 || errcode == 42001; }

bool IsConfigurationFault(int64_t errcode) {
  // Application, secret, address list or permission.
  constexpr int64_t kFaults[] = {40013, 40125, 40164, 41002, 41004, 48001, 50002};
  return std::find(std::begin(kFaults), std::end(kFaults), errcode) != std::end(kFaults);
}

absl::Status LogInRefusal(int64_t errcode) { return Refusal(errcode, type::REASON_WECHAT_CODE_INVALID); }
absl::Status PhoneRefusal(int64_t errcode) { return Refusal(errcode, type::REASON_WECHAT_PHONE_CODE_INVALID); }
absl::Status Unavailable() { return errors::Unavailable(type::REASON_WECHAT_UNAVAILABLE, kSoon); }

}  // namespace wenming::wechat
