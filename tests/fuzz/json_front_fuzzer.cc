// JSON as the gateway takes it, into a message with a field of every kind. The library's json_util is the oracle for
// what was accepted.

#include <google/protobuf/util/field_comparator.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/transcode/json_reader.h"
#include "gateway/transcode/json_writer.h"
#include "tests/fuzz/check.h"
#include "tests/gateway/testdata/library.pb.h"

namespace wenming::gateway {
namespace {

using testdata::Book;

// Knows one type that an Any may hold.
class Authors final : public TypeSource {
 public:
  const google::protobuf::Message* FindMessage(std::string_view full_name) const override {
    return full_name == testdata::Author::descriptor()->full_name() ? &testdata::Author::default_instance() : nullptr;
  }
};

// The entries of a map have no order, NaN is what it is, and json_util takes the sign from zero.
bool Same(const Book& a, const Book& b) {
  google::protobuf::util::DefaultFieldComparator comparator;
  comparator.set_treat_nan_as_equal(true);
  google::protobuf::util::MessageDifferencer differencer;
  differencer.set_field_comparator(&comparator);
  differencer.set_message_field_comparison(google::protobuf::util::MessageDifferencer::EQUIVALENT);
  return differencer.Compare(a, b);
}

bool HoldsAny(const Book& book) { return book.has_attachment() || (book.has_sequel() && HoldsAny(book.sequel())); }

void Run(std::string_view json) {
  const Authors types;
  Book book;
  const auto violations = ReadJson(json, types, {}, book);
  fuzz::Check(violations.size() <= 20, "no more than twenty violations");
  if (!violations.empty()) return;
  // A mask may be spelled in both cases, and "a_1" loses its underline on the way, as it does in json_util.
  for (Book* part = &book; part != nullptr; part = part->has_sequel() ? part->mutable_sequel() : nullptr) {
    part->clear_mask();
  }
  std::string written;
  if (!WriteJson(book, types, written)) return;

  Book again;
  fuzz::Check(ReadJson(written, types, {}, again).empty(), "what is written can be read");
  fuzz::Check(Same(book, again), "it reads as it was written");

  // json_util has its own mind about what may stand before the type of an Any.
  if (HoldsAny(book)) return;
  Book reference;
  fuzz::Check(google::protobuf::util::JsonStringToMessage(written, &reference).ok(), "json_util reads what is written");
  fuzz::Check(Same(book, reference), "json_util understands the same");
}

}  // namespace
}  // namespace wenming::gateway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wenming::gateway::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
