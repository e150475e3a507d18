#include "org_svc/keys/keys_service.h"

#include <gtest/gtest.h>

#include "common/auth/token_signer.h"
#include "google/protobuf/util/json_util.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::org {
namespace {

TEST(KeysService, PublishesAJsonWebKeySetWithTheKeysOfARotation) {
  auth::KeyFolder keys({"org_svc"});
  const auto verifier = *auth::TokenVerifier::Load(keys.path());
  KeysService service(*verifier);
  const auto one = service.GetJwks({}, {});
  ASSERT_EQ(one->keys_size(), 1);
  const v1::Jwk& key = one->keys(0);
  EXPECT_EQ(key.kid(), auth::TokenSigner::Load(keys.path(), "org_svc")->key_id());
  EXPECT_EQ(key.x().size(), 43u);
  EXPECT_EQ(key.y().size(), 43u);
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(*one, &json).ok());
  EXPECT_EQ(json, R"({"keys":[{"kty":"EC","crv":"P-256","kid":")" + key.kid() + R"(","alg":"ES256","use":"sig","x":")" +
                      key.x() + R"(","y":")" + key.y() + R"("}]})");
  keys.AddSigningKey("org_svc", "2");
  ASSERT_TRUE(*verifier->Reload());
  EXPECT_EQ(service.GetJwks({}, {})->keys_size(), 2);
}

}  // namespace
}  // namespace wenming::org
