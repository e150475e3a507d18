#include "gateway/errors/codes.h"

namespace wenming::gateway {
namespace {

struct CodeRow {
  int http;
  const char* name;
};

// In the order of the codes.
constexpr CodeRow kCodes[] = {
    {200, "OK"},
    {499, "CANCELLED"},
    {500, "UNKNOWN"},
    {400, "INVALID_ARGUMENT"},
    {504, "DEADLINE_EXCEEDED"},
    {404, "NOT_FOUND"},
    {409, "ALREADY_EXISTS"},
    {403, "PERMISSION_DENIED"},
    {429, "RESOURCE_EXHAUSTED"},
    {400, "FAILED_PRECONDITION"},
    {409, "ABORTED"},
    {400, "OUT_OF_RANGE"},
    {501, "UNIMPLEMENTED"},
    {500, "INTERNAL"},
    {503, "UNAVAILABLE"},
    {500, "DATA_LOSS"},
    {401, "UNAUTHENTICATED"},
};

const CodeRow& Row(int code) {
  constexpr int kCount = sizeof(kCodes) / sizeof(kCodes[0]);
  return kCodes[code >= 0 && code < kCount ? code : google::rpc::UNKNOWN];
}

}  // namespace

int HttpStatus(int code) { return Row(code).http; }

const char* CodeName(int code) { return Row(code).name; }

google::rpc::Code CodeOfHttpStatus(int status) {
  switch (status) {
    case 400:
      return google::rpc::INTERNAL;
    case 401:
      return google::rpc::UNAUTHENTICATED;
    case 403:
      return google::rpc::PERMISSION_DENIED;
    case 404:
      return google::rpc::UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
      return google::rpc::UNAVAILABLE;
    default:
      return google::rpc::UNKNOWN;
  }
}

const char* StatusPhrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

}  // namespace wenming::gateway
