#include "common/rpc/grpc_service.h"

#include <google/protobuf/arena.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "common/errors/errors.h"
#include "common/rpc/waiting.h"

namespace wenming::rpc {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;

bool Parse(const ByteBuffer& bytes, Message& message) {
  // The reader takes a mutable buffer but only reads it.
  grpc::ProtoBufferReader reader(const_cast<ByteBuffer*>(&bytes));
  return reader.status().ok() && message.ParseFromZeroCopyStream(&reader);
}

void Serialise(const Message& message, ByteBuffer& bytes) {
  const auto size = static_cast<int>(message.ByteSizeLong());
  grpc::ProtoBufferWriter writer(&bytes, grpc::kProtoBufferWriterMaxBufferLength, size);
  message.SerializeToZeroCopyStream(&writer);
}

grpc::Status ToGrpc(const absl::Status& status, const Call& call) {
  if (status.ok()) return grpc::Status::OK;
  const auto wire = errors::ToWire(status, call.language, call.request_id);
  return {static_cast<grpc::StatusCode>(wire.code()), wire.message(), wire.SerializeAsString()};
}

Envelope EnvelopeOf(const CallbackServerContext& context) {
  Envelope envelope;
  const auto& metadata = context.client_metadata();
  envelope.metadata = [&metadata](std::string_view key) -> std::optional<std::string_view> {
    const auto found = metadata.find(grpc::string_ref(key.data(), key.size()));
    if (found == metadata.end()) return std::nullopt;
    return std::string_view(found->second.data(), found->second.size());
  };
  const auto deadline = context.deadline();
  if (deadline != std::chrono::system_clock::time_point::max()) envelope.deadline = absl::FromChrono(deadline);
  return envelope;
}

// One unary call from its bytes to its answer; owns what must outlive the hop to the pool.
struct UnaryCall {
  google::protobuf::Arena arena;
  Message* request = nullptr;
  Call call;
  absl::Time began;
};

// The way back to gRPC of a call that is answered later. gRPC keeps the reactor until it is finished.
class GrpcAnswer : public AnswerSink {
 public:
  GrpcAnswer(std::shared_ptr<UnaryCall> unary, MethodRuntime& method, const Pipeline& pipeline,
             grpc::ServerUnaryReactor* reactor, ByteBuffer* out)
      : unary_(std::move(unary)), method_(method), pipeline_(pipeline), reactor_(reactor), out_(out) {}

  void Finish(const absl::Status& status, const Message* answer) override {
    const Call& call = unary_->call;
    if (answer != nullptr) Serialise(*answer, *out_);
    const absl::Status told = pipeline_.Conclude(method_, call, *unary_->request, status);
    pipeline_.Finish(method_, call, told, unary_->began);
    reactor_->Finish(ToGrpc(told, call));
  }

 private:
  const std::shared_ptr<UnaryCall> unary_;
  MethodRuntime& method_;
  const Pipeline& pipeline_;
  grpc::ServerUnaryReactor* const reactor_;
  ByteBuffer* const out_;
};

// A server stream on a thread of its own. Deleted by OnDone, when neither gRPC nor the thread needs it any more.
class StreamReactor : public grpc::ServerWriteReactor<ByteBuffer>, public StreamWriter {
 public:
  StreamReactor(MethodRuntime& method, const Pipeline& pipeline, const std::atomic<bool>& draining,
                const CallbackServerContext& context, const ByteBuffer& bytes)
      : method_(method), pipeline_(pipeline), draining_(draining), began_(pipeline.Now()) {
    method_.metrics.Started();
    request_.reset(method_.method.request_prototype->New());
    absl::Status status = Parse(bytes, *request_) ? pipeline_.Admit(method_, EnvelopeOf(context), *request_, call_)
                                                  : errors::InvalidArgument(type::REASON_BAD_FORMAT);
    // A stream lives until somebody ends it.
    call_.deadline = absl::InfiniteFuture();
    if (!status.ok()) {
      End(status);
      return;
    }
    thread_ = std::thread([this] { End(method_.method.stream(call_, *request_, *this)); });
  }

  bool Write(const Message& message) override {
    std::unique_lock lock(mutex_);
    if (cancelled_ || draining_) return false;
    ByteBuffer bytes;
    Serialise(message, bytes);
    bytes_.Swap(&bytes);
    writing_ = true;
    StartWrite(&bytes_);
    news_.wait(lock, [this] { return !writing_; });
    return write_ok_ && !cancelled_;
  }

  bool Done() const override {
    const std::lock_guard lock(mutex_);
    return cancelled_ || draining_;
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    write_ok_ = ok;
    writing_ = false;
    news_.notify_all();
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    news_.notify_all();
  }

  void OnDone() override {
    // OnDone may run on the stream's own thread, inside Finish.
    if (thread_.joinable()) thread_.detach();
    delete this;
  }

 private:
  void End(const absl::Status& status) {
    pipeline_.Finish(method_, call_, status, began_);
    Finish(ToGrpc(status, call_));
  }

  MethodRuntime& method_;
  const Pipeline& pipeline_;
  const std::atomic<bool>& draining_;
  const absl::Time began_;
  std::unique_ptr<Message> request_;
  Call call_;
  mutable std::mutex mutex_;
  std::condition_variable news_;
  ByteBuffer bytes_;
  bool writing_ = false;
  bool write_ok_ = true;
  bool cancelled_ = false;
  std::thread thread_;
};

}  // namespace

GrpcService::GrpcService(std::vector<MethodRuntime> methods, const Pipeline& pipeline, WorkerPool& pool,
                         const std::atomic<bool>& draining)
    : methods_(std::move(methods)), pipeline_(pipeline), pool_(pool), draining_(draining) {
  for (int i = 0; i < static_cast<int>(methods_.size()); ++i) {
    MethodRuntime& method = methods_[static_cast<size_t>(i)];
    const bool stream = method.method.stream != nullptr;
    // The name must outlive the service; gRPC keeps the pointer.
    AddMethod(new grpc::internal::RpcServiceMethod(
        method.path.c_str(),
        stream ? grpc::internal::RpcMethod::SERVER_STREAMING : grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    stream ? BindStream(i, method) : BindUnary(i, method);
  }
}

void GrpcService::BindUnary(int index, MethodRuntime& method) {
  const auto react = [this, &method](CallbackServerContext* context, const ByteBuffer* bytes, ByteBuffer* out) {
    auto* reactor = context->DefaultReactor();
    auto unary = std::make_shared<UnaryCall>();
    unary->began = pipeline_.Now();
    method.metrics.Started();
    const auto finish = [this, &method, reactor](const UnaryCall& done, const absl::Status& status) {
      pipeline_.Finish(method, done.call, status, done.began);
      reactor->Finish(ToGrpc(status, done.call));
    };
    unary->request = method.method.request_prototype->New(&unary->arena);
    if (!Parse(*bytes, *unary->request)) {
      finish(*unary, errors::InvalidArgument(type::REASON_BAD_FORMAT, {{"expected_zh", "无法解析的消息"},
                                                                       {"expected_en", "a message of this method"}}));
      return reactor;
    }
    if (auto status = pipeline_.Admit(method, EnvelopeOf(*context), *unary->request, unary->call); !status.ok()) {
      finish(*unary, status);
      return reactor;
    }
    const auto handle = [this, &method, reactor, out, finish](const std::shared_ptr<UnaryCall>& admitted) {
      const Call& call = admitted->call;
      const Message& request = *admitted->request;
      if (method.method.async != nullptr) {
        auto sink = std::make_unique<GrpcAnswer>(admitted, method, pipeline_, reactor, out);
        pipeline_.HandOver(method, call, request, std::move(sink));
      } else {
        const Answer answer = [out](const Message& message) { Serialise(message, *out); };
        finish(*admitted, pipeline_.Handle(method, call, request, answer));
      }
    };
    if (method.method.where == Where::kInline) {
      handle(unary);
      return reactor;
    }
    const absl::Status queued = pool_.TryRun(unary->call.deadline - unary->call.arrival, [this, unary, handle, finish] {
      const absl::Status in_time = CheckWaited(unary->call, pipeline_.Now());
      in_time.ok() ? handle(unary) : finish(*unary, in_time);
      return in_time.ok();
    });
    if (!queued.ok()) finish(*unary, queued);
    return reactor;
  };
  MarkMethodCallback(index, new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(react));
}

void GrpcService::BindStream(int index, MethodRuntime& method) {
  const auto react = [this, &method](CallbackServerContext* context, const ByteBuffer* bytes) {
    return new StreamReactor(method, pipeline_, draining_, *context, *bytes);
  };
  MarkMethodCallback(index, new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(react));
}

}  // namespace wenming::rpc
