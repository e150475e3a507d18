// Reading and writing proto3 JSON: what the library's json_util does on valid input is the reference, and what it lets
// pass is refused here.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <random>

#include "gateway/transcode/json_reader.h"
#include "gateway/transcode/json_writer.h"
#include "tests/gateway/support/descriptors.h"
#include "tests/gateway/testdata/library.pb.h"

namespace wenming::gateway {
namespace {

using google::protobuf::util::MessageDifferencer;
using testdata::Book;
using testing::ElementsAre;
using testing::HasSubstr;

class JsonTest : public testing::Test {
 protected:
  std::vector<errors::FieldViolation> Read(std::string_view json, Book& book) {
    return ReadJson(json, *catalog_, {}, book);
  }
  std::string Write(const Book& book) {
    std::string out;
    EXPECT_TRUE(WriteJson(book, *catalog_, out));
    return out;
  }
  const std::unique_ptr<const Catalog> catalog_ = LibraryCatalog();
};

std::string Reference(const Book& book) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string out;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(book, &out, options).ok());
  return out;
}

// Compares as documents: escapes may differ.
bool SameJson(const std::string& a, const std::string& b) {
  rapidjson::Document x, y;
  x.Parse<rapidjson::kParseFullPrecisionFlag>(a.data(), a.size());
  y.Parse<rapidjson::kParseFullPrecisionFlag>(b.data(), b.size());
  return !x.HasParseError() && !y.HasParseError() && x == y;
}

template <typename T>
T Pick(std::mt19937_64& random, std::initializer_list<T> values) {
  return values.begin()[random() % values.size()];
}

std::string RandomText(std::mt19937_64& random) {
  std::string text;
  for (size_t i = random() % 6; i > 0; --i) {
    text += Pick<std::string>(random, {"a", "\"", "\\", "\n", "\x01", "志愿", "é", "😀", "<", "/", "\x7f"});
  }
  return text;
}

Book RandomBook(std::mt19937_64& random, int depth = 2) {
  Book book;
  auto chance = [&] { return random() % 2 == 0; };
  auto any64 = [&] { return Pick<uint64_t>(random, {0, 1, random(), UINT64_MAX, 1ull << 63, (1ull << 53) + 1}); };
  book.set_title(RandomText(random));
  book.set_pages(static_cast<int32_t>(any64()));
  book.set_copies(static_cast<int64_t>(any64()));
  book.set_edition(static_cast<uint32_t>(any64()));
  book.set_serial(any64());
  book.set_weight(Pick<float>(random, {0.f, 0.1f, -1e30f, 1.5f, INFINITY, -INFINITY, 16777217.f}));
  book.set_price(Pick<double>(random, {0., 0.1, 1e300, -2.5, INFINITY, 3e-7, 123456789012.25}));
  book.set_lent(chance());
  book.set_cover(RandomText(random));
  book.set_genre(Pick(random, {testdata::GENRE_UNSPECIFIED, testdata::GENRE_NOVEL, testdata::GENRE_HISTORY}));
  for (size_t i = random() % 3; i > 0; --i) book.add_tags(RandomText(random));
  for (size_t i = random() % 3; i > 0; --i) book.add_printings(static_cast<int64_t>(any64()));
  if (chance()) (*book.mutable_stock())[RandomText(random)] = 3;
  if (chance()) (*book.mutable_editors())[static_cast<int64_t>(any64())].set_display_name(RandomText(random));
  if (chance()) book.mutable_author()->set_birth_year(1715);
  if (chance()) book.add_translators()->set_display_name("x");
  if (chance()) {
    book.mutable_publish_time()->set_seconds(static_cast<int64_t>(random() % 4000000000));
    book.mutable_publish_time()->set_nanos(Pick(random, {0, 1, 1000, 1000000, 999999999}));
  }
  if (chance()) book.mutable_reading_time()->set_seconds(Pick<int64_t>(random, {0, 5, -5, 315576000000}));
  if (chance()) book.mutable_subtitle()->set_value(RandomText(random));
  if (chance()) book.mutable_lent_times()->set_value(static_cast<int64_t>(any64()));
  if (chance()) book.set_rating(chance() ? 0 : 5);
  if (chance()) chance() ? book.set_room(RandomText(random)) : book.set_floor(0);
  if (chance()) book.mutable_mask()->add_paths("author.display_name");
  if (chance()) {
    auto& fields = *book.mutable_extra()->mutable_fields();
    fields["null"].set_null_value(google::protobuf::NULL_VALUE);
    fields["number"].set_number_value(1.5);
    fields["list"].mutable_list_value()->add_values()->set_bool_value(true);
    (*fields["struct"].mutable_struct_value()->mutable_fields())["s"].set_string_value(RandomText(random));
  }
  if (chance()) book.mutable_note()->set_string_value("n");
  if (chance()) {
    testdata::Author author;
    // The library leaves defaults out inside an Any, as it does nowhere else.
    author.set_display_name("x" + RandomText(random));
    author.set_birth_year(1);
    book.mutable_attachment()->PackFrom(author);
  }
  if (depth > 0 && chance()) *book.mutable_sequel() = RandomBook(random, depth - 1);
  return book;
}

TEST_F(JsonTest, AgreesWithTheLibraryOnRandomMessages) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 500; ++i) {
    Book book = RandomBook(random);
    std::string ours = Write(book);
    std::string reference = Reference(book);
    ASSERT_TRUE(SameJson(ours, reference)) << ours << "\n" << reference;
    Book back;
    auto violations = Read(reference, back);
    ASSERT_TRUE(violations.empty()) << violations[0].field << " in " << reference;
    ASSERT_TRUE(MessageDifferencer::Equals(book, back)) << book.DebugString() << back.DebugString();
  }
}

TEST_F(JsonTest, ShowsDefaultsButNotWhatIsUnset) {
  std::string json = Write({});
  for (const char* member : {"\"title\":\"\"", "\"copies\":\"0\"", "\"genre\":\"GENRE_UNSPECIFIED\"", "\"tags\":[]",
                             "\"stock\":{}", "\"lent\":false"}) {
    EXPECT_THAT(json, HasSubstr(member));
  }
  for (const char* name : {"author", "rating", "room", "publishTime", "subtitle", "extra"}) {
    EXPECT_THAT(json, testing::Not(HasSubstr(name)));
  }
}

TEST_F(JsonTest, HasNoFormForBrokenValues) {
  std::vector<Book> books(5);
  books[0].mutable_publish_time()->set_seconds(1ll << 60);
  books[1].mutable_reading_time()->set_nanos(-2000000000);
  books[2].mutable_note();
  books[3].mutable_attachment()->set_type_url("type.googleapis.com/no.Such");
  books[4].mutable_attachment()->set_type_url("type.googleapis.com/wenming.gateway.testdata.Author");
  books[4].mutable_attachment()->set_value("\xff\xff");
  for (const Book& book : books) {
    std::string out;
    EXPECT_FALSE(WriteJson(book, *catalog_, out)) << book.DebugString();
  }
}

TEST_F(JsonTest, TakesEverySpelling) {
  const struct {
    const char* json;
    const char* canonical;
  } kCases[] = {
      {R"({"publish_time":"2026-05-01T08:00:00+08:00"})", R"({"publishTime":"2026-05-01T00:00:00Z"})"},
      {R"({"pages":"12"})", R"({"pages":12})"},
      {R"({"pages":1.2e1})", R"({"pages":12})"},
      {R"({"copies":-9223372036854775808})", R"({"copies":"-9223372036854775808"})"},
      {R"({"serial":18446744073709551615})", R"({"serial":"18446744073709551615"})"},
      {R"({"genre":2})", R"({"genre":"GENRE_HISTORY"})"},
      {R"({"cover":"-_-_"})", R"({"cover":"+/+/"})"},
      {R"({"cover":"YQ"})", R"({"cover":"YQ=="})"},
      {R"({"price":"1.5","weight":"NaN"})", R"({"price":1.5,"weight":"NaN"})"},
      {R"({"title":null,"author":null,"tags":null})", R"({})"},
      {R"({"mask":"authorName,unit.parent_id"})", R"({"mask":"authorName,unit.parentId"})"},
      {R"({"note":null})", R"({"note":null})"},
      {R"({"title":"\u4e2d\ud83d\ude00"})", R"({"title":"中😀"})"},
      {R"( { "stock" : { "1" : 2 } } )", R"({"stock":{"1":2}})"},
  };
  for (const auto& test : kCases) {
    Book ours, reference;
    auto violations = Read(test.json, ours);
    EXPECT_TRUE(violations.empty()) << test.json;
    auto status = google::protobuf::util::JsonStringToMessage(test.canonical, &reference);
    ASSERT_TRUE(status.ok()) << status << test.canonical;
    EXPECT_EQ(ours.SerializeAsString(), reference.SerializeAsString()) << test.json;
  }
}

TEST_F(JsonTest, ReadsNumbersAtTheEdges) {
  const std::pair<const char*, double> cases[] = {
      {"0e300", 0},
      {"-0.0e-9", -0.0},
      {"1e-400", 0},
      {"4.9e-324", 4.9e-324},
      {"0.1", 0.1},
      {"1e308", 1e308},
      {"123456789012345678901", 123456789012345678901.0},
      {"5e-1", 0.5},
      {"1E2", 100},
      {"-0", -0.0},
      {"-9223372036854775808", -9223372036854775808.0},
  };
  for (const auto& [text, number] : cases) {
    Book book;
    EXPECT_THAT(Read(std::string("{\"price\":") + text + "}", book), testing::IsEmpty()) << text;
    EXPECT_EQ(book.price(), number) << text;
    EXPECT_EQ(std::signbit(book.price()), std::signbit(number)) << text;
  }
}

TEST_F(JsonTest, NamesTheFieldThatIsWrong) {
  const struct {
    std::string json;
    const char* field;
    type::Reason reason;
  } kCases[] = {
      {R"({"titel":"x"})", "titel", type::REASON_UNKNOWN_FIELD},
      {R"({"author":{"age":1}})", "author.age", type::REASON_UNKNOWN_FIELD},
      {R"({"title":"a","title":"b"})", "title", type::REASON_BAD_FORMAT},
      {R"({"publishTime":"2026-05-01T08:00:00Z","publish_time":null})", "publish_time", type::REASON_BAD_FORMAT},
      {R"({"stock":{"a":1,"a":2}})", "stock[\"a\"]", type::REASON_BAD_FORMAT},
      {R"({"room":"a","floor":1})", "floor", type::REASON_BAD_FORMAT},
      {R"({"title":1})", "title", type::REASON_BAD_FORMAT},
      {R"({"title":["a"]})", "title", type::REASON_BAD_FORMAT},
      {R"({"tags":"a"})", "tags", type::REASON_BAD_FORMAT},
      {R"({"tags":["a",null]})", "tags[1]", type::REASON_BAD_FORMAT},
      {R"({"translators":[{},{"birthYear":"x"}]})", "translators[1].birth_year", type::REASON_BAD_FORMAT},
      {R"({"editors":{"x":{}}})", "editors[\"x\"]", type::REASON_BAD_FORMAT},
      {R"({"pages":2147483648})", "pages", type::REASON_BAD_FORMAT},
      {R"({"pages":1.5})", "pages", type::REASON_BAD_FORMAT},
      {R"({"pages":" 1"})", "pages", type::REASON_BAD_FORMAT},
      {R"({"pages":"+1"})", "pages", type::REASON_BAD_FORMAT},
      {R"({"pages":true})", "pages", type::REASON_BAD_FORMAT},
      {R"({"copies":9223372036854775808})", "copies", type::REASON_BAD_FORMAT},
      {R"({"copies":1e19})", "copies", type::REASON_BAD_FORMAT},
      {R"({"edition":-1})", "edition", type::REASON_BAD_FORMAT},
      {R"({"weight":1e39})", "weight", type::REASON_BAD_FORMAT},
      {R"({"price":"inf"})", "price", type::REASON_BAD_FORMAT},
      {R"({"lent":"true"})", "lent", type::REASON_BAD_FORMAT},
      {R"({"lent":1})", "lent", type::REASON_BAD_FORMAT},
      {R"({"cover":"*"})", "cover", type::REASON_BAD_FORMAT},
      {R"({"genre":"POEM"})", "genre", type::REASON_UNKNOWN_VALUE},
      {R"({"genre":99})", "genre", type::REASON_UNKNOWN_VALUE},
      {R"({"publishTime":"yesterday"})", "publish_time", type::REASON_BAD_FORMAT},
      {R"({"publishTime":"2026-05-01 08:00:00Z"})", "publish_time", type::REASON_BAD_FORMAT},
      {R"({"publishTime":5})", "publish_time", type::REASON_BAD_FORMAT},
      {R"({"readingTime":"5"})", "reading_time", type::REASON_BAD_FORMAT},
      {R"({"mask":"a b"})", "mask", type::REASON_BAD_FORMAT},
      {R"({"author":[]})", "author", type::REASON_BAD_FORMAT},
      {R"({"extra":[]})", "extra", type::REASON_BAD_FORMAT},
      {R"({"attachment":{}})", "attachment", type::REASON_BAD_FORMAT},
      {R"({"attachment":{"@type":"x/no.Such"}})", "attachment", type::REASON_BAD_FORMAT},
      {R"({"attachment":{"@type":"x/wenming.gateway.testdata.Author","age":1}})", "attachment.age",
       type::REASON_UNKNOWN_FIELD},
      {R"({"attachment":{"@type":"x/wenming.gateway.testdata.Author","@type":"x/google.protobuf.Duration"}})",
       "attachment", type::REASON_BAD_FORMAT},
      {R"({"attachment":{"@type":"x/google.protobuf.Duration","value":"1s","age":1}})", "attachment.age",
       type::REASON_UNKNOWN_FIELD},
      {R"({"attachment":{"@type":"x/google.protobuf.Duration","value":"1s","value":"2s"}})", "attachment.value",
       type::REASON_BAD_FORMAT},
      {R"([])", "body", type::REASON_BAD_FORMAT},
      {R"("x")", "body", type::REASON_BAD_FORMAT},
      {R"({} {})", "body", type::REASON_BAD_JSON},
      {R"({}x)", "body", type::REASON_BAD_JSON},
      {std::string("{}\0x", 4), "body", type::REASON_BAD_JSON},
      {R"({"title":"a",})", "body", type::REASON_BAD_JSON},
      {R"({'title':'a'})", "body", type::REASON_BAD_JSON},
      {R"({"title":"a)", "body", type::REASON_BAD_JSON},
      {R"({"pages":01})", "body", type::REASON_BAD_JSON},
      {R"({"pages":NaN})", "body", type::REASON_BAD_JSON},
      {R"({"title":"\ud800"})", "body", type::REASON_BAD_JSON},
      {"{\"title\":\"a\nb\"}", "body", type::REASON_BAD_JSON},
      {"{\"title\":\"\xff\"}", "body", type::REASON_INVALID_UTF8},
      {"{\"title\":\"\xc0\x80\"}", "body", type::REASON_INVALID_UTF8},
      {"{\"title\":\"\xed\xa0\x80\"}", "body", type::REASON_INVALID_UTF8},
      {"", "body", type::REASON_BAD_JSON},
  };
  for (const auto& test : kCases) {
    Book book;
    auto violations = Read(test.json, book);
    ASSERT_EQ(violations.size(), 1u) << test.json;
    EXPECT_EQ(violations[0].field, test.field) << test.json;
    EXPECT_EQ(violations[0].reason, test.reason) << test.json;
  }
}

TEST_F(JsonTest, ReportsAllViolationsAtOnceUpToTwenty) {
  Book book;
  auto violations = Read(R"({"titel":1,"pages":"x","author":{"birthYear":1.5}})", book);
  ASSERT_EQ(violations.size(), 3u);
  EXPECT_EQ(violations[2].field, "author.birth_year");
  std::string many = "{";
  for (int i = 0; i < 1000; ++i) many += "\"x" + std::to_string(i) + "\":1,";
  many.back() = '}';
  EXPECT_EQ(Read(many, book).size(), 20u);
}

TEST_F(JsonTest, SurvivesDeepNesting) {
  for (int depth : {50, 5000, 500000}) {
    std::string json;
    for (int i = 0; i < depth; ++i) json += R"({"sequel":)";
    json += "{}";
    json.append(static_cast<size_t>(depth), '}');
    Book book;
    auto violations = Read(json, book);
    EXPECT_EQ(violations.empty(), depth == 50) << depth;
  }
  Book book;
  EXPECT_FALSE(Read("{\"note\":" + std::string(1000000, '['), book).empty());
  EXPECT_FALSE(Read("{\"note\":" + std::string(10000, '[') + std::string(10000, ']') + "}", book).empty());
}

TEST_F(JsonTest, TellsWhichFieldsAreSet) {
  std::vector<std::string> fields;
  Book book;
  auto violations = ReadJson(
      R"({"title":"","author":{"displayName":"x"},"tags":[],"translators":[{"birthYear":1}],"publishTime":null,
          "stock":{"a":1},"createTime":"2026-05-01T00:00:00Z","extra":{"a":{"b":1}},"rating":0})",
      *catalog_, {.set_fields = &fields}, book);
  EXPECT_TRUE(violations.empty());
  EXPECT_THAT(fields, ElementsAre("title", "author.display_name", "tags", "translators", "publish_time", "stock",
                                  "extra", "rating"));
}

}  // namespace
}  // namespace wenming::gateway
