// What a service answers. The first byte says in what pieces the frames come; the first line of the rest is the
// grpc-status, the second the grpc-message, the third the grpc-status-details-bin, and the frames are what follows.

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/transcode/answer.h"
#include "gateway/upstream/grpc_frames.h"
#include "gateway/upstream/unary_call.h"
#include "google/protobuf/struct.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/fuzz/check.h"

namespace wenming::gateway {
namespace {

// Knows the types that errors are made of.
class Types final : public TypeSource {
 public:
  const google::protobuf::Message* FindMessage(std::string_view full_name) const override {
    const auto* type =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(full_name));
    return type == nullptr ? nullptr : google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  }
};

std::string_view Line(std::string_view& input) {
  const size_t end = input.find('\n');
  const std::string_view line = input.substr(0, end);
  input = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  return line;
}

// The messages, and whether the rest was refused.
std::pair<std::vector<std::string>, bool> Messages(std::string_view bytes, size_t piece) {
  FrameReader reader;
  std::vector<std::string> messages;
  while (!bytes.empty()) {
    reader.Add(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (true) {
      auto next = reader.Next();
      if (!next.ok()) return {messages, true};
      if (!next->has_value()) break;
      messages.push_back(**std::move(next));
    }
  }
  return {messages, false};
}

void CheckAnswer(const GrpcStatus& status) {
  const Types types;
  const Answer answer =
      MakeErrorAnswer(status.code.value_or(2), status.message, status.details, types, "id", errors::Language::kEnglish);
  fuzz::Check(answer.status >= 200 && answer.status < 600, "an answer has a status of HTTP");
  fuzz::Check(answer.retry_after_seconds >= 0, "nobody comes back yesterday");
  google::protobuf::Struct json;
  fuzz::Check(google::protobuf::util::JsonStringToMessage(answer.body, &json).ok(), "an error is JSON");
  fuzz::Check(json.fields().count("code") == 1 && json.fields().count("requestId") == 1, "an error has its parts");
}

void Run(std::string_view input) {
  if (input.empty()) return;
  const size_t piece = 1 + static_cast<unsigned char>(input[0]) % 64;
  input.remove_prefix(1);
  const std::string_view code = Line(input);
  const std::string_view message = Line(input);
  const std::string_view details = Line(input);
  GrpcStatus status;
  status.Read({{":status", "200"}, {"grpc-status", std::string(code)}});
  status.Read({{"grpc-message", std::string(message)}, {"grpc-status-details-bin", std::string(details)}});
  CheckAnswer(status);
  if (const auto timeout = ParseTimeout(code)) fuzz::Check(timeout->count() >= 0, "a time is not negative");

  const auto whole = Messages(input, input.size());
  fuzz::Check(whole == Messages(input, piece), "the same messages however they are cut");
  std::string written;
  for (const std::string& each : whole.first) written += FrameHead(each.size()) + each;
  fuzz::Check(input.substr(0, written.size()) == written, "a frame is written as it was read");
}

}  // namespace
}  // namespace wenming::gateway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wenming::gateway::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
