#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/catalog/catalog.h"
#include "gateway/http/message.h"
#include "gateway/server/api_call.h"
#include "gateway/transcode/answer.h"

namespace wenming::gateway {

// The entity tag that says an etag in a header, "\"v3\""; empty for one that cannot stand there.
std::string TagText(std::string_view etag, bool weak);

// The etag that a request to change something asks for by If-Match, strong or weak, since our weak ones differ only in
// the coding of the body. Empty where there is none, or any will do. INVALID_ARGUMENT for a list, of which a service
// can compare only one, and for what is no entity tag.
absl::StatusOr<std::string> WantedEtag(const http::Request& request);

// Makes of the answer what the conditions of its request make of it: 304 for a GET whose caller has it already, 412
// where it is not what If-Match says or the service has found so.
void ApplyConditions(const ApiCall& call, const TypeSource& types, Answer& answer);

// The body of the answer, compressed; empty where that is not worth it, or would tell of what it holds. Without a
// binding it is the gateway's own, which holds no secret.
std::string PackedBody(const Binding* binding, const Answer& answer);
// Compresses the body so for a caller who takes that.
void Pack(const ApiCall& call, Answer& answer);

}  // namespace wenming::gateway
