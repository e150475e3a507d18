// The concerns that every call passes before its handler, in one ordered list.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/directory.h"
#include "common/auth/revocations.h"
#include "common/auth/token_verifier.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/observe/rpc_metrics.h"
#include "common/rpc/access.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "common/rpc/validate.h"

namespace wenming::rpc {

// What arrives with a request besides its message.
struct Envelope {
  // The value of a metadata key, lower case; none where it is absent.
  std::function<std::optional<std::string_view>(std::string_view key)> metadata;
  // As the caller set it; infinite where he did not.
  absl::Time deadline = absl::InfiniteFuture();
};

// A bound method with all that was resolved once for it.
struct MethodRuntime {
  Method method;
  AccessRule access;
  Validator validator;
  observe::MethodMetrics metrics;
  std::string path;       // "/package.Service/Method"
  bool recorded = false;  // each call that has an effect must stand in the audit log
};

struct PipelineOptions {
  const auth::TokenVerifier* verifier = nullptr;
  const auth::Directory* directory = nullptr;
  // Which sessions of staff and of volunteers have ended; null where tokens stand for themselves.
  const auth::Revocations* staff_revocations = nullptr;
  const auth::Revocations* volunteer_revocations = nullptr;
  observe::Clock clock;
  const observe::Logger* logger = nullptr;
  const observe::RpcMetrics* metrics = nullptr;
  // Lets `x-wenming-now` set the time of a call.
  bool development = false;
  // The longest a unary call may take; also its deadline where the caller set none.
  absl::Duration longest = absl::Seconds(30);
  // Told of the calls of recorded methods that were refused for want of a right, and of refused log-ins; from the
  // thread that has the call, so it must not wait. May be empty.
  std::function<void(const Call& call, const Message& request, absl::StatusCode code)> refused = {};
};

// Thread-safe.
class Pipeline {
 public:
  explicit Pipeline(PipelineOptions options) : options_(std::move(options)) {}

  // INTERNAL where the service is incomplete or a method has no access rule: it must not start.
  absl::StatusOr<std::vector<MethodRuntime>> Resolve(const Service& service) const;

  // Runs the concerns in order and fills the call; the first that refuses ends it.
  absl::Status Admit(const MethodRuntime& method, const Envelope& envelope, const Message& request, Call& call) const;

  // Runs the unary handler, and concludes.
  absl::Status Handle(const MethodRuntime& method, const Call& call, const Message& request,
                      const Answer& answer) const;

  // Hands the call to the handler of an async method; whoever finishes `sink` concludes.
  void HandOver(const MethodRuntime& method, const Call& call, const Message& request,
                std::unique_ptr<AnswerSink> sink) const;

  // What the caller is told of what the handler answered: reports one that answered without deciding about access, or
  // without a record in the audit log where there must be one, and tells of refusals.
  absl::Status Conclude(const MethodRuntime& method, const Call& call, const Message& request,
                        const absl::Status& status) const;

  // Counts and, where the server is at fault, logs the end of a call that began at `began`.
  void Finish(MethodRuntime& method, const Call& call, const absl::Status& status, absl::Time began) const;

  absl::Time Now() const { return options_.clock(); }

 private:
  struct Step {
    const MethodRuntime& method;
    const Envelope& envelope;
    const Message& request;
    Call& call;
  };
  using Concern = absl::Status (Pipeline::*)(const Step&) const;
  static const Concern kConcerns[];

  absl::Status RunConcerns(const Step& step) const;
  absl::Status Trace(const Step& step) const;
  absl::Status Deadline(const Step& step) const;
  absl::Status Authenticate(const Step& step) const;
  absl::Status CheckBonds(const auth::Caller& caller, const Call& call) const;
  absl::Status Authorise(const Step& step) const;
  absl::Status Validate(const Step& step) const;
  absl::Status Time(const Step& step) const;

  const PipelineOptions options_;
};

}  // namespace wenming::rpc
