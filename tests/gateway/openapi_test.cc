// The OpenAPI document of testdata/library.proto: fragments that are known by heart, and the whole of wenming's own.
#include "gateway/docs/openapi.h"

#include <gmock/gmock.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <set>

#include "gateway/docs/path_text.h"
#include "gateway/observe/metrics.h"
#include "gateway/server/route_table.h"
#include "tests/gateway/support/descriptors.h"
#include "wenming/type/access.pb.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

rapidjson::Document DocumentOf(const google::protobuf::FileDescriptorSet& set,
                               const std::vector<std::string>& packages) {
  rapidjson::Document document;
  auto catalog = Catalog::Make({.sets = {set}, .packages = packages});
  if (!catalog.ok()) {
    ADD_FAILURE() << catalog.status();
    return document;
  }
  Metrics metrics;
  auto routes = RouteTable::Make(**catalog, metrics);
  std::string text = docs::OpenApi(**catalog, (*routes)->bindings, docs::Comments({set}));
  document.Parse(text.data(), text.size());
  EXPECT_FALSE(document.HasParseError());
  return document;
}

std::string Json(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

class OpenApiTest : public testing::Test {
 protected:
  // What stands there, as JSON; "" for nothing.
  std::string At(const std::string& pointer) const {
    const auto* value = rapidjson::Pointer(pointer.c_str()).Get(document_);
    return value == nullptr ? "" : Json(*value);
  }
  std::string Schema(const std::string& type, const std::string& rest = "") const {
    return At("/components/schemas/wenming.gateway.testdata." + type + rest);
  }
  std::string Description(const std::string& operation) const {
    const auto* value = rapidjson::Pointer((operation + "/description").c_str()).Get(document_);
    return value == nullptr ? "" : value->GetString();
  }

  const rapidjson::Document document_ = DocumentOf(TestDescriptors(), {"wenming.gateway.testdata"});
};

constexpr char kBook[] = "/paths/~1v1~1shelves~1{shelf}~1books~1{book}";

TEST_F(OpenApiTest, IsOfVersion31) {
  EXPECT_EQ(At("/openapi"), "\"3.1.0\"");
  EXPECT_EQ(At("/info/title"), "\"wenming.gateway.testdata\"");
}

TEST_F(OpenApiTest, WritesPathsByTheirShape) {
  std::set<std::string> paths;
  for (const auto& path : document_["paths"].GetObject()) {
    for (const auto& operation : path.value.GetObject()) {
      paths.insert(std::string(operation.name.GetString()) + " " + path.name.GetString());
    }
  }
  EXPECT_THAT(paths, testing::IsSupersetOf(
                         {"get /v1/shelves/{shelf}/books/{book}", "patch /v1/shelves/{shelf}/books/{book}",
                          "delete /v1/shelves/{shelf}/books/{book}", "get /v1/books/{bookPath}",
                          "get /v1/shelves/{shelf}/books", "post /v1/shelves/{shelf}/books",
                          "post /v1/shelves/{shelf}/books/{book}:move", "get /v1/shelves/{shelf}/books/{book}:export",
                          "put /v1/shelves/{shelf}/books/{book}/cover", "x-REPORT /v1/metadata", "get /v1/metadata",
                          "get /v1/books:watch", "get /v1/shelves/{shelf}/books/{book}:download"}));
}

TEST(DocumentPathTest, NamesParametersByTheTextBeforeThem) {
  const struct {
    const char* path;
    const char* document;
    const char* example;
  } kCases[] = {
      {"/v1/{name=units/*}:move", "/v1/units/{unit}:move", "/v1/units/UNIT:move"},
      {"/v1/activities/{id}", "/v1/activities/{activity}", "/v1/activities/ACTIVITY"},
      {"/v1/{a=batches/*}/{b=classes/*}", "/v1/batches/{batch}/classes/{class}", "/v1/batches/BATCH/classes/CLASS"},
      {"/v1/staff/*", "/v1/staff/{staffId}", "/v1/staff/STAFFID"},
      {"/v1/{name=files/**}", "/v1/files/{filePath}", "/v1/files/FILEPATH"},
      {"/v1/units/{a}/{b}", "/v1/units/{unit}/{unit2}", "/v1/units/UNIT/UNIT2"},
      {"/{a}/.well-known/{b}", "/{id}/.well-known/{wellknownId}", "/ID/.well-known/WELLKNOWNID"},
      {"/v1/plain", "/v1/plain", "/v1/plain"},
  };
  for (const auto& test : kCases) {
    auto path = PathTemplate::Parse(test.path);
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_EQ(docs::DescribePath(*path).text, test.document);
    EXPECT_EQ(docs::ExamplePath(*path), test.example);
  }
}

TEST_F(OpenApiTest, NamesOperations) {
  EXPECT_EQ(At(std::string(kBook) + "/get/operationId"), "\"Library_GetBook\"");
  EXPECT_EQ(At("/paths/~1v1~1books~1{bookPath}/get/operationId"), "\"Library_GetBook_2\"");
  EXPECT_EQ(At(std::string(kBook) + "/get/tags"), R"(["wenming.gateway.testdata.Library"])");
}

TEST_F(OpenApiTest, ShowsTheMessagesOfAStream) {
  const std::string answer = "/paths/~1v1~1books:watch/get/responses/200/";
  EXPECT_THAT(At(answer + "description"), HasSubstr("A stream of messages"));
  for (const char* type : {"application~1x-ndjson", "text~1event-stream"}) {
    EXPECT_EQ(At(answer + "content/" + type + "/schema/$ref"),
              "\"#/components/schemas/wenming.gateway.testdata.Book\"");
  }
  const std::string file = "/paths/~1v1~1shelves~1{shelf}~1books~1{book}:download/get/responses/200/";
  EXPECT_EQ(At(file + "content/*~1*"), "{}");
}

TEST_F(OpenApiTest, TellsWhatTheProtoSays) {
  EXPECT_EQ(At(std::string(kBook) + "/get/summary"),
            "\"Answers with the book of that name, or with the error the name asks for\"");
  EXPECT_EQ(At("/tags/0/name"), "\"wenming.gateway.testdata.Library\"");
  EXPECT_THAT(At("/tags/0/description"), StartsWith("\"Books on shelves."));
  EXPECT_THAT(At("/tags/0/description"), HasSubstr("Over gRPC only: `CollectBooks`, `EchoBooks`, `CheckAccess`."));
  EXPECT_EQ(Schema("Book", "/description"), "\"Fields of every kind.\"");
  EXPECT_EQ(Schema("Book", "/properties/title/description"), "\"For people.\"");
  EXPECT_EQ(Schema("Genre"), R"({"type":"string","description":"What a book is.\n\n- `GENRE_UNSPECIFIED`: Not said.\n)"
                             R"(- `GENRE_NOVEL`: Made up.\n- `GENRE_HISTORY`: True.",)"
                             R"("enum":["GENRE_UNSPECIFIED","GENRE_NOVEL","GENRE_HISTORY"]})");
}

TEST_F(OpenApiTest, KnowsTheJsonOfEveryKindOfField) {
  const struct {
    const char* field;
    const char* schema;
  } kCases[] = {
      {"pages", R"({"type":"integer","format":"int32"})"},
      {"copies", R"({"type":"string","format":"int64"})"},
      {"edition", R"({"type":"integer","format":"uint32","minimum":0})"},
      {"serial", R"({"type":"string","format":"uint64"})"},
      {"weight", R"({"type":"number","format":"float"})"},
      {"price", R"({"type":"number","format":"double"})"},
      {"lent", R"({"type":"boolean"})"},
      {"cover", R"({"type":"string","contentEncoding":"base64"})"},
      {"genre", R"({"$ref":"#/components/schemas/wenming.gateway.testdata.Genre"})"},
      {"tags", R"({"type":"array","items":{"type":"string"}})"},
      {"printings", R"({"type":"array","items":{"type":"string","format":"int64"}})"},
      {"stock", R"({"type":"object","additionalProperties":{"type":"integer","format":"int32"}})"},
      {"author", R"({"$ref":"#/components/schemas/wenming.gateway.testdata.Author"})"},
      {"publishTime", R"({"type":"string","format":"date-time"})"},
      {"readingTime", R"({"type":"string","pattern":"^-?[0-9]+(\\.[0-9]{1,9})?s$"})"},
      {"subtitle", R"({"anyOf":[{"type":"string"},{"type":"null"}]})"},
      {"lentTimes", R"({"anyOf":[{"type":"string","format":"int64"},{"type":"null"}]})"},
      {"extra", R"({"type":"object"})"},
      {"note", "{}"},
      {"attachment", R"({"type":"object","properties":{"@type":{"type":"string"}}})"},
      {"mask", R"({"type":"string"})"},
      {"createTime", R"({"type":"string","format":"date-time","readOnly":true})"},
      {"sequel", R"({"$ref":"#/components/schemas/wenming.gateway.testdata.Book"})"},
      {"floor", R"({"type":"integer","format":"int32","description":"At most one of `room`, `floor` is set."})"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Schema("Book", "/properties/" + std::string(test.field)), test.schema) << test.field;
  }
  EXPECT_EQ(Schema("Book", "/not"), R"({"anyOf":[{"required":["room","floor"]}]})");
}

TEST_F(OpenApiTest, LeavesToTheQueryWhatPathAndBodyDoNotGive) {
  auto names = [&](const std::string& operation) {
    std::vector<std::string> all;
    const auto* list = rapidjson::Pointer((operation + "/parameters").c_str()).Get(document_);
    if (list == nullptr) return all;
    for (const auto& parameter : list->GetArray()) {
      all.push_back(std::string(parameter["in"].GetString()) + " " + parameter["name"].GetString());
    }
    return all;
  };
  EXPECT_THAT(names("/paths/~1v1~1shelves~1{shelf}~1books/get"),
              testing::ElementsAre("path shelf", "query pageSize", "query pageToken", "query genres",
                                   "query author.displayName", "query author.birthYear", "query since", "query lent",
                                   "query serials", "query digest", "query room", "query floor", "query most",
                                   "query age", "query readMask"));
  EXPECT_THAT(names("/paths/~1v1~1shelves~1{shelf}~1books/post"),
              testing::ElementsAre("path shelf", "query requestId", "header Idempotency-Key"));
  EXPECT_THAT(names(std::string(kBook) + "/patch"),
              testing::ElementsAre("path shelf", "path book", "query updateMask", "header If-Match"));
  EXPECT_THAT(names(std::string(kBook) + ":move/post"),
              testing::ElementsAre("path shelf", "path book", "header If-Match"));
  EXPECT_EQ(At(std::string(kBook) + "/get/responses/304"), R"({"description":"The caller has it already."})");
  EXPECT_EQ(At(std::string(kBook) + "/patch/responses/412"), R"({"$ref":"#/components/responses/Error"})");
  EXPECT_EQ(At(std::string(kBook) + "/get/responses/200/headers"), R"({"ETag":{"schema":{"type":"string"}}})");
  EXPECT_EQ(At("/paths/~1v1~1shelves~1{shelf}~1books/get/responses/304"), "");
  EXPECT_EQ(At(std::string(kBook) + "/get/parameters/1"),
            R"({"name":"book","in":"path","required":true,)"
            R"("description":"`name` is `shelves/{shelf}/books/{book}`.",)"
            R"("schema":{"type":"string","pattern":"^[^/]+$"}})");
}

TEST_F(OpenApiTest, DescribesBodies) {
  std::string content = "/requestBody/content/application~1json/schema";
  EXPECT_EQ(At("/paths/~1v1~1shelves~1{shelf}~1books/post" + content),
            R"({"$ref":"#/components/schemas/wenming.gateway.testdata.Book"})");
  // The whole request, without what the path gives.
  EXPECT_EQ(At(std::string(kBook) + ":move/post" + content),
            R"({"type":"object","properties":{"target":{"type":"string"},"etag":{"type":"string"}}})");
  EXPECT_EQ(At(std::string(kBook) + ":tag/post" + content), R"({"type":"array","items":{"type":"string"}})");
  EXPECT_EQ(At(std::string(kBook) + "~1cover/put/requestBody/content"), R"({"*/*":{}})");
  EXPECT_EQ(At(std::string(kBook) + "/get/requestBody"), "");
}

TEST_F(OpenApiTest, DescribesAnswers) {
  std::string content = "/responses/200/content/application~1json/schema";
  EXPECT_EQ(At("/paths/~1v1~1shelves~1{shelf}~1books/get" + content),
            R"({"$ref":"#/components/schemas/wenming.gateway.testdata.ListBooksResponse"})");
  EXPECT_EQ(At(std::string(kBook) + ":move/post" + content),
            R"({"$ref":"#/components/schemas/wenming.gateway.testdata.Book"})");
  EXPECT_EQ(At(std::string(kBook) + ":export/get/responses/200/content"), R"({"*/*":{}})");
  // The page of a route stands beside its JSON.
  EXPECT_EQ(At(std::string(kBook) + "/get/responses/200/content"),
            R"({"application/json":{"schema":{"$ref":"#/components/schemas/wenming.gateway.testdata.Book"}},)"
            R"("text/html":{}})");
  EXPECT_EQ(At(std::string(kBook) + "/get/responses/default"), R"({"$ref":"#/components/responses/Error"})");
}

TEST_F(OpenApiTest, SaysWhoMayCall) {
  EXPECT_EQ(At(std::string(kBook) + "/get/security"), R"([{},{"bearer":[]}])");
  EXPECT_EQ(At(std::string(kBook) + "/delete/security"), R"([{"bearer":[]}])");
  EXPECT_THAT(Description(std::string(kBook) + "/get"), HasSubstr("Anybody may call this, without a log-in."));
  EXPECT_THAT(Description(std::string(kBook) + "/delete"), HasSubstr("For staff, logged in."));
}

TEST_F(OpenApiTest, ShowsTheCallThreeTimes) {
  EXPECT_THAT(Description(std::string(kBook) + "/patch"),
              HasSubstr("```sh\n"
                        "curl -X PATCH \"$API/v1/shelves/SHELF/books/BOOK\" \\\n"
                        "  -H \"Authorization: Bearer $TOKEN\" \\\n"
                        "  -H 'Content-Type: application/json' \\\n"
                        "  -d '{\"title\":\"…\"}'\n"
                        "```\n"));
  EXPECT_THAT(
      Description(std::string(kBook) + "/patch"),
      HasSubstr("-d '{\"book\":{\"name\":\"shelves/SHELF/books/BOOK\",\"title\":\"…\"},\"updateMask\":\"title\"}'"));
  EXPECT_THAT(Description(std::string(kBook) + ":move/post"),
              HasSubstr("  -H \"authorization: Bearer $TOKEN\" -d "
                        "'{\"name\":\"shelves/SHELF/books/BOOK\",\"target\":\"…\",\"etag\":\"…\"}' \\\n"
                        "  \"$EDGE\" wenming.gateway.testdata.Library/MoveBook\n"));
  EXPECT_THAT(Description(std::string(kBook) + "/patch"), HasSubstr("wx.request({\n"
                                                                    "  url: '$API/v1/shelves/SHELF/books/BOOK',\n"
                                                                    "  method: 'POST',\n"
                                                                    "  header: {\n"
                                                                    "    Authorization: `Bearer ${token}`,\n"
                                                                    "    'X-HTTP-Method-Override': 'PATCH',\n"
                                                                    "  },\n"));
  EXPECT_THAT(Description(std::string(kBook) + "/get"), Not(HasSubstr("$TOKEN")));
  EXPECT_THAT(Description(std::string(kBook) + "~1cover/put"), HasSubstr("--data-binary @FILE"));
  EXPECT_THAT(Description("/paths/~1v1~1metadata/x-REPORT"), Not(HasSubstr("wx.request")));
}

// Of our own contract: every method that callers from outside have is there, and nothing else.
TEST(OpenApiOfOurs, HoldsEveryRouteAndNothingForServicesOnly) {
  auto set = ReadDescriptorSet(GATEWAY_OUR_DESCRIPTORS);
  ASSERT_TRUE(set.ok()) << set.status();
  std::vector<std::string> packages = {"wenming.org", "wenming.volunteer", "wenming.activity", "wenming.audit"};
  auto document = DocumentOf(*set, packages);
  std::set<std::string> documented;
  size_t undescribed = 0;
  for (const auto& path : document["paths"].GetObject()) {
    for (const auto& operation : path.value.GetObject()) {
      std::string text = operation.value["description"].GetString();
      size_t begin = text.find("\"$EDGE\" ") + 8;
      documented.insert(text.substr(begin, text.find('\n', begin) - begin));
      if (text.find("**Access:** ") == std::string::npos) ++undescribed;
    }
  }
  EXPECT_EQ(undescribed, 0u);
  auto catalog = Catalog::Make({.sets = {*set}, .packages = packages});
  Metrics metrics;
  auto routes = RouteTable::Make(**catalog, metrics);
  std::set<std::string> served;
  for (const auto& binding : (*routes)->bindings) {
    const auto& method = *binding.method->descriptor;
    EXPECT_THAT(method.options().GetExtension(type::access).audiences(),
                Not(testing::ElementsAre(type::AUDIENCE_SERVICE)));
    // A page is documented with the route it is the page of.
    bool is_page = false;
    for (const auto& page : (*routes)->pages) is_page |= page && &(*routes)->bindings[*page] == &binding;
    if (!is_page) served.insert(method.service()->full_name() + "/" + method.name());
  }
  EXPECT_GT(served.size(), 100u);
  EXPECT_EQ(documented, served);
}

// Nothing that is referred to is missing.
TEST(OpenApiOfOurs, RefersToWhatIsThere) {
  auto set = ReadDescriptorSet(GATEWAY_OUR_DESCRIPTORS);
  ASSERT_TRUE(set.ok()) << set.status();
  std::string text = Json(DocumentOf(*set, {"wenming"}));
  auto document = DocumentOf(*set, {"wenming"});
  constexpr std::string_view kReference = "\"$ref\":\"#";
  size_t references = 0;
  for (size_t at = text.find(kReference); at != std::string::npos; at = text.find(kReference, at + 1)) {
    size_t begin = at + kReference.size();
    std::string pointer = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_NE(rapidjson::Pointer(pointer.c_str()).Get(document), nullptr) << pointer;
    ++references;
  }
  EXPECT_GT(references, 500u);
}

}  // namespace
}  // namespace wenming::gateway
