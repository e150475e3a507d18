#pragma once

#include <string>
#include <utility>
#include <vector>

namespace wenming::gateway::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The part of an answer that is the same for many requests, made once: headers and body.
struct Prepared {
  Prepared(Headers headers_of_all, std::string body_of_all)
      : headers(std::move(headers_of_all)), body(std::move(body_of_all)) {
    for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }

  const Headers headers;
  const std::string body;
  std::string text;  // the headers as HTTP/1.1 has them, Content-Length included
};

}  // namespace wenming::gateway::http
