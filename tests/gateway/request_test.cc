#include "gateway/transcode/request.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include "common/errors/errors.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/gateway/support/descriptors.h"
#include "tests/gateway/testdata/library.pb.h"

namespace wenming::gateway {
namespace {

struct Input {
  std::vector<std::string> path;
  std::string_view query = {};
  std::string_view body = {};
  std::string_view content_type = {};
  std::string_view key = {};
};

class RequestTest : public testing::Test {
 protected:
  absl::StatusOr<std::string> Make(std::string_view method, const Input& input) {
    RequestParts parts{input.path, input.query, input.content_type, input.body, input.key};
    return MakeRequest(LibraryBinding(*catalog_, method), parts, *catalog_);
  }

  // The request as text, or what is wrong with it: "field: English sentence; …".
  template <typename Message>
  std::string Outcome(std::string_view method, const Input& input) {
    auto made = Make(method, input);
    if (made.ok()) {
      Message message;
      EXPECT_TRUE(message.ParseFromString(*made));
      std::string text = message.ShortDebugString();
      return text;
    }
    EXPECT_EQ(made.status().code(), absl::StatusCode::kInvalidArgument);
    auto wire = errors::ToWire(made.status(), errors::Language::kEnglish, {});
    std::string text;
    for (const auto& detail : wire.details()) {
      google::rpc::BadRequest bad_request;
      if (!detail.UnpackTo(&bad_request)) continue;
      for (const auto& violation : bad_request.field_violations()) {
        text += (text.empty() ? "!" : "; ") + violation.field() + " " + violation.description();
      }
    }
    return text;
  }

  const std::unique_ptr<const Catalog> catalog_ = LibraryCatalog();
};

TEST_F(RequestTest, TakesQueryParametersOfEveryKind) {
  const struct {
    const char* query;
    const char* expected;
  } kCases[] = {
      {"", R"(parent: "shelves/1")"},
      {"page_size=5&pageToken=a%20b+c", R"(parent: "shelves/1" page_size: 5 page_token: "a b c")"},
      {"&&page_size=5&", R"(parent: "shelves/1" page_size: 5)"},
      {"genres=GENRE_NOVEL&genres=2", R"(parent: "shelves/1" genres: GENRE_NOVEL genres: GENRE_HISTORY)"},
      {"author.displayName=%E6%9B%B9&author.birth_year=-1",
       R"(parent: "shelves/1" author { display_name: "\346\233\271" birth_year: -1 })"},
      {"since=2026-05-01T00:00:00Z", R"(parent: "shelves/1" since { seconds: 1777593600 })"},
      {"lent=false", R"(parent: "shelves/1" lent { })"},
      {"serials=1&serials=-2", R"(parent: "shelves/1" serials: 1 serials: -2)"},
      {"digest=YQ%3D%3D", R"(parent: "shelves/1" digest: "a")"},
      {"floor=0", R"(parent: "shelves/1" floor: 0)"},
      {"most=1e3", R"(parent: "shelves/1" most: 1000)"},
      {"page_token", R"(parent: "shelves/1")"},
      {"age=3.5s", R"(parent: "shelves/1" age { seconds: 3 nanos: 500000000 })"},
      {"age=-1s", R"(parent: "shelves/1" age { seconds: -1 })"},
      {"read_mask=displayName,author.birthYear",
       R"(parent: "shelves/1" read_mask { paths: "display_name" paths: "author.birth_year" })"},
      {"readMask=display_name,author.birth_year",
       R"(parent: "shelves/1" read_mask { paths: "display_name" paths: "author.birth_year" })"},
      {"inner.inner.page_size=1", R"(parent: "shelves/1" inner { inner { page_size: 1 } })"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Outcome<testdata::ListBooksRequest>("ListBooks", {.path = {"shelves/1"}, .query = test.query}),
              test.expected)
        << test.query;
  }
}

TEST_F(RequestTest, RefusesQueryParametersByName) {
  const struct {
    const char* query;
    const char* expected;
  } kCases[] = {
      {"pagesize=5", "!pagesize is not a field of this request"},
      {"author.age=5", "!author.age is not a field of this request"},
      {"page_size.x=5", "!page_size.x is not a field of this request"},
      {"genres.x=5", "!genres.x is not a field of this request"},
      {"=5", "! is not a field of this request"},
      {"page_size=x", "!page_size is malformed: a 32-bit integer is expected"},
      {"page_size=", "!page_size is malformed: a 32-bit integer is expected"},
      {"page_size=5&pageSize=6", "!page_size is malformed: it is given twice"},
      {"parent=shelves/2", "!parent is malformed: the path or the body gives it already"},
      {"author=x", "!author is malformed: it cannot be given in a query"},
      {"labels=x", "!labels is malformed: it cannot be given in a query"},
      {"genres=POEM", "!genres is not a known value"},
      {"lent=yes", "!lent is malformed: true or false is expected"},
      {"room=a&floor=1", "!floor is malformed: only one field of its group may be given"},
      {"page_token=%ff", "!page_token is not valid UTF-8"},
      {"digest=YQ%20%3D%3D", "!digest is malformed: base64 text is expected"},
      {"digest=Y%0AQ", "!digest is malformed: base64 text is expected"},
      {"age=3", "!age is malformed: a duration like 3.5s is expected"},
      {"read_mask=a..b", "!read_mask is malformed: field names with commas between are expected"},
      {"read_mask=a.", "!read_mask is malformed: field names with commas between are expected"},
      {"read_mask=.a", "!read_mask is malformed: field names with commas between are expected"},
      {"read_mask=a,,b", "!read_mask is malformed: field names with commas between are expected"},
      {"page_token=%f", "!query is malformed: its percent-encoding is broken"},
      {"a=1&b=2", "!a is not a field of this request; b is not a field of this request"},
  };
  for (const auto& test : kCases) {
    std::string outcome =
        Outcome<testdata::ListBooksRequest>("ListBooks", {.path = {"shelves/1"}, .query = test.query});
    // Whether a broken parameter is named or called "query" depends on where the encoding breaks.
    if (std::string_view(test.query) == "page_token=%f") {
      EXPECT_NE(outcome.find("percent-encoding is broken"), std::string::npos) << outcome;
      continue;
    }
    EXPECT_EQ(outcome, test.expected) << test.query;
  }
}

TEST_F(RequestTest, RefusesAQueryThatGoesTooDeep) {
  std::string query;
  for (int i = 0; i < 3000; ++i) query += "inner.";
  query += "page_size=1";
  EXPECT_THAT(Outcome<testdata::ListBooksRequest>("ListBooks", {.path = {"shelves/1"}, .query = query}),
              testing::EndsWith("it is nested too deeply"));
}

TEST_F(RequestTest, PutsBodyAndPathTogether) {
  EXPECT_EQ(Outcome<testdata::CreateBookRequest>("CreateBook", {.path = {"shelves/1"}, .body = R"({"pages":3})"}),
            R"(parent: "shelves/1" book { pages: 3 })");
  EXPECT_EQ(Outcome<testdata::CreateBookRequest>("CreateBook", {.path = {"shelves/1"}}),
            R"(parent: "shelves/1" book { })");
  EXPECT_EQ(Outcome<testdata::MoveBookRequest>("MoveBook", {.path = {"n"}, .body = R"({"name":"n","target":"t"})"}),
            R"(name: "n" target: "t")");
  EXPECT_EQ(Outcome<testdata::TagBookRequest>("TagBook", {.path = {"n"}, .body = R"(["a","b"])"}),
            R"(name: "n" tags: "a" tags: "b")");
}

TEST_F(RequestTest, RefusesBodies) {
  EXPECT_EQ(Outcome<testdata::CreateBookRequest>("CreateBook", {.path = {"s"}, .body = R"({"author":{"age":3}})"}),
            "!book.author.age is not a field of this request");
  EXPECT_EQ(Outcome<testdata::CreateBookRequest>("CreateBook", {.path = {"s"}, .query = "book.pages=1", .body = "{}"}),
            "!book.pages is malformed: the path or the body gives it already");
  EXPECT_EQ(Outcome<testdata::MoveBookRequest>("MoveBook", {.path = {"n"}, .query = "target=x", .body = "{}"}),
            "!target is malformed: the path or the body gives it already");
  EXPECT_EQ(Outcome<testdata::MoveBookRequest>("MoveBook", {.path = {"n"}, .body = R"({"name":"m"})"}),
            "!name is malformed: it differs from the value in the path");
  EXPECT_EQ(Outcome<testdata::GetBookRequest>("GetBook", {.path = {"n"}, .body = "{}"}),
            "!body is malformed: this method takes no body");
  EXPECT_EQ(Outcome<testdata::MoveBookRequest>("MoveBook", {.path = {"n"}, .body = "{}", .content_type = "text/xml"}),
            "!Content-Type is malformed: application/json is expected");
  EXPECT_EQ(Outcome<testdata::TagBookRequest>("TagBook", {.path = {"n"}, .body = R"(["a"],"name":"m")"}).substr(0, 32),
            "!body The body is not valid JSON");
  EXPECT_EQ(Outcome<testdata::GetBookRequest>("GetBook", {.path = {"\xff"}}), "!name is not valid UTF-8");
}

TEST_F(RequestTest, TakesJsonByItsNames) {
  for (std::string_view type :
       {"application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"}) {
    EXPECT_TRUE(Make("MoveBook", {.path = {"n"}, .body = "{}", .content_type = type}).ok()) << type;
  }
}

// As the document of the API calls it.
TEST(FieldPathTest, FindsAFieldByTheNameItHasInJson) {
  google::protobuf::FileDescriptorProto file;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"(name: "a.proto" syntax: "proto3"
         message_type { name: "A"
           field { name: "inner_a" number: 1 type: TYPE_MESSAGE type_name: ".A" label: LABEL_OPTIONAL }
           field { name: "code" json_name: "shelfMark" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL } })",
      &file));
  google::protobuf::DescriptorPool pool;
  const google::protobuf::Descriptor& type = *pool.BuildFile(file)->message_type(0);
  for (const char* path : {"inner_a.code", "innerA.shelfMark", "inner_a.shelfMark"}) {
    EXPECT_EQ(ResolveFieldPath(type, path).name, "inner_a.code") << path;
  }
  for (const char* path : {"inner_a.shelf_mark", "InnerA", "code.a", ""}) {
    EXPECT_TRUE(ResolveFieldPath(type, path).fields.empty()) << path;
  }
}

TEST_F(RequestTest, FillsTheUpdateMask) {
  const struct {
    const char* query;
    const char* body;
    const char* expected;
  } kCases[] = {
      {"", R"({"title":"t","author":{"birthYear":1}})",
       R"(book { name: "n" title: "t" author { birth_year: 1 } } update_mask { paths: "title" paths: "author.birth_year" })"},
      // Not the name that the path gives, the etag, or what only the server sets.
      {"", R"({"name":"n","etag":"e","createTime":"1970-01-01T00:00:00Z","pages":0})",
       R"(book { name: "n" create_time { } etag: "e" } update_mask { paths: "pages" })"},
      {"update_mask=title", R"({"pages":1})", R"(book { name: "n" pages: 1 } update_mask { paths: "title" })"},
      {"updateMask=author.displayName", R"({})", R"(book { name: "n" } update_mask { paths: "author.display_name" })"},
      {"update%5Fmask=title", R"({"pages":1})", R"(book { name: "n" pages: 1 } update_mask { paths: "title" })"},
      {"", R"({})", "!book is malformed: it holds no field to change"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(
        Outcome<testdata::UpdateBookRequest>("UpdateBook", {.path = {"n"}, .query = test.query, .body = test.body}),
        test.expected)
        << test.body;
  }
}

TEST_F(RequestTest, FillsTheRequestIdFromTheKey) {
  EXPECT_EQ(Outcome<testdata::CreateBookRequest>("CreateBook", {.path = {"s"}, .body = "{}", .key = "key-12345"}),
            R"(parent: "s" book { } request_id: "key-12345")");
  EXPECT_EQ(Outcome<testdata::CreateBookRequest>(
                "CreateBook", {.path = {"s"}, .query = "requestId=mine-1234", .body = "{}", .key = "key-12345"}),
            R"(parent: "s" book { } request_id: "mine-1234")");
}

// A service cannot read a message with other bytes in a text.
TEST_F(RequestTest, RefusesHeadersThatAreNoText) {
  EXPECT_THAT(Outcome<testdata::CreateBookRequest>("CreateBook", {.path = {"s"}, .body = "{}", .key = "key-\xc2"}),
              testing::StartsWith("!Idempotency-Key "));
  EXPECT_THAT(
      Outcome<testdata::UploadCoverRequest>("UploadCover", {.path = {"n"}, .body = "a", .content_type = "\xff"}),
      testing::StartsWith("!Content-Type "));
}

TEST_F(RequestTest, TakesFilesAsTheyAre) {
  EXPECT_EQ(Outcome<testdata::UploadCoverRequest>("UploadCover",
                                                  {.path = {"n"}, .body = "\x01{", .content_type = "image/png"}),
            R"(name: "n" file { content_type: "image/png" data: "\001{" })");
}

}  // namespace
}  // namespace wenming::gateway
