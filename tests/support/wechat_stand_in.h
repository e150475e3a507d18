// A small server that answers as WeChat's does: the same paths, fields and errcodes.
//
// What it answers to a code stands in the code itself, so that a test in another process can say it too:
//
//   ok:OPENID:UNIONID:NONCE      a log-in of that user; good once, then errcode 40163. UNIONID may be empty.
//   phone:NUMBER:COUNTRY:APP:NONCE
//                                a phone number, for that application; good once, then errcode 40029
//   errcode:NUMBER               that error
//   slow                         nothing at all, until the client gives up
//   garbage, truncated, oversized, html, deep, status:NUMBER, redirect
//                                what no WeChat server answers
//
// Any other code is errcode 40029. The secret and the access token are checked as WeChat does.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace wenming::test {

inline constexpr char kWechatSecret[] = "stand-in-secret-4fd1c0";
// Told with every log-in; must be found nowhere else.
inline constexpr char kWechatSessionKey[] = "c2Vzc2lvbi1rZXktY2FuYXJ5LTAx";

// Thread-safe.
class WechatStandIn {
 public:
  // Listens on 127.0.0.1; port 0 takes a free one. Ends the program where it cannot.
  explicit WechatStandIn(int port = 0);
  ~WechatStandIn();
  WechatStandIn(const WechatStandIn&) = delete;
  WechatStandIn& operator=(const WechatStandIn&) = delete;

  // "http://127.0.0.1:PORT".
  std::string url() const;
  // How many requests have come to a path ("/cgi-bin/stable_token"), and with what body the last one.
  int Calls(const std::string& path) const;
  std::string LastBody(const std::string& path) const;
  // Until further notice every access token is refused with this errcode but the one given by the next fetch.
  void RefuseTokens(int errcode);
  // What "stable_token" answers, in the words of a code above; empty: a token.
  void AnswerTokensWith(std::string code);

 private:
  struct Request;
  void Accept();
  void Serve(int socket);
  std::string Answer(const Request& request);
  std::string AnswerCode(const std::string& code, int when_used,
                         const std::function<std::string(const std::string&)>& ok);
  std::string AnswerLogIn(const Request& request);
  std::string AnswerToken(const Request& request);
  std::string AnswerPhone(const Request& request);

  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::set<int> sockets_;
  std::vector<std::thread> threads_;
  std::map<std::string, int> calls_;
  std::map<std::string, std::string> bodies_;
  std::set<std::string> used_;
  int token_ = 0;       // the last one given
  int least_good_ = 1;  // those before are refused
  int token_errcode_ = 40001;
  std::string token_answer_;
  std::thread acceptor_;
};

}  // namespace wenming::test
