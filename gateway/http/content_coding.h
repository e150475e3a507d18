#pragma once

#include <string>
#include <string_view>

namespace wenming::gateway::http {

// Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3); a missing or empty one does not.
bool AcceptsGzip(std::string_view accept_encoding);

// The text, compressed as hard as it goes, or as fast.
enum class Effort { kMost, kLeast };
std::string Gzip(std::string_view text, Effort effort = Effort::kMost);
// The text of a gzip member of our own making; empty when it is none.
std::string Gunzip(std::string_view packed);

// Whether an If-None-Match header names the entity tag (or is "*"), by the weak comparison of RFC 9110, 8.8.3.2.
bool NamesTag(std::string_view if_none_match, std::string_view tag);

}  // namespace wenming::gateway::http
