#include "activity_svc/names.h"

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {

absl::StatusOr<uint64_t> ParseId(std::string_view collection, std::string_view field, std::string_view name) {
  if (const auto id = ids::ParseName(collection, name)) return *id;
  return errors::InvalidField(field, type::REASON_BAD_RESOURCE_NAME, {{"collection", std::string(collection)}});
}

absl::StatusOr<uint64_t> ParseOptionalId(std::string_view collection, std::string_view field, std::string_view name) {
  if (name.empty()) return uint64_t{0};
  return ParseId(collection, field, name);
}

std::string OptionalName(std::string_view collection, uint64_t id) {
  return id == 0 ? std::string() : ids::ResourceName(collection, id);
}

absl::StatusOr<auth::DirectoryUnit> FindUnit(const rpc::Call& call, std::string_view field, std::string_view name) {
  const auto id = ParseId("units", field, name);
  if (!id.ok()) return id.status();
  if (call.directory == nullptr) return errors::Unavailable(type::REASON_DIRECTORY_UNAVAILABLE, absl::Seconds(1));
  auto unit = call.directory->FindUnit(*id);
  if (unit && !unit->deleted) return *std::move(unit);
  if (!call.directory->Ready(call.arrival)) {
    return errors::Unavailable(type::REASON_DIRECTORY_UNAVAILABLE, absl::Seconds(1));
  }
  return errors::NotFound(name);
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  const int64_t seconds = absl::ToUnixSeconds(time);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>((micros - seconds * 1'000'000) * 1000));
  return timestamp;
}

absl::Time FromProto(const google::protobuf::Timestamp& timestamp) {
  // What the database keeps: whole microseconds.
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Microseconds(timestamp.nanos() / 1000);
}

std::string Etag(int64_t version) { return absl::StrCat("v", version); }

absl::Status CheckEtag(std::string_view etag, int64_t version) {
  if (etag.empty() || etag == Etag(version)) return absl::OkStatus();
  return errors::Aborted(type::REASON_ETAG_MISMATCH);
}

}  // namespace wenming::activity
