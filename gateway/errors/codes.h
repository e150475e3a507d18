#pragma once

#include "google/rpc/code.pb.h"

namespace wenming::gateway {

// The HTTP status of a gRPC code, by the canonical map of google/rpc/code.proto. OK is 200.
int HttpStatus(int code);

// "INVALID_ARGUMENT"; "UNKNOWN" for a number that is no code.
const char* CodeName(int code);

// The gRPC code of an answer that came without a grpc-status, by the gRPC protocol's table.
google::rpc::Code CodeOfHttpStatus(int status);

// The reason phrase of an HTTP/1.1 status line.
const char* StatusPhrase(int status);

}  // namespace wenming::gateway
