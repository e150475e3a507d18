#include "volunteer_svc/certificates/certificate_issuers_service.h"

#include <string>
#include <string_view>
#include <utility>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "common/rpc/validate.h"
#include "volunteer_svc/certificates/certificate_issuers_store.h"
#include "volunteer_svc/volunteers/texts.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"

namespace wenming::volunteer {
namespace {

constexpr std::string_view kSuffix = "/certificateIssuer";

// The unit that "units/ID/certificateIssuer" names, of the caller's center.
absl::StatusOr<auth::DirectoryUnit> UnitOf(const rpc::Call& call, const Dependencies& with, const std::string& name) {
  if (name.ends_with(kSuffix)) {
    const auto id = ids::ParseName("units", name.substr(0, name.size() - kSuffix.size()));
    const auto unit = id ? with.directory.FindUnit(*id) : std::nullopt;
    if (unit && !unit->deleted && unit->center_id == call.center_id) return *unit;
  }
  return errors::NotFound(name);
}

v1::CertificateIssuer ToProto(uint64_t center_id, const CertificateIssuer& issuer) {
  v1::CertificateIssuer proto;
  proto.set_name(ids::ResourceName("units", center_id) + std::string(kSuffix));
  proto.set_responsible_person(issuer.responsible_person);
  proto.set_handler(issuer.handler);
  proto.set_contact(issuer.contact);
  proto.set_etag(EtagOf(issuer.version));
  return proto;
}

}  // namespace

rpc::Service CertificateIssuersService::Bind() {
  return rpc::Service("wenming.volunteer.v1.CertificateIssuersService")
      .Unary("GetCertificateIssuer", rpc::kPooled, this, &CertificateIssuersService::GetCertificateIssuer)
      .Unary("UpdateCertificateIssuer", rpc::kPooled, this, &CertificateIssuersService::UpdateCertificateIssuer);
}

absl::StatusOr<v1::CertificateIssuer> CertificateIssuersService::GetCertificateIssuer(
    const rpc::Call& call, const v1::GetCertificateIssuerRequest& request) {
  const auto unit = UnitOf(call, with_, request.name());
  if (!unit.ok()) return unit.status();
  if (absl::Status allowed = call.Authorise("volunteers.read", unit->id); !allowed.ok()) return allowed;
  const auto issuer =
      db::Read(with_.db, call.deadline, [&](db::Session& session) { return LoadIssuer(session, unit->center_id); });
  if (!issuer.ok()) return issuer.status();
  return ToProto(unit->center_id, *issuer);
}

absl::StatusOr<v1::CertificateIssuer> CertificateIssuersService::UpdateCertificateIssuer(
    const rpc::Call& call, const v1::UpdateCertificateIssuerRequest& request) {
  const v1::CertificateIssuer& given = request.certificate_issuer();
  const auto unit = UnitOf(call, with_, given.name());
  if (!unit.ok()) return unit.status();
  // They speak for the whole center, whichever unit was named.
  if (absl::Status allowed = call.Authorise("policies.write", unit->center_id); !allowed.ok()) return allowed;
  const auto fields = rpc::FieldsToUpdate(request.update_mask(), given, {"responsible_person", "handler", "contact"});
  if (!fields.ok()) return fields.status();
  return with_.trail.Run(
      call, request, /*repeatable=*/false, [&](db::Transaction& transaction) -> absl::StatusOr<v1::CertificateIssuer> {
        auto issuer = LoadIssuer(transaction, unit->center_id);
        if (!issuer.ok()) return issuer.status();
        if (!given.etag().empty() && given.etag() != EtagOf(issuer->version)) {
          return errors::Aborted(type::REASON_ETAG_MISMATCH);
        }
        for (const std::string& field : *fields) {
          if (field == "responsible_person") issuer->responsible_person = Trimmed(given.responsible_person());
          if (field == "handler") issuer->handler = Trimmed(given.handler());
          if (field == "contact") issuer->contact = Trimmed(given.contact());
        }
        if (absl::Status saved = SaveIssuer(transaction, unit->center_id, *issuer, call.now); !saved.ok()) return saved;
        ++issuer->version;
        return ToProto(unit->center_id, *issuer);
      });
}

}  // namespace wenming::volunteer
