#include "activity_svc/station_packs/station_pass.h"

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/crypto/ed25519.h"
#include "common/errors/errors.h"
#include "google/protobuf/util/json_util.h"

namespace wenming::activity {
namespace {

constexpr std::string_view kHeader = R"({"alg":"EdDSA","typ":"station-pass"})";

}  // namespace

absl::StatusOr<std::string> PassSigner::Sign(const v1::StationPass& pass) const {
  std::string json;
  if (const auto written = google::protobuf::util::MessageToJsonString(pass, &json); !written.ok()) {
    return errors::Internal();
  }
  const std::string text = absl::StrCat(crypto::Base64Url(kHeader), ".", crypto::Base64Url(json));
  const auto signature = crypto::Ed25519Sign(seed_, text);
  if (!signature.ok()) return signature.status();
  return absl::StrCat(text, ".", crypto::Base64Url(*signature));
}

absl::StatusOr<std::string> PassSigner::PublicKey() const { return crypto::Ed25519PublicKey(seed_); }

absl::StatusOr<v1::StationPass> PassSigner::Open(std::string_view pass) const {
  const absl::Status invalid = errors::FailedPrecondition(type::REASON_PACK_INVALID);
  const auto key = PublicKey();
  if (!key.ok()) return key.status();
  const size_t end = pass.rfind('.');
  const std::string header = crypto::Base64Url(kHeader) + ".";
  if (end == std::string_view::npos || end < header.size() || !pass.starts_with(header)) return invalid;
  const auto signature = crypto::FromBase64Url(pass.substr(end + 1));
  if (!signature || !crypto::Ed25519Verify(*key, pass.substr(0, end), *signature)) return invalid;
  const auto json = crypto::FromBase64Url(pass.substr(header.size(), end - header.size()));
  v1::StationPass opened;
  if (!json || !google::protobuf::util::JsonStringToMessage(*json, &opened).ok()) return invalid;
  return opened;
}

}  // namespace wenming::activity
