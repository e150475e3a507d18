#pragma once

#include <string>

#include "gateway/catalog/catalog.h"
#include "gateway/http/message.h"
#include "gateway/http/prepared.h"
#include "gateway/server/api_call.h"
#include "gateway/transcode/answer.h"
#include "gateway/upstream/unary_call.h"

namespace wenming::gateway {

// An answer with the headers that all of them have.
http::Response ToResponse(Answer answer, const std::string& request_id);
// The same with those of the call.
http::Response ToResponse(Answer answer, const ApiCall& call);

// What an answer says about its body, and how that may be used.
void AddContentHeaders(const Answer& answer, http::Headers& headers);

// The answer made of a call that has not ended well.
Answer FailureAnswer(const UnaryResult& result, const ApiCall& call, const TypeSource& types);

}  // namespace wenming::gateway
