#include "tests/support/wechat_stand_in.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace wenming::test {
namespace {

constexpr char kAccessToken[] = "stand-in-access-token-";
constexpr size_t kTooMuch = 200 << 10;

std::string Http(std::string_view status, std::string_view headers, std::string_view body) {
  return absl::StrCat("HTTP/1.1 ", absl::string_view(status.data(), status.size()), "\r\nConnection: close\r\n",
                      absl::string_view(headers.data(), headers.size()), "Content-Length: ", body.size(), "\r\n\r\n",
                      absl::string_view(body.data(), body.size()));
}

// WeChat itself sends its JSON as plain text.
std::string Json(std::string_view body) { return Http("200 OK", "Content-Type: text/plain\r\n", body); }

std::string Error(int errcode) {
  return Json(absl::StrCat(R"({"errcode":)", errcode, R"(,"errmsg":"stand-in, rid: 6540a1b2"})"));
}

std::string Unescaped(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain.push_back(static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16)));
      i += 2;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

// The value of "name":"…" in a body that we have written ourselves.
std::string Member(const std::string& json, const std::string& name) {
  const std::string key = absl::StrCat("\"", name, "\":\"");
  const size_t at = json.find(key);
  if (at == std::string::npos) return "";
  const size_t begin = at + key.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

// Reads until the other side has nothing more to say.
void AwaitEnd(int socket) {
  char byte;
  while (recv(socket, &byte, 1, 0) > 0) {
  }
}

}  // namespace

struct WechatStandIn::Request {
  std::string path;
  std::map<std::string, std::string> query;
  std::string body;
};

WechatStandIn::WechatStandIn(int port) {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::perror("the stand-in for WeChat cannot listen");
    std::exit(1);
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

WechatStandIn::~WechatStandIn() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  }
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
}

std::string WechatStandIn::url() const { return absl::StrCat("http://127.0.0.1:", port_); }

int WechatStandIn::Calls(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = calls_.find(path);
  return found == calls_.end() ? 0 : found->second;
}

std::string WechatStandIn::LastBody(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = bodies_.find(path);
  return found == bodies_.end() ? "" : found->second;
}

void WechatStandIn::RefuseTokens(int errcode) {
  const std::lock_guard lock(mutex_);
  token_errcode_ = errcode;
  least_good_ = token_ + 1;
}

void WechatStandIn::AnswerTokensWith(std::string code) {
  const std::lock_guard lock(mutex_);
  token_answer_ = std::move(code);
}

void WechatStandIn::Accept() {
  for (;;) {
    const int socket = accept(listener_, nullptr, nullptr);
    const std::lock_guard lock(mutex_);
    if (socket < 0 || stopping_) {
      if (socket >= 0) close(socket);
      return;
    }
    sockets_.insert(socket);
    threads_.emplace_back([this, socket] { Serve(socket); });
  }
}

void WechatStandIn::Serve(int socket) {
  std::string text;
  size_t whole = std::string::npos;  // the size of the request, once its head is there
  while (text.size() < whole) {
    char piece[4096];
    const ssize_t size = recv(socket, piece, sizeof(piece), 0);
    if (size <= 0) break;
    text.append(piece, static_cast<size_t>(size));
    const size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    const size_t length = text.find("Content-Length: ");
    whole = end + 4 + (length < end ? std::strtoul(text.c_str() + length + 16, nullptr, 10) : 0);
  }
  if (text.size() >= whole) {
    Request request;
    const std::vector<std::string> line = absl::StrSplit(text.substr(0, text.find("\r\n")), ' ');
    const std::vector<std::string> target = absl::StrSplit(line[1], absl::MaxSplits('?', 1));
    request.path = target[0];
    for (const auto& pair : absl::StrSplit(target.size() > 1 ? target[1] : "", '&', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> member = absl::StrSplit(pair, absl::MaxSplits('=', 1));
      request.query[member.first] = Unescaped(member.second);
    }
    request.body = text.substr(text.find("\r\n\r\n") + 4);
    const std::string answer = Answer(request);
    send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
    if (answer.empty()) AwaitEnd(socket);
  }
  const std::lock_guard lock(mutex_);
  sockets_.erase(socket);
  close(socket);
}

std::string WechatStandIn::Answer(const Request& request) {
  {
    const std::lock_guard lock(mutex_);
    ++calls_[request.path];
    bodies_[request.path] = request.body;
  }
  if (request.path == "/sns/jscode2session") return AnswerLogIn(request);
  if (request.path == "/cgi-bin/stable_token") return AnswerToken(request);
  if (request.path == "/wxa/business/getuserphonenumber") return AnswerPhone(request);
  return Http("404 Not Found", "", "");
}

// Empty: no answer. `ok` answers a good code of this kind, and nothing to others.
std::string WechatStandIn::AnswerCode(const std::string& code, int when_used,
                                      const std::function<std::string(const std::string&)>& ok) {
  const std::vector<std::string> words = absl::StrSplit(code, ':');
  int number = 0;
  const bool has_number = words.size() > 1 && absl::SimpleAtoi(words[1], &number);
  if (words[0] == "errcode" && has_number) return Error(number);
  if (words[0] == "status" && has_number) return Http(absl::StrCat(number, " Stand-In"), "", "{}");
  if (code == "slow") return "";
  if (code == "garbage") return Json("\x01\xff{\"openid\":");
  if (code == "html") return Http("200 OK", "Content-Type: text/html\r\n", "<html>系统维护</html>");
  if (code == "deep") return Json(std::string(50000, '['));
  if (code == "oversized")
    return Json(absl::StrCat(R"({"openid":"o-1","padding":")", std::string(kTooMuch, 'x'), "\"}"));
  if (code == "redirect") return Http("302 Found", absl::StrCat("Location: ", url(), "/elsewhere\r\n"), "");
  if (code == "truncated") {
    return absl::StrReplaceAll(Json(R"({"openid":"o-1"})"), {{"Content-Length: 16", "Content-Length: 999"}});
  }
  const std::string answer = ok(code);
  if (answer.empty()) return Error(40029);
  const std::lock_guard lock(mutex_);
  return used_.insert(code).second ? answer : Error(when_used);
}

std::string WechatStandIn::AnswerLogIn(const Request& request) {
  const auto of = [&](const char* name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::string() : found->second;
  };
  if (of("secret") != kWechatSecret) return Error(40125);
  if (of("grant_type") != "authorization_code" || of("appid").empty()) return Error(40002);
  return AnswerCode(of("js_code"), 40163, [&](const std::string& code) -> std::string {
    const std::vector<std::string> words = absl::StrSplit(code, ':');
    if (words[0] != "ok" || words.size() < 3) return "";
    // One person has another openid in each application.
    const std::string openid = absl::StrCat(words[1], "-", of("appid"));
    return Json(absl::StrCat(R"({"session_key":")", kWechatSessionKey, R"(","openid":")", openid, "\"",
                             words[2].empty() ? "" : absl::StrCat(R"(,"unionid":")", words[2], "\""), "}"));
  });
}

std::string WechatStandIn::AnswerToken(const Request& request) {
  if (Member(request.body, "secret") != kWechatSecret) return Error(40125);
  std::string scripted;
  {
    const std::lock_guard lock(mutex_);
    scripted = token_answer_;
    if (scripted.empty()) {
      const bool force = request.body.find("\"force_refresh\":true") != std::string::npos;
      if (force || token_ == 0) ++token_;
      return Json(absl::StrCat(R"({"access_token":")", kAccessToken, token_, R"(","expires_in":7200})"));
    }
  }
  return AnswerCode(scripted, 40029, [](const std::string&) { return std::string(); });
}

std::string WechatStandIn::AnswerPhone(const Request& request) {
  {
    const std::lock_guard lock(mutex_);
    const auto token = request.query.find("access_token");
    int number = 0;
    if (token == request.query.end() || !absl::SimpleAtoi(absl::StripPrefix(token->second, kAccessToken), &number) ||
        number < least_good_) {
      return Error(token_errcode_);
    }
  }
  return AnswerCode(Member(request.body, "code"), 40029, [](const std::string& code) -> std::string {
    const std::vector<std::string> words = absl::StrSplit(code, ':');
    if (words[0] != "phone" || words.size() < 4) return "";
    return Json(absl::StrCat(R"({"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":")", words[1],
                             R"(","purePhoneNumber":")", words[1], R"(","countryCode":")", words[2],
                             R"(","watermark":{"timestamp":1777593600,"appid":")", words[3], "\"}}}"));
  });
}

}  // namespace wenming::test
