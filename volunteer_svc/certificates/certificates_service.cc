#include "volunteer_svc/certificates/certificates_service.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/certificates/verification_page.h"
#include "volunteer_svc/volunteers/id_documents.h"
#include "volunteer_svc/volunteers/reveals.h"
#include "volunteer_svc/volunteers/volunteer_access.h"

namespace wenming::volunteer {
namespace {

constexpr char kRead[] = "volunteers.read";

absl::StatusOr<uint64_t> IdOf(std::string_view collection, const std::string& name) {
  const auto id = ids::ParseName(collection, name);
  if (!id) return errors::NotFound(name);
  return *id;
}

// One answer for every code that is not genuine, so that nothing is learnt from trying.
absl::Status NotGenuine() { return errors::NotFound("certificates"); }

absl::StatusOr<google::api::HttpBody> Body(const char* content_type, absl::StatusOr<std::string> data) {
  if (!data.ok()) return data.status();
  google::api::HttpBody body;
  body.set_content_type(content_type);
  body.set_data(*std::move(data));
  return body;
}

}  // namespace

CertificatesService::CertificatesService(const Dependencies& dependencies, CertificateKeys keys,
                                         const CertificatePrinter& printer)
    : dependencies_(dependencies),
      keys_(std::move(keys)),
      printer_(printer),
      issuing_(dependencies, keys_),
      store_(dependencies.cipher),
      volunteers_(PersonSeal(dependencies.cipher, dependencies.blind_index)) {}

rpc::Service CertificatesService::Bind() {
  return rpc::Service("wenming.volunteer.v1.CertificatesService")
      .Unary("CreateCertificate", rpc::kPooled, this, &CertificatesService::CreateCertificate)
      .Unary("GetCertificate", rpc::kPooled, this, &CertificatesService::GetCertificate)
      .Unary("ListCertificates", rpc::kPooled, this, &CertificatesService::ListCertificates)
      .Unary("RevokeCertificate", rpc::kPooled, this, &CertificatesService::RevokeCertificate)
      .Unary("VerifyCertificate", rpc::kPooled, this, &CertificatesService::VerifyCertificate)
      .Unary("ShowVerification", rpc::kPooled, this, &CertificatesService::ShowVerification)
      .Unary("PrintCertificate", rpc::kPooled, this, &CertificatesService::PrintCertificate)
      .Unary("SignCertificate", rpc::kPooled, this, &CertificatesService::SignCertificate)
      .Unary("GetCertificateKeys", rpc::kPooled, this, &CertificatesService::GetCertificateKeys)
      .Unary("BatchCreateCertificates", rpc::kPooled, this, &CertificatesService::BatchCreateCertificates)
      .Unary("PrintCertificateBatch", rpc::kPooled, this, &CertificatesService::PrintCertificateBatch);
}

absl::StatusOr<v1::Certificate> CertificatesService::CreateCertificate(const rpc::Call& call,
                                                                       const v1::CreateCertificateRequest& request) {
  const auto volunteer_id = IdOf("volunteers", request.parent());
  if (!volunteer_id.ok()) return volunteer_id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return dependencies_.trail.Run(
      call, request, !request.request_id().empty(),
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Certificate> {
        const absl::Status allowed = AuthoriseFor(call, transaction, *volunteer_id, "certificates.issue");
        if (!allowed.ok()) return allowed;
        // What is kept for a repeated request names the certificate only: an answer holds a name in clear.
        const auto issued = idempotency::Run<v1::GetCertificateRequest>(
            transaction, scope, request, call.now, [&]() -> absl::StatusOr<v1::GetCertificateRequest> {
              const auto center = issuing_.ReadCenter(transaction, call);
              if (!center.ok()) return center.status();
              auto record = issuing_.Prepare(transaction, call, *center, request, *volunteer_id);
              if (!record.ok()) return record.status();
              if (absl::Status done = issuing_.Issue(transaction, call, *center, *record); !done.ok()) return done;
              v1::GetCertificateRequest name;
              name.set_name(ids::ResourceName("certificates", record->id));
              return name;
            });
        if (!issued.ok()) return issued.status();
        const auto record = Load(transaction, call, issued->name(), "certificates.issue");
        if (!record.ok()) return record.status();
        return Show(transaction, call, *record);
      });
}

absl::StatusOr<v1::Certificate> CertificatesService::GetCertificate(const rpc::Call& call,
                                                                    const v1::GetCertificateRequest& request) {
  return db::Read(dependencies_.db, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::Certificate> {
    const auto record = Load(session, call, request.name(), kRead);
    if (!record.ok()) return record.status();
    return Show(session, call, *record);
  });
}

absl::StatusOr<v1::ListCertificatesResponse> CertificatesService::ListCertificates(
    const rpc::Call& call, const v1::ListCertificatesRequest& request) {
  const auto volunteer_id = IdOf("volunteers", request.parent());
  if (!volunteer_id.ok()) return volunteer_id.status();
  const auto position = dependencies_.pager.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t before = position->empty() ? 0 : std::get<uint64_t>(position->front().data());
  const size_t size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  auto records = db::Read(
      dependencies_.db, call.deadline, [&](db::Session& session) -> absl::StatusOr<std::vector<CertificateRecord>> {
        if (absl::Status allowed = AuthoriseFor(call, session, *volunteer_id, kRead); !allowed.ok()) return allowed;
        return store_.List(session, call.center_id, *volunteer_id, before, static_cast<int>(size) + 1);
      });
  if (!records.ok()) return records.status();
  v1::ListCertificatesResponse response;
  if (records->size() > size) {
    records->resize(size);
    response.set_next_page_token(dependencies_.pager.Token(request, {records->back().id}));
  }
  for (const CertificateRecord& record : *records) {
    *response.add_certificates() = ToProto(record, ShownName::kMasked);
  }
  return response;
}

absl::StatusOr<v1::Certificate> CertificatesService::RevokeCertificate(const rpc::Call& call,
                                                                       const v1::RevokeCertificateRequest& request) {
  return dependencies_.trail.Run(
      call, request, /*repeatable=*/false, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Certificate> {
        auto record = Load(transaction, call, request.name(), "certificates.revoke");
        if (!record.ok()) return record.status();
        const std::string reason = ReasonForTheLog(request.reason());
        const auto revoked =
            CertificatesStore::Revoke(transaction, call.center_id, record->id,
                                      {.reason = reason, .actor = call.caller.subject, .time = call.now});
        if (!revoked.ok()) return revoked.status();
        call.Note("reason", reason);
        if (!*revoked) return CheckIssued(v1::Certificate::STATE_REVOKED);
        record->state = v1::Certificate::STATE_REVOKED;
        return Show(transaction, call, *record);
      });
}

absl::StatusOr<v1::VerifyCertificateResponse> CertificatesService::VerifyCertificate(
    const rpc::Call& call, const v1::VerifyCertificateRequest& request) {
  return Verify(call, request.code());
}

absl::StatusOr<google::api::HttpBody> CertificatesService::ShowVerification(
    const rpc::Call& call, const v1::ShowVerificationRequest& request) {
  const auto verified = Verify(call, request.code());
  if (!verified.ok() && !absl::IsNotFound(verified.status())) return verified.status();
  return Body("text/html; charset=utf-8", VerificationPage(verified.ok() ? std::optional(*verified) : std::nullopt));
}

absl::StatusOr<v1::VerifyCertificateResponse> CertificatesService::Verify(const rpc::Call& call,
                                                                          const std::string& given) const {
  const std::string code = absl::AsciiStrToUpper(given);
  const auto center_id = CenterOfCode(code);
  if (!center_id) return NotGenuine();
  const auto record = db::Read(dependencies_.db, call.deadline,
                               [&](db::Session& session) { return store_.FindByCode(session, *center_id, code); });
  if (!record.ok()) return record.status();
  if (!record->has_value()) return NotGenuine();
  return ToPublic(**record);
}

absl::StatusOr<google::api::HttpBody> CertificatesService::PrintCertificate(
    const rpc::Call& call, const v1::PrintCertificateRequest& request) {
  bool own = false;
  const auto statement =
      db::Read(dependencies_.db, call.deadline, [&](db::Session& session) -> absl::StatusOr<std::string> {
        const auto record = Load(session, call, request.name(), "certificates.issue");
        if (!record.ok()) return record.status();
        own = call.IsVolunteer(record->volunteer_id);
        if (!own) {
          const auto adult = IsAdult(session, call, record->volunteer_id);
          if (!adult.ok()) return adult.status();
          if (!*adult) return errors::PermissionDenied(type::REASON_NOT_YOURS);
        }
        return StatementOf(session, *record, request.name());
      });
  if (!statement.ok()) return statement.status();
  auto pdf = printer_.Print({&*statement, 1}, own ? CertificatePrinter::Kind::kOwn : CertificatePrinter::Kind::kCopies,
                            call.deadline);
  return Body("application/pdf", std::move(pdf));
}

absl::StatusOr<google::api::HttpBody> CertificatesService::SignCertificate(const rpc::Call& call,
                                                                           const v1::SignCertificateRequest& request) {
  auto statement = db::Read(dependencies_.db, call.deadline, [&](db::Session& session) -> absl::StatusOr<std::string> {
    const auto record = Load(session, call, request.name(), kRead);
    if (!record.ok()) return record.status();
    if (!call.IsVolunteer(record->volunteer_id)) return errors::PermissionDenied(type::REASON_NOT_YOURS);
    return StatementOf(session, *record, request.name());
  });
  return Body("application/jose", std::move(statement));
}

absl::StatusOr<v1::CertificateKeys> CertificatesService::GetCertificateKeys(const rpc::Call&,
                                                                            const v1::GetCertificateKeysRequest&) {
  const auto keys = keys_.Public();
  if (!keys.ok()) return keys.status();
  v1::CertificateKeys response;
  for (const v1::CertificateKey& key : *keys) *response.add_keys() = key;
  return response;
}

absl::StatusOr<std::string> CertificatesService::StatementOf(db::Session& session, const CertificateRecord& record,
                                                             const std::string& name) const {
  if (absl::Status issued = CheckIssued(record.state); !issued.ok()) return issued;
  const auto statement = store_.FindStatement(session, record.center_id, record.id);
  if (!statement.ok()) return statement.status();
  if (!statement->has_value()) return errors::NotFound(name);
  return **statement;
}

absl::StatusOr<bool> CertificatesService::IsAdult(db::Session& session, const rpc::Call& call,
                                                  uint64_t volunteer_id) const {
  const auto volunteer = volunteers_.Find(session, call.center_id, volunteer_id);
  if (!volunteer.ok()) return volunteer.status();
  return volunteer->has_value() && (*volunteer)->state != v1::Volunteer::STATE_ERASED &&
         !IsMinor((*volunteer)->person.birth_date, DayInChina(call.now));
}

absl::StatusOr<v1::Certificate> CertificatesService::Show(db::Session& session, const rpc::Call& call,
                                                          const CertificateRecord& record) const {
  const auto adult = IsAdult(session, call, record.volunteer_id);
  if (!adult.ok()) return adult.status();
  return ToProto(record, *adult ? ShownName::kInFull : ShownName::kMasked);
}

absl::StatusOr<CertificateRecord> CertificatesService::Load(db::Session& session, const rpc::Call& call,
                                                            const std::string& name,
                                                            std::string_view permission) const {
  const auto id = IdOf("certificates", name);
  if (!id.ok()) return id.status();
  auto record = store_.Find(session, call.center_id, *id);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return errors::NotFound(name);
  const absl::Status allowed = AuthoriseFor(call, session, (*record)->volunteer_id, permission);
  if (!allowed.ok()) return allowed;
  return **std::move(record);
}

}  // namespace wenming::volunteer
