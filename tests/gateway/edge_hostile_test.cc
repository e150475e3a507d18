// HTTP/2 as no good client speaks it, at the gRPC edge. Each case has the answer it gets: the error code of a GOAWAY,
// of a reset stream, or none. Another client, with a connection of its own and the same connection to the service
// behind it, notices nothing.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <nghttp2/nghttp2.h>

#include "tests/gateway/support/fixture.h"
#include "tests/gateway/support/raw_h2.h"

namespace wenming::gateway {
namespace {

using namespace raw_h2;  // NOLINT(google-build-using-namespace): every line is made of its words
using std::string_literals::operator""s;
using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

std::string Many(int times, const std::string& text) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::string Headers(uint32_t stream, std::string_view block) {
  return Frame(kHeaders, kEndHeaders | kEndStream, stream, block);
}

class EdgeHostileTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    Open(LibraryOptions(library_->port()));
  }

  void Open(const GatewayOptions& options) {
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
    healthy_ = testdata::Library::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(gateway_->grpc_port()), grpc::InsecureChannelCredentials()));
    ExpectHealthy("the beginning");
  }

  void ExpectHealthy(const std::string& after) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    testdata::GetBookRequest request;
    request.set_name("shelves/1/books/2");
    testdata::Book book;
    const grpc::Status status = healthy_->GetBook(&context, request, &book);
    EXPECT_TRUE(status.ok()) << status.error_message() << " after " << after;
  }

  // What the metadata of a call look like at the service, as text that holds "name: value" of each.
  static std::string Echo(RawH2Client& client, uint32_t stream, std::string_view more) {
    client.Send(Call(stream, "EchoMetadata", more));
    const auto& seen = client.ReadStream(stream);
    const auto found = seen.ended.find(stream);
    return found == seen.ended.end() ? "no answer" : found->second;
  }

  std::unique_ptr<testdata::Library::Stub> healthy_;
};

TEST_F(EdgeHostileTest, EndsTheConnection) {
  const std::string block = CallFields("GetBook");
  const std::string malformed = Frame(kHeaders, kEndHeaders, 1, Field("X", "y") + block);
  const struct {
    const char* name;
    std::string bytes;
    uint32_t code;
  } kCases[] = {
      {"PING flood", Many(400, Frame(kPing, 0, 0, "12345678")), NGHTTP2_ENHANCE_YOUR_CALM},
      {"SETTINGS flood", Many(400, Frame(kSettings, 0, 0)), NGHTTP2_ENHANCE_YOUR_CALM},
      {"a SETTINGS frame with too many", Frame(kSettings, 0, 0, Many(33, Setting(3, 100))), NGHTTP2_ENHANCE_YOUR_CALM},
      {"CONTINUATION flood", Frame(kHeaders, 0, 1, block) + Many(9, Frame(kContinuation, 0, 1, Field("x", "y"))),
       NGHTTP2_ENHANCE_YOUR_CALM},
      {"CONTINUATION flood of nothing", Frame(kHeaders, 0, 1) + Many(9, Frame(kContinuation, 0, 1)),
       NGHTTP2_ENHANCE_YOUR_CALM},
      {"DATA flood of nothing (CVE-2019-9518)", Frame(kHeaders, kEndHeaders, 1, block) + Many(101, Frame(kData, 0, 1)),
       NGHTTP2_ENHANCE_YOUR_CALM},
      {"DATA flood of padding", Frame(kHeaders, kEndHeaders, 1, block) + Many(101, Frame(kData, 8, 1, "\2\0\0"s)),
       NGHTTP2_ENHANCE_YOUR_CALM},
      {"DATA after RST_STREAM", Frame(kHeaders, kEndHeaders, 1, block) + Reset(1) + Frame(kData, 0, 1),
       NGHTTP2_STREAM_CLOSED},
      {"DATA flood of nothing on a stream that is reset", malformed + Many(101, Frame(kData, 0, 1)),
       NGHTTP2_ENHANCE_YOUR_CALM},
      {"DATA flood of ends on a stream that is reset", malformed + Many(102, Frame(kData, kEndStream, 1)),
       NGHTTP2_ENHANCE_YOUR_CALM},
      {"DATA flood of padding on a stream that is reset", malformed + Many(101, Frame(kData, 8, 1, "\2\0\0"s)),
       NGHTTP2_ENHANCE_YOUR_CALM},
      {"PRIORITY flood", Many(101, Frame(kPriority, 0, 1, Number(0) + "\1")), NGHTTP2_ENHANCE_YOUR_CALM},
      {"CONTINUATION of nothing", Frame(kContinuation, kEndHeaders, 1, block), NGHTTP2_PROTOCOL_ERROR},
      {"another frame between HEADERS and CONTINUATION", Frame(kHeaders, 0, 1, block) + Frame(kPing, 0, 0, "12345678"),
       NGHTTP2_PROTOCOL_ERROR},
      {"HPACK: entry 0", Headers(1, FromTable(0)), NGHTTP2_COMPRESSION_ERROR},
      {"HPACK: an entry that is not there", Headers(1, FromTable(62)), NGHTTP2_COMPRESSION_ERROR},
      {"HPACK: a number with more zeros than it needs (CVE-2023-33953)", Headers(1, "\xff" + Many(20, "\x80") + "\x01"),
       NGHTTP2_COMPRESSION_ERROR},
      {"HPACK: a text of 4 GB (CVE-2023-33953)", Headers(1, "\0\x7f\x80\xff\xff\xff\x0f"s), NGHTTP2_COMPRESSION_ERROR},
      {"HPACK: a text that the block does not have",
       Headers(1,
               "\0\x05"
               "ab"s),
       NGHTTP2_COMPRESSION_ERROR},
      {"HPACK: a table larger than allowed", Headers(1, "\x3f\xe1\x7f"s + block), NGHTTP2_COMPRESSION_ERROR},
      {"a frame larger than allowed", Frame(kData, 0, 1, std::string(16385, 'a')), NGHTTP2_FRAME_SIZE_ERROR},
      {"a PING of seven bytes", Frame(kPing, 0, 0, "1234567"), NGHTTP2_FRAME_SIZE_ERROR},
      {"a PING on a stream", Frame(kPing, 0, 1, "12345678"), NGHTTP2_PROTOCOL_ERROR},
      {"SETTINGS on a stream", Frame(kSettings, 0, 1), NGHTTP2_PROTOCOL_ERROR},
      {"SETTINGS of half an entry", Frame(kSettings, 0, 0, "abc"), NGHTTP2_FRAME_SIZE_ERROR},
      {"a window beyond what there is", Frame(kSettings, 0, 0, Setting(4, 0x80000000)), NGHTTP2_FLOW_CONTROL_ERROR},
      {"WINDOW_UPDATE by nothing", Frame(kWindowUpdate, 0, 0, Number(0)), NGHTTP2_PROTOCOL_ERROR},
      {"WINDOW_UPDATE beyond what there is", Many(2, Frame(kWindowUpdate, 0, 0, Number(0x7fffffff))),
       NGHTTP2_FLOW_CONTROL_ERROR},
      {"DATA on a stream that nobody opened", Frame(kData, 0, 1, "a"), NGHTTP2_PROTOCOL_ERROR},
      {"RST_STREAM of a stream that nobody opened", Reset(1), NGHTTP2_PROTOCOL_ERROR},
      {"HEADERS on stream 0", Headers(0, block), NGHTTP2_PROTOCOL_ERROR},
      {"HEADERS on a stream of ours", Headers(2, block), NGHTTP2_PROTOCOL_ERROR},
      {"PUSH_PROMISE by a client", Frame(kPushPromise, kEndHeaders, 1, Number(2) + block), NGHTTP2_PROTOCOL_ERROR},
      {"padding longer than the frame",
       Frame(kData, 8, 1,
             "\xff"
             "a"s),
       NGHTTP2_PROTOCOL_ERROR},
  };
  for (const auto& test : kCases) {
    RawH2Client client(gateway_->grpc_port());
    client.Send(test.bytes);
    const auto& seen = client.ReadToEnd();
    EXPECT_TRUE(seen.closed) << test.name;
    EXPECT_EQ(seen.go_away, test.code) << test.name;
    ExpectHealthy(test.name);
  }
  EXPECT_EQ(library_->waiting(), 0);
}

TEST_F(EdgeHostileTest, EndsTheStream) {
  const std::string call = CallFields("GetBook");
  const std::string bomb = IndexedField("x-bomb", std::string(4000, 'b'));
  const std::string too_large = Field("x-large", std::string(8 * 1024, 'a'));
  const auto without = [&](std::string_view name, std::string_view value) {
    std::string fields;
    for (const auto& [each, usual] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {":method", "POST"},
             {":scheme", "http"},
             {":path", "/wenming.gateway.testdata.Library/GetBook"},
             {":authority", "test"},
             {"te", "trailers"},
             {"content-type", "application/grpc"}}) {
      if (each != name) fields += Field(each, usual);
      if (each == name && !value.empty()) fields += Field(each, value);
    }
    return fields;
  };
  const struct {
    const char* name;
    std::string block;
    uint32_t code;
  } kCases[] = {
      {"HPACK bomb", call + bomb + Many(2000, FromTable(62)), NGHTTP2_INTERNAL_ERROR},
      {"fields of more than 7 KB", call + too_large, NGHTTP2_INTERNAL_ERROR},
      {"more than 100 fields", call + Many(100, Field("x", "y")), NGHTTP2_INTERNAL_ERROR},
      {"te, and 8 KB (CVE-2023-1428)", without("te", "x") + too_large, NGHTTP2_PROTOCOL_ERROR},
      {":scheme, and 8 KB (CVE-2023-1428)", without(":scheme", "x") + too_large, NGHTTP2_INTERNAL_ERROR},
      {"grpclb_client_stats, and 8 KB (CVE-2023-1428)", call + Field("grpclb_client_stats", "x") + too_large,
       NGHTTP2_INTERNAL_ERROR},
      {"no path", without(":path", ""), NGHTTP2_PROTOCOL_ERROR},
      {"no method", without(":method", ""), NGHTTP2_PROTOCOL_ERROR},
      {"two paths", call + Field(":path", "/"), NGHTTP2_PROTOCOL_ERROR},
      {"a pseudo header after others", Field("x", "y") + call, NGHTTP2_PROTOCOL_ERROR},
      {"a pseudo header that is none", Field(":status", "200") + call, NGHTTP2_PROTOCOL_ERROR},
      {"a name in upper case", call + Field("X-A", "b"), NGHTTP2_PROTOCOL_ERROR},
      {"a name with a blank", call + Field("x a", "b"), NGHTTP2_PROTOCOL_ERROR},
      {"a value with a line end", call + Field("x", "a\r\nb"), NGHTTP2_PROTOCOL_ERROR},
      {"connection", call + Field("connection", "close"), NGHTTP2_PROTOCOL_ERROR},
      {"transfer-encoding", call + Field("transfer-encoding", "chunked"), NGHTTP2_PROTOCOL_ERROR},
      {"a length that is not the body's", call + Field("content-length", "5"), NGHTTP2_PROTOCOL_ERROR},
      {"two lengths", call + Field("content-length", "0") + Field("content-length", "0"), NGHTTP2_PROTOCOL_ERROR},
  };
  for (const auto& test : kCases) {
    RawH2Client client(gateway_->grpc_port());
    client.Send(Headers(1, test.block));
    EXPECT_THAT(client.ReadStream(1).resets, Contains(Pair(1, test.code))) << test.name;
    EXPECT_EQ(client.seen().go_away, std::nullopt) << test.name;
    EXPECT_THAT(Echo(client, 3, ""), HasSubstr("x-forwarded-for")) << "the same connection goes on after " << test.name;
    ExpectHealthy(test.name);
  }
}

// A client that says nothing now and then, however long, does no harm.
TEST_F(EdgeHostileTest, FramesThatCarryNothingAreNoFloodAmongOthers) {
  RawH2Client client(gateway_->grpc_port());
  const std::string book = "\0\0\0\0\0"s;  // a message without a byte
  client.Send(Frame(kHeaders, kEndHeaders, 1, CallFields("CollectBooks")) +
              Many(300, Frame(kData, 0, 1, book) + Frame(kData, 0, 1)) + Frame(kData, kEndStream, 1));
  EXPECT_THAT(client.ReadStream(1).ended, Contains(Key(1)));
  EXPECT_EQ(client.seen().go_away, std::nullopt);
}

// Calls whose ends cross with what resets them.
TEST_F(EdgeHostileTest, EndsOfCallsThatWereRefusedAreNoFlood) {
  RawH2Client client(gateway_->grpc_port());
  std::string calls;
  for (uint32_t stream = 1; stream < 2 * 150; stream += 2) {
    calls += Frame(kHeaders, kEndHeaders, stream, Field("X", "y")) + Frame(kData, kEndStream, stream);
  }
  client.Send(calls + Frame(kPing, 0, 0, "12345678"));
  EXPECT_EQ(client.ReadPing().pings, 1);
  EXPECT_EQ(client.seen().go_away, std::nullopt);
}

// CVE-2023-32731: whoever skips the rest of a block that is too large gives the next request another's fields.
TEST_F(EdgeHostileTest, TheTableOfFieldsSurvivesABlockThatIsTooLarge) {
  RawH2Client client(gateway_->grpc_port());
  client.Send(Headers(1, CallFields("GetBook") + Field("x-large", std::string(8 * 1024, 'a')) +
                             IndexedField("user-agent", "first") + IndexedField("user-agent", "second")));
  EXPECT_THAT(client.ReadStream(1).resets, Contains(Pair(1, NGHTTP2_INTERNAL_ERROR)));
  EXPECT_THAT(Echo(client, 3, FromTable(63)), HasSubstr("user-agent: first"));
  EXPECT_THAT(Echo(client, 5, FromTable(62)), HasSubstr("user-agent: second"));
}

// CVE-2023-32732: a service ends the connection that all share where a binary value is not base64; CVE-2023-1428: it
// aborts by these names. Neither gets through.
TEST_F(EdgeHostileTest, ForwardsNothingThatAServiceStumblesOver) {
  GatewayOptions options = LibraryOptions(library_->port());
  options.forward_headers = {"x-key-bin", "grpclb_client_stats"};
  Open(options);
  const size_t logged = log_.str().size();
  RawH2Client client(gateway_->grpc_port());
  EXPECT_THAT(Echo(client, 1, Field("x-key-bin", "AAA") + Field("user-agent", "a")), HasSubstr("x-key-bin: "));
  EXPECT_THAT(Echo(client, 3, Field("x-key-bin", "!?") + Field("grpc-trace-bin", "!?")), Not(HasSubstr("-bin: ")));
  EXPECT_THAT(Echo(client, 5, Field("user-agent", std::string(6000, 'u'))), HasSubstr(std::string(6000, 'u')));
  EXPECT_THAT(log_.str().substr(logged), Not(HasSubstr("back end disconnected")));
  ExpectHealthy("all of them");
}

// CVE-2023-44487. What is opened and given up in one piece never gets to the service, only the call that is cut in two
// where a read ends; then the connection ends.
TEST_F(EdgeHostileTest, RapidResetDoesNotFloodTheService) {
  RawH2Client client(gateway_->grpc_port());
  const std::string into_table = IndexedField(":path", "/wenming.gateway.testdata.Library/GetBook") +
                                 IndexedField("te", "trailers") + IndexedField("content-type", "application/grpc");
  const std::string post = FromTable(3) + FromTable(6);  // of the static table: the method POST, the scheme http
  testdata::GetBookRequest slow;
  slow.set_name("shelves/1/books/slow");
  const std::string message = slow.SerializeAsString();
  const std::string framed = "\0\0\0\0"s + static_cast<char>(message.size()) + message;
  const auto call = [&](uint32_t stream, const std::string& block) {
    return Frame(kHeaders, kEndHeaders, stream, block) + Frame(kData, kEndStream, stream, framed) + Reset(stream);
  };
  client.Send(call(1, post + into_table));
  std::string flood;
  for (uint32_t stream = 3; stream < 2003; stream += 2) {
    flood += call(stream, post + FromTable(64) + FromTable(63) + FromTable(62));
  }
  client.Send(flood);
  EXPECT_TRUE(client.ReadToEnd().closed);
  ExpectHealthy("rapid reset");
  EXPECT_TRUE(Eventually([this] { return MetricsPage().find("grpc_edge_in_flight 0") != std::string::npos; }));
  EXPECT_TRUE(Eventually([this] { return library_->waiting() == 0; }));
  EXPECT_LE(library_->cancelled(), 10) << "of a thousand calls";
}

TEST_F(EdgeHostileTest, WhoResetsTooOftenIsTold) {
  RawH2Client client(gateway_->grpc_port());
  const std::string block = CallFields("GetBook");
  std::string flood;
  for (uint32_t stream = 1; stream < 2 * 250; stream += 2) flood += Headers(stream, block) + Reset(stream);
  client.Send(flood);
  EXPECT_TRUE(client.ReadToEnd().closed);
  EXPECT_EQ(client.seen().go_away, NGHTTP2_INTERNAL_ERROR) << "the code that nghttp2 has for it";
  ExpectHealthy("calls and resets");
}

// CVE-2025-8671: errors that make the server reset the call that it has just begun.
TEST_F(EdgeHostileTest, WhoMakesUsResetTooOftenIsTold) {
  RawH2Client client(gateway_->grpc_port());
  std::string flood;
  for (uint32_t stream = 1; stream < 2 * 250; stream += 2) {
    flood += Call(stream, "GetBook") + Frame(kWindowUpdate, 0, stream, Number(0x7fffffff));
  }
  client.Send(flood);
  EXPECT_TRUE(client.ReadToEnd().closed);
  EXPECT_THAT(client.seen().resets, Contains(Pair(1, NGHTTP2_FLOW_CONTROL_ERROR)));
  EXPECT_EQ(client.seen().go_away, NGHTTP2_ENHANCE_YOUR_CALM);
  ExpectHealthy("resets that were made");
  EXPECT_TRUE(Eventually([this] { return MetricsPage().find("grpc_edge_in_flight 0") != std::string::npos; }));
}

// Streams whose client never opens a window: as many as the settings allow, each for as long as a call may last.
TEST_F(EdgeHostileTest, StreamsWithoutAWindowAreFewAndShort) {
  GatewayOptions options = LibraryOptions(library_->port());
  options.call_time = std::chrono::milliseconds(500);
  Open(options);
  RawH2Client client(gateway_->grpc_port(), Setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0));
  std::string calls;
  for (uint32_t stream = 1; stream <= 2 * 300; stream += 2) calls += Call(stream, "GetBook");
  client.Send(calls);
  client.ReadStream(599);
  ExpectHealthy("300 calls without a window");
  for (uint32_t stream = 1; stream <= 2 * 300; stream += 2) client.ReadStream(stream);
  int refused = 0;
  int given_up = 0;
  for (const auto& [stream, code] : client.seen().resets) {
    refused += code == NGHTTP2_REFUSED_STREAM ? 1 : 0;
    given_up += code == NGHTTP2_CANCEL ? 1 : 0;
  }
  EXPECT_GE(refused, 1);
  EXPECT_EQ(refused + given_up, 300);
  EXPECT_TRUE(Eventually([this] { return MetricsPage().find("gateway_held_bytes 0") != std::string::npos; }));
}

}  // namespace
}  // namespace wenming::gateway
