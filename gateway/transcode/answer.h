#pragma once

#include <string>
#include <string_view>

#include "common/errors/errors.h"
#include "gateway/catalog/catalog.h"
#include "gateway/transcode/binding.h"

namespace wenming::gateway {

// What is sent back over HTTP: a status, a body and its type.
struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  int retry_after_seconds = 0;  // 0: no header
  std::string reason = {};      // of a failure, as the body names it
  std::string etag = {};        // that the answered message holds
  bool packed = false;          // the body is gzip
};

// Whether the route answers with the content of a google.api.HttpBody instead of JSON.
bool AnswersWithHttpBody(const Binding& binding);

// The answer made of a response message: proto3 JSON, or the content of a google.api.HttpBody. A message that cannot be
// read or has no JSON form becomes an INTERNAL answer.
Answer MakeAnswer(const Binding& binding, const std::string& response, const TypeSource& types,
                  std::string_view request_id, errors::Language language);

// The answer made of a failed call: `{code, reason, message, requestId, details}`. `details` is the content of
// grpc-status-details-bin, decoded, or empty. The message for people is the LocalizedMessage; without one it is the
// status message, except for INTERNAL and UNKNOWN, whose texts may tell of the inside. DebugInfo is left out.
Answer MakeErrorAnswer(int code, std::string_view message, std::string_view details, const TypeSource& types,
                       std::string_view request_id, errors::Language language);

// The same for a failure of the gateway's own, made by common/errors.
Answer MakeErrorAnswer(const absl::Status& failure, const TypeSource& types, std::string_view request_id,
                       errors::Language language);

}  // namespace wenming::gateway
