#include "common/auth/claims.h"

#include <gtest/gtest.h>

#include "common/ids/ids.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::auth {
namespace {

const std::string kStaff = ids::ResourceName("staff", 42);

// A good payload with one member replaced, added or (empty `value`) left out.
std::string Payload(const std::string& name = "", const std::string& value = "") {
  std::pair<std::string, std::string> members[] = {{"iss", R"("wenming/org_svc")"},
                                                   {"aud", R"("wenming")"},
                                                   {"sub", '"' + kStaff + '"'},
                                                   {"ctr", R"("7")"},
                                                   {"iat", "1000"},
                                                   {"nbf", "1001"},
                                                   {"exp", "2000"},
                                                   {"jti", R"("x")"},
                                                   {"sid", '"' + ids::ToText(43) + '"'}};
  std::string json;
  bool found = name.empty();
  for (auto& [key, text] : members) {
    if (key == name) {
      found = true;
      text = value;
    }
    if (!text.empty()) json += (json.empty() ? "\"" : ",\"") + key + "\":" + text;
  }
  if (!found) json += ",\"" + name + "\":" + value;
  return "{" + json + "}";
}

TEST(Header, IsReadAsItIsWritten) {
  EXPECT_EQ(HeaderJson("org_svc-abc"), R"({"alg":"ES256","typ":"JWT","kid":"org_svc-abc"})");
  EXPECT_EQ(ParseHeader(HeaderJson("org_svc-abc")), "org_svc-abc");
  EXPECT_EQ(ParseHeader(R"( {"kid": "a", "typ": "JWT", "alg": "ES256"} )"), "a");
}

TEST(Header, MaySayNothingElse) {
  const char* const refused[] = {"",
                                 "{}",
                                 "null",
                                 "1",
                                 "\"x\"",
                                 "[]",
                                 R"([{"alg":"ES256","typ":"JWT","kid":"a"}])",
                                 R"({"alg":"ES256","typ":"JWT"})",
                                 R"({"alg":"ES256","kid":"a"})",
                                 R"({"typ":"JWT","kid":"a"})",
                                 R"({"alg":"none","typ":"JWT","kid":"a"})",
                                 R"({"alg":"None","typ":"JWT","kid":"a"})",
                                 R"({"alg":"","typ":"JWT","kid":"a"})",
                                 R"({"alg":"HS256","typ":"JWT","kid":"a"})",
                                 R"({"alg":"RS256","typ":"JWT","kid":"a"})",
                                 R"({"alg":"ES384","typ":"JWT","kid":"a"})",
                                 R"({"alg":"es256","typ":"JWT","kid":"a"})",
                                 R"({"alg":"ES256 ","typ":"JWT","kid":"a"})",
                                 R"({"alg":null,"typ":"JWT","kid":"a"})",
                                 R"({"alg":["ES256"],"typ":"JWT","kid":"a"})",
                                 R"({"ALG":"ES256","typ":"JWT","kid":"a"})",
                                 R"({"alg":"ES256","typ":"JOSE","kid":"a"})",
                                 R"({"alg":"ES256","typ":"JWT","kid":1})",
                                 R"({"alg":"ES256","typ":"JWT","kid":{"a":1}})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a","jku":"https://example.com"})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a","jwk":"{}"})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a","jwk":{}})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a","x5u":"https://example.com"})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a","x5c":["MIIB"]})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a","crit":["exp"]})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a","b64":false})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a","cty":"JWT"})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a","kid":"b"})",
                                 R"({"alg":"ES256","alg":"none","typ":"JWT","kid":"a"})",
                                 R"({"alg":"none","alg":"ES256","typ":"JWT","kid":"a"})",
                                 R"({"alg":"ES256","\u0061lg":"none","typ":"JWT","kid":"a"})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a"},{})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a"}x)",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a",})",
                                 R"({'alg':'ES256','typ':'JWT','kid':'a'})",
                                 R"({"alg":"ES256","typ":"JWT","kid":"a"/**/})",
                                 "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"\xff\"}",
                                 "\xef\xbb\xbf{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"a\"}"};
  for (const char* json : refused) EXPECT_EQ(ParseHeader(json), std::nullopt) << json;
  using std::string_literals::operator""s;
  EXPECT_EQ(ParseHeader("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"a\"}\0{}"s), std::nullopt);
  EXPECT_EQ(ParseHeader("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"a\"}\0"s), std::nullopt);
  EXPECT_EQ(ParseHeader("{\"alg\":\"ES256\0\",\"typ\":\"JWT\",\"kid\":\"a\"}"s), std::nullopt);
  EXPECT_EQ(ParseHeader(R"({"alg":"ES256\u0000","typ":"JWT","kid":"a"})"), std::nullopt);
}

TEST(Claims, AreReadAsTheyAreWritten) {
  const Claims written{.caller = StaffCaller(42, 7),
                       .service = "org_svc",
                       .issued_at = 1000,
                       .not_before = 1001,
                       .expires_at = 2000,
                       .token_id = "x"};
  EXPECT_EQ(ClaimsJson(written), Payload());
  const auto read = ParseClaims(Payload());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->caller.kind, CallerKind::kStaff);
  EXPECT_EQ(read->caller.id, 42u);
  EXPECT_EQ(read->caller.center_id, 7u);
  EXPECT_EQ(read->caller.subject, kStaff);
  EXPECT_EQ(read->service, "org_svc");
  EXPECT_EQ(read->issued_at, 1000);
  EXPECT_EQ(read->not_before, 1001);
  EXPECT_EQ(read->expires_at, 2000);
  EXPECT_EQ(read->token_id, "x");
  EXPECT_EQ(read->caller.session_id, 43u);
  EXPECT_EQ(read->caller.certificate, "");
}

TEST(Claims, OfABackEndNameItsCertificate) {
  const auto read = ParseClaims(ClaimsJson({.caller = ClientCaller(42, 7), .service = "org_svc", .token_id = "x"}));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->caller.kind, CallerKind::kClient);
  EXPECT_EQ(read->caller.id, 42u);
  EXPECT_EQ(read->caller.session_id, 0u);
  EXPECT_EQ(read->caller.certificate, "thumbprint");
}

TEST(Claims, MayHaveOthersBesideThem) {
  EXPECT_TRUE(ParseClaims(Payload("amr", R"("pwd")")).has_value());
  EXPECT_TRUE(ParseClaims(Payload("ver", "2")).has_value());
}

TEST(Claims, ReachToTheEndOfTheCalendar) {
  EXPECT_EQ(ParseClaims(Payload("exp", "4294967296"))->expires_at, 4294967296);
  EXPECT_EQ(ParseClaims(Payload("exp", "253402300799"))->expires_at, 253402300799);
}

TEST(Claims, AreRefusedWhenOneIsMissingOrWrong) {
  for (const char* name : {"iss", "aud", "sub", "ctr", "iat", "nbf", "exp", "jti", "sid"}) {
    EXPECT_FALSE(ParseClaims(Payload(name, "")).has_value()) << "without " << name;
    for (const char* value : {"null", "true", "1.5", "[]", "{}", R"(["wenming"])", R"({"a":1})", "\"\xc0\xaf\""}) {
      EXPECT_FALSE(ParseClaims(Payload(name, value)).has_value()) << name << ": " << value;
    }
    const std::string good = Payload();
    EXPECT_FALSE(ParseClaims(good.substr(0, good.size() - 1) + ",\"" + name + "\":1}").has_value()) << name << " twice";
  }
  const std::pair<const char*, const char*> refused[] = {{"iss", R"("org_svc")"},
                                                         {"iss", R"("wenming/")"},
                                                         {"iss", R"("wenming/volunteer_svc")"},
                                                         {"iss", R"("Wenming/org_svc")"},
                                                         {"iss", R"("wenming/org_svc ")"},
                                                         {"iss", R"("https://wenming/org_svc")"},
                                                         {"aud", R"("")"},
                                                         {"aud", R"("wenming2")"},
                                                         {"aud", R"("Wenming")"},
                                                         {"aud", R"("wenming/org_svc")"},
                                                         {"sub", R"("")"},
                                                         {"sub", R"("staff/")"},
                                                         {"sub", R"("staff/1")"},
                                                         {"sub", R"("staff/0000000000000")"},
                                                         {"sub", R"("staff/000000000001a/x")"},
                                                         {"sub", R"("services/volunteer_svc")"},
                                                         {"sub", R"("units/000000000001A")"},
                                                         {"sub", R"("volunteers/000000000001A")"},
                                                         {"sub", R"("000000000001A")"},
                                                         {"ctr", "7"},
                                                         {"ctr", R"("")"},
                                                         {"ctr", R"("07")"},
                                                         {"ctr", R"("+7")"},
                                                         {"ctr", R"(" 7")"},
                                                         {"ctr", R"("-7")"},
                                                         {"ctr", R"("7.0")"},
                                                         {"ctr", R"("0x7")"},
                                                         {"ctr", R"("18446744073709551616")"},
                                                         {"exp", R"("2000")"},
                                                         {"exp", "-1"},
                                                         {"exp", "2e3"},
                                                         {"exp", "2000.0"},
                                                         {"exp", "253402300800"},
                                                         {"exp", "9223372036854775808"},
                                                         {"exp", "18446744073709551616"},
                                                         {"exp", "1e400"},
                                                         {"exp", "02000"},
                                                         {"exp", "NaN"},
                                                         {"nbf", "-1"},
                                                         {"nbf", "253402300800"},
                                                         {"iat", "-1"},
                                                         {"iat", R"("1000")"},
                                                         {"jti", "1"},
                                                         {"sid", R"("")"},
                                                         {"sid", R"("43")"},
                                                         {"sid", R"("0000000000000")"},
                                                         {"sid", R"("000000000001b")"},
                                                         {"x5t#S256", R"("")"},
                                                         {"x5t#S256", "1"},
                                                         // Of people no token is bound to a certificate.
                                                         {"x5t#S256", R"("thumbprint")"}};
  for (const auto& [name, value] : refused)
    EXPECT_FALSE(ParseClaims(Payload(name, value)).has_value()) << name << value;
}

TEST(Vouching, IsForOnesOwnPeopleOnly) {
  struct Case {
    const char* service;
    Caller caller;
    bool may;
  };
  Caller wrong_id = StaffCaller(42, 7), wrong_kind = StaffCaller(42, 7), service_of_a_center = ServiceCaller("org_svc");
  wrong_id.id = 43;
  wrong_kind.kind = CallerKind::kVolunteer;
  service_of_a_center.center_id = 7;
  Caller without_session = StaffCaller(42, 7), client_in_session = ClientCaller(42, 7), bound = VolunteerCaller(42, 7);
  without_session.session_id = 0;
  client_in_session.session_id = 43;
  bound.certificate = "thumbprint";
  const Case cases[] = {{"org_svc", StaffCaller(42, 7), true},
                        {"org_svc", StaffCaller(42, 0), true},  // the platform's own
                        {"volunteer_svc", VolunteerCaller(42, 7), true},
                        {"org_svc", ServiceCaller("org_svc"), true},
                        {"activity_svc", ServiceCaller("activity_svc"), true},
                        {"volunteer_svc", StaffCaller(42, 7), false},
                        {"activity_svc", StaffCaller(42, 7), false},
                        {"org_svc", VolunteerCaller(42, 7), false},
                        {"activity_svc", VolunteerCaller(42, 7), false},
                        {"volunteer_svc", VolunteerCaller(42, 0), false},
                        {"org_svc", ServiceCaller("volunteer_svc"), false},
                        {"", ServiceCaller(""), false},
                        {"org_svc", Caller(), false},
                        {"org_svc", wrong_id, false},
                        {"volunteer_svc", wrong_kind, false},
                        {"org_svc", service_of_a_center, false},
                        {"org_svc", ClientCaller(42, 7), true},
                        {"org_svc", ClientCaller(42, 7, ""), false},
                        {"volunteer_svc", ClientCaller(42, 7), false},
                        {"org_svc", without_session, false},
                        {"org_svc", client_in_session, false},
                        {"volunteer_svc", bound, false}};
  for (const Case& c : cases) EXPECT_EQ(MayVouch(c.service, c.caller), c.may) << c.service << " " << c.caller.subject;
}

}  // namespace
}  // namespace wenming::auth
