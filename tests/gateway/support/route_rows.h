#pragma once

namespace wenming::gateway {

// A request to the library, and what its answer says.
struct RouteRow {
  const char* method;
  const char* target;
  const char* body;
  int status;
  const char* contains;
};

// Every kind of route, whichever protocol asks.
inline constexpr RouteRow kRouteRows[] = {
    {"GET", "/v1/books/a/b/c", "", 200, "\"name\":\"books/a/b/c\""},
    {"GET", "/v1/shelves/1/books?pageSize=3", "", 200, "\"pageSize\":3"},
    {"POST", "/v1/shelves/1/books", R"({"title":"石头记"})", 200, "石头记"},
    {"PATCH", "/v1/shelves/1/books/2", R"({"title":"t"})", 200, "\"tags\":[\"title\"]"},
    {"PATCH", "/v1/shelves/1/books/2:revise", R"({"book":{"title":"t","pages":3},"updateMask":"pages"})", 200,
     "\"tags\":[\"pages\"]"},
    {"PATCH", "/v1/shelves/1/books/2:revise", R"({"book":{"title":"t"}})", 200, "\"tags\":[]"},
    {"PATCH", "/v1/shelves/1/books/2:revise", R"({"title":"t"})", 400, "\"field\":\"title\""},
    {"POST", "/v1/shelves/1/books/2:move", R"({"target":"r"})", 200, "\"room\":\"r\""},
    {"DELETE", "/v1/shelves/1/books/2", "", 200, "{}"},
    {"GET", "/v1/shelves/1/books/2:export", "", 200, "书名,页数"},
    {"POST", "/v1/shelves/1/books/2:tag", R"(["a"])", 200, "\"tags\":[\"a\"]"},
    {"REPORT", "/v1/metadata", "", 200, "traceparent"},
    {"GET", "/v1/metadata", "", 200, "traceparent"},
    {"GET", "/v1/nothing", "", 404, "UNKNOWN_METHOD"},
    {"GET", "/v1/shelves/1/books/2?x=1", "", 400, "\"field\":\"x\""},
    {"POST", "/v1/shelves/1/books", R"({"title":1})", 400, "\"field\":\"book.title\""},
    {"POST", "/v1/shelves/1/books", "{", 400, "BAD_JSON"},
    {"GET", "/v1/books/%zz", "", 400, "\"field\":\"name\""},
};

}  // namespace wenming::gateway
