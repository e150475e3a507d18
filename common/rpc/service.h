// A service as a list of methods, free of gRPC: what a service class hands to the server that runs it.
//
//   rpc::Service UnitsService::Bind() {
//     return rpc::Service("wenming.org.v1.UnitsService")
//         .Unary("GetUnit", rpc::kInline, this, &UnitsService::GetUnit)
//         .Unary("CreateUnit", rpc::kPooled, this, &UnitsService::CreateUnit);
//   }
//
// A unary method whose answer comes later than its handler returns is bound with Async: the handler takes a
// Reply<Response> beside the call and the request, and whoever has it answers, once, from any thread.
//
// Every method of the proto must be bound, once; CheckComplete says what is missing.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/reply.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace wenming::rpc {

using google::protobuf::Message;

// Where a handler runs. Inline: on gRPC's own thread, for what answers from memory and never blocks. Pooled: on the
// bounded pool, for what needs the database. Own thread: for streams that live long.
enum class Where { kInline, kPooled };
inline constexpr Where kInline = Where::kInline;
inline constexpr Where kPooled = Where::kPooled;

// Takes the messages of a server stream. Used by one thread.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  // Waits until the message is on its way; false when the caller is gone or the server drains: return then.
  virtual bool Write(const Message& message) = 0;
  // Whether the caller is gone or the server drains.
  virtual bool Done() const = 0;
};

// Receives the answer of a unary handler before it goes out of scope.
using Answer = std::function<void(const Message&)>;

struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  const Message* request_prototype = nullptr;
  Where where = Where::kPooled;
  // Exactly one of the three is set.
  std::function<absl::Status(const Call&, const Message&, const Answer&)> unary;
  std::function<void(const Call&, const Message&, std::unique_ptr<AnswerSink>)> async;
  std::function<absl::Status(const Call&, const Message&, StreamWriter&)> stream;
};

class Service {
 public:
  // By the full name in the proto.
  explicit Service(std::string_view full_name);

  template <typename Self, typename Request, typename Response>
  Service&& Unary(std::string_view name, Where where, Self* self,
                  absl::StatusOr<Response> (Self::*handler)(const Call&, const Request&)) && {
    Add(name, where, Request::default_instance()).unary = [self, handler](const Call& call, const Message& request,
                                                                          const Answer& answer) -> absl::Status {
      const absl::StatusOr<Response> response = (self->*handler)(call, static_cast<const Request&>(request));
      if (response.ok()) answer(*response);
      return response.status();
    };
    return std::move(*this);
  }

  // Where::kInline: the handler must not block either, however late the answer comes.
  template <typename Self, typename Request, typename Response>
  Service&& Async(std::string_view name, Where where, Self* self,
                  void (Self::*handler)(const Call&, const Request&, Reply<Response>)) && {
    Add(name, where, Request::default_instance()).async = [self, handler](const Call& call, const Message& request,
                                                                          std::unique_ptr<AnswerSink> sink) {
      (self->*handler)(call, static_cast<const Request&>(request), Reply<Response>(std::move(sink)));
    };
    return std::move(*this);
  }

  template <typename Self, typename Request>
  Service&& Stream(std::string_view name, Self* self,
                   absl::Status (Self::*handler)(const Call&, const Request&, StreamWriter&)) && {
    Add(name, Where::kPooled, Request::default_instance()).stream =
        [self, handler](const Call& call, const Message& request, StreamWriter& writer) {
          return (self->*handler)(call, static_cast<const Request&>(request), writer);
        };
    return std::move(*this);
  }

  const std::vector<Method>& methods() const { return methods_; }

  // INTERNAL naming the methods of the proto that are not bound, bound twice, or bound to a method that is not there.
  absl::Status CheckComplete() const;

 private:
  Method& Add(std::string_view name, Where where, const Message& request);

  std::string full_name_;
  const google::protobuf::ServiceDescriptor* descriptor_;
  std::vector<Method> methods_;
  std::vector<std::string> unknown_;
};

}  // namespace wenming::rpc
