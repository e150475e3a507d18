#pragma once

#include <optional>
#include <string_view>

#include "gateway/http/message.h"

namespace wenming::gateway::http {

// The size of the request head at the beginning of `input`, its empty line included; 0 when it is not complete yet. Any
// line end counts, so that a head with bare LF is found and then refused instead of waited for.
size_t HeadSize(std::string_view input);

// Checks a complete head byte by byte for what one parser may read otherwise than the next: bare CR or LF, control
// characters, folded lines, blanks before a colon or in a name, Content-Length that is not digits, not alone or beside
// Transfer-Encoding, Host missing or twice. Whether it is a request at all is the parser's question.
std::optional<Refusal> CheckHead(std::string_view head, const Limits& limits);

}  // namespace wenming::gateway::http
