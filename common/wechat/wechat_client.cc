#include "common/wechat/wechat_client.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"

namespace wenming::wechat {
namespace {

constexpr char kLogIn[] = "code2session", kToken[] = "stable_token", kPhone[] = "getuserphonenumber";

std::string Json(std::initializer_list<std::pair<const char*, std::string_view>> members, bool force_refresh = false) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  for (const auto& [name, value] : members) {
    writer.Key(name);
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  if (force_refresh) {
    writer.Key("force_refresh");
    writer.Bool(true);
  }
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

// "WECHAT_CODE_INVALID" → "code_invalid"; few values, so that they can be labels.
std::string OutcomeOf(const absl::Status& refusal) {
  std::string name = type::Reason_Name(errors::ReasonOf(refusal));
  name = name.substr(std::min(name.size(), sizeof("REASON_WECHAT_") - 1));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

}  // namespace

// The requests of one call of ours, over one place, until one deadline.
class WechatClient::Exchange {
 public:
  Exchange(WechatClient& client, HttpClient::Place place, absl::Time deadline)
      : client_(client), place_(std::move(place)), deadline_(std::min(deadline, client.clock_() + client.longest_)) {}

  absl::Time deadline() const { return deadline_; }

  // Sends (a POST where there is a body), reads the answer with `read` and counts what came of it. What is not whole
  // and correct is Unavailable().
  template <typename Read, typename Refuse>
  auto Ask(const char* call, const std::string& path, const std::string* json, Read&& read, Refuse&& refuse)
      -> decltype(read(std::string())) {
    const absl::Time began = client_.clock_();
    auto reply = Send(call, path, json, std::forward<Read>(read));
    client_.seconds_.Add({{"call", call}}, prometheus::Histogram::BucketBoundaries{0.05, 0.1, 0.2, 0.5, 1, 2, 5})
        .Observe(absl::ToDoubleSeconds(client_.clock_() - began));
    const absl::Status refusal = reply.ok() ? refuse(reply->errcode) : reply.status();
    const bool good = reply.ok() && reply->errcode == 0;
    client_.Count(call, good ? "ok" : OutcomeOf(refusal));
    return reply;
  }

 private:
  template <typename Read>
  auto Send(const char* call, const std::string& path, const std::string* json, Read&& read)
      -> decltype(read(std::string())) {
    const std::string url = client_.url_ + path;
    const absl::Duration time = deadline_ - client_.clock_();
    auto answer = json == nullptr ? place_.Get(url, time) : place_.Post(url, *json, time);
    if (!answer.ok()) {
      client_.logger_.Warn("WeChat does not answer",
                           {{"call", call}, {"error", std::string(answer.status().message())}});
      return Unavailable();
    }
    if (answer->status != 200) {
      client_.logger_.Warn("WeChat answers with an error", {{"call", call}, {"status", answer->status}});
      return Unavailable();
    }
    auto reply = read(std::move(answer->body));
    if (!reply.ok()) {
      client_.logger_.Warn("WeChat's answer cannot be read", {{"call", call}});
      return Unavailable();
    }
    if (IsConfigurationFault(reply->errcode)) {
      client_.logger_.Error("WeChat refuses our application; check its id, secret and permissions",
                            {{"call", call}, {"errcode", reply->errcode}});
    }
    return reply;
  }

  WechatClient& client_;
  HttpClient::Place place_;
  const absl::Time deadline_;
};

WechatClient::WechatClient(std::string url, WechatApp app, HttpClient& http, observe::Clock clock,
                           const observe::Logger& logger, prometheus::Registry& registry, absl::Duration longest)
    : url_(std::move(url)),
      app_(std::move(app)),
      http_(http),
      clock_(std::move(clock)),
      logger_(logger),
      longest_(longest),
      calls_(prometheus::BuildCounter()
                 .Name("wenming_wechat_calls_total")
                 .Help("Calls to WeChat's server, by outcome.")
                 .Register(registry)),
      seconds_(prometheus::BuildHistogram()
                   .Name("wenming_wechat_seconds")
                   .Help("How long WeChat's server takes.")
                   .Register(registry)),
      tokens_(clock_) {}

absl::StatusOr<WechatUser> WechatClient::Code2Session(std::string_view code, absl::Time deadline) {
  auto place = http_.TryEnter();
  if (!place) {
    Count(kLogIn, "busy");
    return Unavailable();
  }
  Exchange exchange(*this, *std::move(place), deadline);
  const std::string path =
      absl::StrCat("/sns/jscode2session?appid=", UrlEscaped(app_.app_id), "&secret=", UrlEscaped(app_.secret),
                   "&js_code=", UrlEscaped(code), "&grant_type=authorization_code");
  auto reply = exchange.Ask(kLogIn, path, nullptr, &ReadSession, &LogInRefusal);
  if (!reply.ok()) return reply.status();
  if (reply->errcode != 0) return LogInRefusal(reply->errcode);
  return std::move(reply->value);
}

absl::StatusOr<std::string> WechatClient::PhoneNumber(std::string_view code, absl::Time deadline) {
  auto place = http_.TryEnter();
  if (!place) {
    Count(kPhone, "busy");
    return Unavailable();
  }
  Exchange exchange(*this, *std::move(place), deadline);
  const auto read = [this](std::string body) { return ReadPhoneNumber(std::move(body), app_.app_id); };
  const std::string json = Json({{"code", code}});
  const auto ask = [&](const std::string& token) {
    return exchange.Ask(kPhone, absl::StrCat("/wxa/business/getuserphonenumber?access_token=", UrlEscaped(token)),
                        &json, read, &PhoneRefusal);
  };
  auto token = TakeToken(exchange, nullptr);
  if (!token.ok()) return token.status();
  auto reply = ask(*token);
  if (reply.ok() && IsTokenRefusal(reply->errcode)) {
    token = TakeToken(exchange, &*token);
    if (!token.ok()) return token.status();
    reply = ask(*token);
  }
  if (!reply.ok()) return reply.status();
  if (reply->errcode != 0) return PhoneRefusal(reply->errcode);
  if (reply->value.empty()) {
    return errors::InvalidArgument(type::REASON_BAD_FORMAT, {{"expected_zh", "应为中国大陆手机号码"},
                                                             {"expected_en", "a mobile number of mainland China"}});
  }
  return std::move(reply->value);
}

// Another one than `refused`, where there is such.
absl::StatusOr<std::string> WechatClient::TakeToken(Exchange& exchange, const std::string* refused) {
  const auto fetch = [&](bool force) -> absl::StatusOr<IssuedToken> {
    const std::string json =
        Json({{"grant_type", "client_credential"}, {"appid", app_.app_id}, {"secret", app_.secret}}, force);
    auto reply =
        exchange.Ask(kToken, "/cgi-bin/stable_token", &json, &ReadToken, [](int64_t) { return Unavailable(); });
    if (!reply.ok()) return reply.status();
    if (reply->errcode != 0) return Unavailable();
    return std::move(reply->value);
  };
  if (refused == nullptr) return tokens_.Get(fetch, exchange.deadline());
  return tokens_.Replace(*refused, fetch, exchange.deadline());
}

void WechatClient::Count(const char* call, const std::string& outcome) {
  calls_.Add({{"call", call}, {"outcome", outcome}}).Increment();
}

}  // namespace wenming::wechat
