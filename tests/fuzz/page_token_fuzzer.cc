// Page tokens. The input is taken as a token somebody made up, and as the keyset values of a token of ours.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/crypto/digest.h"
#include "common/paging/paging.h"
#include "tests/fuzz/check.h"
#include "wenming/org/v1/staff.pb.h"
#include "wenming/org/v1/units.pb.h"

namespace wenming::paging {
namespace {

// Values of every kind, cut from the bytes.
std::vector<db::Value> PositionOf(std::string_view bytes) {
  std::vector<db::Value> position;
  while (!bytes.empty() && position.size() < 8) {
    const auto kind = static_cast<unsigned char>(bytes[0]) % 4;
    const std::string_view rest = bytes.substr(1, static_cast<unsigned char>(bytes[0]) / 4);
    uint64_t number = 0;
    for (const char c : rest) number = number * 31 + static_cast<unsigned char>(c);
    if (kind == 0) position.emplace_back();
    if (kind == 1) position.emplace_back(static_cast<int64_t>(number));
    if (kind == 2) position.emplace_back(number);
    if (kind == 3) position.emplace_back(std::string(rest));
    bytes.remove_prefix(1 + rest.size());
  }
  return position;
}

bool Same(const std::vector<db::Value>& a, const std::vector<db::Value>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].data() != b[i].data()) return false;
  }
  return true;
}

void Run(std::string_view input) {
  const Pager pager("a key of the fuzzer, 16 bytes or more");
  org::v1::ListStaffMembersRequest forged;
  forged.set_page_token(std::string(input));
  // Nothing that was not signed is a token: a hit would be a forgery.
  fuzz::Check(pager.Position(forged).ok() == input.empty(), "a made-up token is refused");

  org::v1::ListStaffMembersRequest request;
  request.set_parent(crypto::Hex(input.substr(0, 16)));
  const std::vector<db::Value> position = PositionOf(input);
  request.set_page_token(pager.Token(request, position));
  request.set_page_size(static_cast<int>(input.size()));
  const auto read = pager.Position(request);
  fuzz::Check(read.ok() && Same(*read, position), "a token reads as it was written");

  org::v1::ListStaffMembersRequest other = request;
  other.set_parent(request.parent() + "0");
  fuzz::Check(!pager.Position(other).ok(), "a token is for one query only");
  org::v1::ListUnitsRequest another;
  another.set_page_token(request.page_token());
  fuzz::Check(!pager.Position(another).ok(), "a token is for one method only");
}

}  // namespace
}  // namespace wenming::paging

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wenming::paging::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
