// Page tokens: where the next page of a list begins, opaque to the caller and good for the same query only.
//
// A list method with keyset paging reads
//
//   auto position = pager.Position(request);  // empty on the first page
//   … WHERE (name, id) > (?, ?) ORDER BY name, id LIMIT ClampPageSize(request.page_size()) + 1
//   response.set_next_page_token(pager.Token(request, {last.name, last.id}));  // when one row more was there
#ifndef WENMING_COMMON_PAGING_PAGING_H_
#define WENMING_COMMON_PAGING_PAGING_H_

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/value.h"
#include "google/protobuf/message.h"

namespace wenming::paging {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 1000;

// The number of items to answer: the default where the caller asked for none (0 or less), the most where for too many.
constexpr int ClampPageSize(int requested, int standard = kDefaultPageSize, int most = kMaxPageSize) {
  return requested <= 0 ? standard : requested < most ? requested : most;
}

// Makes and reads tokens. A token carries the keyset values of the last item shown and is signed, with the key, over
// them and every field of the request but page_token and page_size.
//
// Thread-safe. Processes that answer the same callers share the key.
class Pager {
 public:
  // `key`: any secret of 16 bytes or more.
  explicit Pager(std::string key) : key_(std::move(key)) {}

  // For the field `next_page_token`, which continues after an item with these keyset values.
  std::string Token(const google::protobuf::Message& request, std::span<const db::Value> position) const;
  std::string Token(const google::protobuf::Message& request, std::initializer_list<db::Value> position) const {
    return Token(request, std::span(position.begin(), position.size()));
  }

  // The keyset values in the request's field `page_token`, of the same kinds and in the same number as they were given;
  // none for an empty token. INVALID_ARGUMENT with REASON_BAD_PAGE_TOKEN for a token that was not made with this key
  // for the same type of request and the same other fields.
  absl::StatusOr<std::vector<db::Value>> Position(const google::protobuf::Message& request) const;

 private:
  std::string Seal(const google::protobuf::Message& request, std::string_view position) const;

  const std::string key_;
};

}  // namespace wenming::paging

#endif  // WENMING_COMMON_PAGING_PAGING_H_
