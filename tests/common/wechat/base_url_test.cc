#include "common/wechat/base_url.h"

#include <gtest/gtest.h>

namespace wenming::wechat {
namespace {

struct Case {
  const char* url;
  const char* in_production;  // "" where it is refused
  const char* in_development;
};

TEST(CheckBaseUrl, TakesWechatsHostsAndInDevelopmentLoopback) {
  const Case cases[] = {
      {"https://api.weixin.qq.com", "https://api.weixin.qq.com", "https://api.weixin.qq.com"},
      {"https://api.weixin.qq.com/", "https://api.weixin.qq.com", "https://api.weixin.qq.com"},
      {"https://api.weixin.qq.com:443", "https://api.weixin.qq.com", "https://api.weixin.qq.com"},
      {"HTTPS://API.weixin.qq.com", "", ""},
      {"https://api2.weixin.qq.com", "https://api2.weixin.qq.com", "https://api2.weixin.qq.com"},
      {"https://sh.api.weixin.qq.com", "https://sh.api.weixin.qq.com", "https://sh.api.weixin.qq.com"},
      {"https://sz.api.weixin.qq.com", "https://sz.api.weixin.qq.com", "https://sz.api.weixin.qq.com"},
      {"https://hk.api.weixin.qq.com", "https://hk.api.weixin.qq.com", "https://hk.api.weixin.qq.com"},
      {"http://api.weixin.qq.com", "", ""},
      {"https://api.weixin.qq.com:8443", "", ""},
      {"https://api.weixin.qq.com/sns", "", ""},
      {"https://api.weixin.qq.com?a=b", "", ""},
      {"https://api.weixin.qq.com#a", "", ""},
      {"https://user@api.weixin.qq.com", "", ""},
      {"https://api.weixin.qq.com@evil.example", "", ""},
      {"https://api.weixin.qq.com.evil.example", "", ""},
      {"https://evil.example/api.weixin.qq.com", "", ""},
      {"https://169.254.169.254", "", ""},
      {"ftp://api.weixin.qq.com", "", ""},
      {"file:///etc/passwd", "", ""},
      {"api.weixin.qq.com", "", ""},
      {"", "", ""},
      {"http://127.0.0.1:8085", "", "http://127.0.0.1:8085"},
      {"http://localhost:8085/", "", "http://localhost:8085"},
      {"https://[::1]:8085", "", "https://[::1]:8085"},
      {"http://127.0.0.1.evil.example", "", ""},
      {"http://127.0.0.2", "", ""},
      {"file://localhost/etc/passwd", "", ""},
      {"http://127.0.0.1:8085/elsewhere", "", ""},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CheckBaseUrl(c.url, false).value_or(""), c.in_production) << c.url;
    EXPECT_EQ(CheckBaseUrl(c.url, true).value_or(""), c.in_development) << c.url;
  }
}

}  // namespace
}  // namespace wenming::wechat
