#include "gateway/upstream/tries.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <nghttp2/nghttp2.h>

#include <utility>

namespace wenming::gateway {
namespace {

using google::protobuf::internal::WireFormatLite;

// A deadline that was shorter says nothing of who did not answer in time.
constexpr auto kSilence = std::chrono::seconds(1);

// Whether the field, a text, is there and not empty.
bool HasText(std::string_view message, int number) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()),
                                            static_cast<int>(message.size()));
  const uint32_t wanted = WireFormatLite::MakeTag(number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  while (const uint32_t tag = in.ReadTag()) {
    uint32_t size = 0;
    if (tag == wanted) return in.ReadVarint32(&size) && size > 0;
    if (!WireFormatLite::SkipField(&in, tag)) return false;
  }
  return false;
}

}  // namespace

bool Repeatable::Allows(std::string_view message) const {
  return always || (request_id != 0 && HasText(message, request_id));
}

void Tries::Next(BackEnd::Taker taker) {
  ++count_;
  back_end_.Acquire(std::move(taker), channel_.get());
}

void Tries::Begin(std::shared_ptr<Channel> channel, std::chrono::steady_clock::time_point now) {
  channel_ = std::move(channel);
  begun_ = now;
  reads_ = channel_->session()->reads();
}

bool Tries::Closed(uint32_t error_code, bool sent, bool repeatable) {
  if (error_code == NGHTTP2_REFUSED_STREAM || !sent) {
    return back_end_.MayTryAgain(Trouble::kNotBegun, count_, *channel_);
  }
  return repeatable && back_end_.MayTryAgain(Trouble::kLost, count_, *channel_);
}

bool Tries::Unavailable(bool has_details, bool repeatable) {
  has_details ? channel_->Succeeded() : channel_->Failed();
  return repeatable && back_end_.MayTryAgain(Trouble::kUnavailable, count_, *channel_);
}

void Tries::Late(const h2::Session& session, std::chrono::steady_clock::time_point now) {
  const bool silent = channel_->session().get() == &session && session.reads() == reads_;
  if (silent && now - begun_ >= kSilence) channel_->Failed();
}

}  // namespace wenming::gateway
