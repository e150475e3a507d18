// Tokens that an attacker could send. The forms of header and claims are in claims_test.cc; here they travel in whole
// tokens, most of them with a good signature, so that nothing but the rule in question refuses them.
#include <gtest/gtest.h>

#include "absl/strings/str_replace.h"
#include "common/auth/claims.h"
#include "common/auth/token_signer.h"
#include "common/auth/token_verifier.h"
#include "common/crypto/digest.h"
#include "common/errors/errors.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::auth {
namespace {

using crypto::Base64Url;

constexpr int64_t kSeconds = 1'780'000'000;
const absl::Time kNow = absl::FromUnixSeconds(kSeconds);

class TokenAttacksTest : public ::testing::Test {
 protected:
  SigningKey Key(const std::string& service) { return *SigningKey::FromPrivatePem(keys_.Read(service + ".sign.pem")); }

  // A token of these parts with a good signature by the service's key.
  std::string Forge(const std::string& header, const std::string& claims, const std::string& service = "org_svc") {
    const std::string message = Base64Url(header) + "." + Base64Url(claims);
    return message + "." + Base64Url(*Key(service).Sign(message));
  }
  std::string Header(const std::string& service = "org_svc") { return HeaderJson(Key(service).Id(service)); }
  static std::string GoodClaims(const std::string& service = "org_svc", const Caller& caller = StaffCaller(42, 7)) {
    return ClaimsJson({caller, service, kSeconds, kSeconds, kSeconds + 900, "id"});
  }
  // GoodClaims with one piece of text replaced.
  static std::string Claims(const std::string& from, const std::string& to) {
    const std::string good = GoodClaims();
    const std::string bad = absl::StrReplaceAll(good, {{from, to}});
    EXPECT_NE(good, bad) << from;
    return bad;
  }

  void ExpectInvalid(const std::string& name, const std::string& token) {
    for (int time = 0; time < 2; ++time) {  // a refused token is not remembered as a good one
      const absl::Status status = verifier_->Verify(token, kNow).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << name;
      EXPECT_EQ(errors::ReasonOf(status), type::REASON_TOKEN_INVALID) << name;
    }
  }

  KeyFolder keys_;
  std::unique_ptr<TokenVerifier> verifier_ = *TokenVerifier::Load(keys_.path());
};

TEST_F(TokenAttacksTest, TheForgerItselfForgesGoodTokens) {
  EXPECT_TRUE(verifier_->Verify(Forge(Header(), GoodClaims()), kNow).ok());
}

TEST_F(TokenAttacksTest, Headers) {
  const std::string kid = Key("org_svc").Id("org_svc");
  const std::string others_kid = Key("volunteer_svc").Id("volunteer_svc");
  const auto header = [&](const std::string& json) { return absl::StrReplaceAll(json, {{"KID", kid}}); };
  const std::pair<const char*, std::string> headers[] = {
      {"alg none", header(R"({"alg":"none","typ":"JWT","kid":"KID"})")},
      {"alg HS256", header(R"({"alg":"HS256","typ":"JWT","kid":"KID"})")},
      {"alg in lower case", header(R"({"alg":"es256","typ":"JWT","kid":"KID"})")},
      {"alg missing", header(R"({"typ":"JWT","kid":"KID"})")},
      {"alg twice", header(R"({"alg":"none","alg":"ES256","typ":"JWT","kid":"KID"})")},
      {"kid missing", R"({"alg":"ES256","typ":"JWT"})"},
      {"kid empty", R"({"alg":"ES256","typ":"JWT","kid":""})"},
      {"kid unknown", R"({"alg":"ES256","typ":"JWT","kid":"org_svc-AAAAAAAAAAAA"})"},
      {"kid of another key", R"({"alg":"ES256","typ":"JWT","kid":")" + others_kid + "\"}"},
      {"kid without its thumbprint", R"({"alg":"ES256","typ":"JWT","kid":"org_svc"})"},
      {"kid is a path", R"({"alg":"ES256","typ":"JWT","kid":"../../../../dev/null"})"},
      {"kid is SQL", R"({"alg":"ES256","typ":"JWT","kid":"x' UNION SELECT 'key"})"},
      {"kid is a command", R"({"alg":"ES256","typ":"JWT","kid":"|id"})"},
      {"kid with a NUL", header(R"({"alg":"ES256","typ":"JWT","kid":"KID\u0000x"})")},
      {"kid twice", header(R"({"alg":"ES256","typ":"JWT","kid":"KID","kid":"KID"})")},
      {"jku", header(R"({"alg":"ES256","typ":"JWT","kid":"KID","jku":"https://example.com/jwks.json"})")},
      {"jwk", header(R"({"alg":"ES256","typ":"JWT","kid":"KID","jwk":{"kty":"EC"}})")},
      {"x5u", header(R"({"alg":"ES256","typ":"JWT","kid":"KID","x5u":"https://example.com/cert.pem"})")},
      {"x5c", header(R"({"alg":"ES256","typ":"JWT","kid":"KID","x5c":["MIIB"]})")},
      {"crit", header(R"({"alg":"ES256","typ":"JWT","kid":"KID","crit":["b64"],"b64":false})")},
      {"encrypted inside", header(R"({"alg":"ES256","typ":"JWT","kid":"KID","cty":"JWE"})")},
      {"another typ", header(R"({"alg":"ES256","typ":"refresh","kid":"KID"})")},
      {"no JSON", "ES256"},
      {"empty", ""},
  };
  for (const auto& [name, json] : headers) ExpectInvalid(name, Forge(json, GoodClaims()));
}

TEST_F(TokenAttacksTest, ClaimsWithAGoodSignature) {
  const std::pair<const char*, std::string> claims[] = {
      {"another audience", Claims("\"aud\":\"wenming\"", "\"aud\":\"somebody\"")},
      {"several audiences", Claims("\"aud\":\"wenming\"", R"("aud":["wenming","somebody"])")},
      {"no audience", Claims("\"aud\":\"wenming\",", "")},
      {"foreign issuer", Claims("wenming/org_svc", "somebody/org_svc")},
      {"issuer is another service", Claims("wenming/org_svc", "wenming/volunteer_svc")},
      {"unknown service", Claims("wenming/org_svc", "wenming/nobody")},
      {"no expiry", Claims(",\"exp\":1780000900", "")},
      {"expiry as text", Claims("1780000900", "\"1780000900\"")},
      {"expiry as a fraction", Claims("1780000900", "1780000900.5")},
      {"expiry beyond time", Claims("1780000900", "99999999999999999999")},
      {"negative expiry", Claims("1780000900", "-1780000900")},
      {"no start", Claims(",\"nbf\":1780000000", "")},
      {"start in the future", Claims("\"nbf\":1780000000", "\"nbf\":1780000061")},
      {"subject twice", Claims("\"jti\"", "\"sub\":\"services/org_svc\",\"jti\"")},
      {"subject twice, spelt differently", Claims("\"jti\"", "\"\\u0073ub\":\"services/org_svc\",\"jti\"")},
      {"no subject", Claims("\"sub\":", "\"bus\":")},
      {"subject in lower case", GoodClaims("org_svc", {CallerKind::kStaff, 42, 7, "staff/000000000001a", 43})},
      {"subject of another collection", GoodClaims("org_svc", {CallerKind::kStaff, 42, 7, "units/000000000001A", 43})},
      {"volunteer by org_svc", GoodClaims("org_svc", VolunteerCaller(42, 7))},
      {"another service by org_svc", GoodClaims("org_svc", ServiceCaller("activity_svc"))},
      {"anybody", GoodClaims("org_svc", Caller())},
      {"center as a number", Claims("\"ctr\":\"7\"", "\"ctr\":7")},
      {"nested claim", Claims("\"jti\"", "\"x\":{\"y\":1},\"jti\"")},
      {"deeply nested claim",
       Claims("\"jti\"", "\"x\":" + std::string(1000, '[') + std::string(1000, ']') + ",\"jti\"")},
      {"list", "[" + GoodClaims() + "]"},
      {"two objects", GoodClaims() + GoodClaims()},
      {"cut short", GoodClaims().substr(0, 40)},
      {"no UTF-8", Claims("\"jti\":\"id\"", "\"jti\":\"\xff\"")},
      {"empty object", "{}"},
      {"nothing", ""},
  };
  for (const auto& [name, json] : claims) ExpectInvalid(name, Forge(Header(), json));
}

TEST_F(TokenAttacksTest, AKeyVouchesForItsOwnPeopleOnly) {
  // Each token says about itself that the one who may has issued it.
  ExpectInvalid("staff by volunteer_svc",
                Forge(Header("volunteer_svc"), GoodClaims("org_svc", StaffCaller(42, 7)), "volunteer_svc"));
  ExpectInvalid("staff by activity_svc",
                Forge(Header("activity_svc"), GoodClaims("activity_svc", StaffCaller(42, 7)), "activity_svc"));
  ExpectInvalid("volunteer by activity_svc",
                Forge(Header("activity_svc"), GoodClaims("volunteer_svc", VolunteerCaller(42, 7)), "activity_svc"));
  ExpectInvalid("org_svc by activity_svc",
                Forge(Header("activity_svc"), GoodClaims("org_svc", ServiceCaller("org_svc")), "activity_svc"));
}

TEST_F(TokenAttacksTest, Signatures) {
  const std::string message = Base64Url(Header()) + "." + Base64Url(GoodClaims());
  const std::string good = *Key("org_svc").Sign(message);
  const std::string public_pem = keys_.Read("org_svc.verify.pem");
  const std::string hs256 =
      Base64Url(absl::StrReplaceAll(Header(), {{"ES256", "HS256"}})) + "." + Base64Url(GoodClaims());
  const std::string none =
      Base64Url(absl::StrReplaceAll(Header(), {{"ES256", "none"}})) + "." + Base64Url(GoodClaims());
  const std::string altered = Base64Url(Header()) + "." + Base64Url(Claims("\"ctr\":\"7\"", "\"ctr\":\"8\""));
  const std::pair<const char*, std::string> tokens[] = {
      {"none", message + "."},
      {"alg none without one", none + "."},
      {"alg none and two parts", none},
      {"HMAC with the public key", hs256 + "." + Base64Url(crypto::HmacSha256(public_pem, hs256))},
      {"HMAC with the public key as ES256", message + "." + Base64Url(crypto::HmacSha256(public_pem, message))},
      {"another key", message + "." + Base64Url(*Key("volunteer_svc").Sign(message))},
      {"of other claims", altered + "." + Base64Url(good)},
      {"all zero", message + "." + Base64Url(std::string(64, '\0'))},
      {"all ones", message + "." + Base64Url(std::string(64, '\xff'))},
      {"halves exchanged", message + "." + Base64Url(good.substr(32) + good.substr(0, 32))},
      {"a byte short", message + "." + Base64Url(good.substr(0, 63))},
      {"a byte long", message + "." + Base64Url(good + '\0')},
      {"padded base64", message + "." + Base64Url(good) + "=="},
  };
  for (const auto& [name, token] : tokens) ExpectInvalid(name, token);
}

TEST_F(TokenAttacksTest, Shapes) {
  const std::string good = Forge(Header(), GoodClaims());
  const std::pair<const char*, std::string> tokens[] = {
      {"empty", ""},
      {"a dot", "."},
      {"two dots", ".."},
      {"three dots", "..."},
      {"no dots", "token"},
      {"four parts", good + ".e30"},
      {"five parts, as encrypted tokens have", "a.b.c.d.e"},
      {"scheme in front", "Bearer " + good},
      {"space behind", good + " "},
      {"line break inside", good.substr(0, 10) + "\n" + good.substr(10)},
      {"NUL behind", good + '\0'},
      {"two tokens", good + "," + good},
      {"standard base64", absl::StrReplaceAll(good, {{"_", "/"}, {"-", "+"}}) + "+"},
      {"JSON form", "{\"payload\":\"" + good + "\"}"},
      {"just too large", Forge(Header(), Claims("\"jti\":\"id\"", "\"jti\":\"" + std::string(3000, 'x') + "\""))},
      {"1 MB", good + std::string(1 << 20, 'A')},
      {"1 MB of dots", std::string(1 << 20, '.')},
      {"1 MB of claims", Forge(Header(), Claims("\"jti\":\"id\"", "\"jti\":\"" + std::string(1 << 20, 'x') + "\""))},
  };
  for (const auto& [name, token] : tokens) ExpectInvalid(name, token);
}

TEST_F(TokenAttacksTest, EveryBitCounts) {
  const std::string good = Forge(Header(), GoodClaims());
  ASSERT_TRUE(verifier_->Verify(good, kNow).ok());
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string altered = good;
    altered[bit / 8] = static_cast<char>(altered[bit / 8] ^ (1 << bit % 8));
    ASSERT_EQ(errors::ReasonOf(verifier_->Verify(altered, kNow).status()), type::REASON_TOKEN_INVALID) << "bit " << bit;
  }
  for (size_t size = 0; size < good.size(); ++size) {
    ASSERT_FALSE(verifier_->Verify(good.substr(0, size), kNow).ok()) << size << " characters";
  }
}

TEST_F(TokenAttacksTest, AnExpiredTokenWithABadSignatureIsInvalidAndNotExpired) {
  std::string token = Forge(Header(), Claims("1780000900", "1770000000"));
  EXPECT_EQ(errors::ReasonOf(verifier_->Verify(token, kNow).status()), type::REASON_TOKEN_EXPIRED);
  token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
  ExpectInvalid("expired and altered", token);
}

}  // namespace
}  // namespace wenming::auth
