#pragma once

#include <nghttp2/nghttp2.h>

#include <vector>

#include "gateway/h2/session.h"

namespace wenming::gateway::h2 {

// Headers as nghttp2 takes them. Refers to the strings it was made of. Values that differ with every call are kept out
// of the compression table, where they would only push out those that repeat.
class HeaderList {
 public:
  explicit HeaderList(const Headers& headers);
  const nghttp2_nv* data() const { return list_.data(); }
  size_t size() const { return list_.size(); }

 private:
  std::vector<nghttp2_nv> list_;
};

// The value of a header, or null.
const std::string* FindHeader(const Headers& headers, std::string_view name);

// Whether these are the headers of a 1xx answer.
bool IsInformational(const Headers& headers);

}  // namespace wenming::gateway::h2
