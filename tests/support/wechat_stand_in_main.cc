// wechat_stand_in PORT: the stand-in for WeChat as a process, until standard input ends. Port 0 takes a free one; the
// first line it prints is its address.
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/support/wechat_stand_in.h"

int main(int argc, char** argv) {
  const wenming::test::WechatStandIn stand_in(argc > 1 ? std::atoi(argv[1]) : 0);
  std::cout << stand_in.url() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
}
