#include "volunteer_svc/certificates/certificates_service.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/counters.h"
#include "volunteer_svc/hours/hours_store.h"
#include "volunteer_svc/volunteers/texts.h"
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

}  // namespace

CertificatesService::CertificatesService(const Dependencies& dependencies)
    : dependencies_(dependencies),
      store_(dependencies.cipher),
      volunteers_(PersonSeal(dependencies.cipher, dependencies.blind_index)) {}

rpc::Service CertificatesService::Bind() {
  return rpc::Service("wenming.volunteer.v1.CertificatesService")
      .Unary("CreateCertificate", rpc::kPooled, this, &CertificatesService::CreateCertificate)
      .Unary("GetCertificate", rpc::kPooled, this, &CertificatesService::GetCertificate)
      .Unary("ListCertificates", rpc::kPooled, this, &CertificatesService::ListCertificates)
      .Unary("RevokeCertificate", rpc::kPooled, this, &CertificatesService::RevokeCertificate)
      .Unary("VerifyCertificate", rpc::kPooled, this, &CertificatesService::VerifyCertificate);
}

absl::StatusOr<v1::Certificate> CertificatesService::CreateCertificate(const rpc::Call& call,
                                                                       const v1::CreateCertificateRequest& request) {
  const auto volunteer_id = IdOf("volunteers", request.parent());
  if (!volunteer_id.ok()) return volunteer_id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  const db::TransactionOptions options{.deadline = call.deadline, .repeatable = !request.request_id().empty()};
  return db::RunTransaction(
      dependencies_.db, options, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Certificate> {
        const absl::Status allowed = AuthoriseFor(call, transaction, *volunteer_id, "certificates.issue");
        if (!allowed.ok()) return allowed;
        // What is kept for a repeated request names the certificate only: an answer holds a name in clear.
        const auto issued = idempotency::Run<v1::GetCertificateRequest>(
            transaction, scope, request, call.now, [&]() -> absl::StatusOr<v1::GetCertificateRequest> {
              const auto record = Issue(transaction, call, request, *volunteer_id);
              if (!record.ok()) return record.status();
              v1::GetCertificateRequest name;
              name.set_name(ids::ResourceName("certificates", record->id));
              return name;
            });
        if (!issued.ok()) return issued.status();
        const auto record = Load(transaction, call, issued->name(), "certificates.issue");
        if (!record.ok()) return record.status();
        return ToProto(*record);
      });
}

absl::StatusOr<v1::Certificate> CertificatesService::GetCertificate(const rpc::Call& call,
                                                                    const v1::GetCertificateRequest& request) {
  const auto record = db::Read(dependencies_.db, call.deadline,
                               [&](db::Session& session) { return Load(session, call, request.name(), kRead); });
  if (!record.ok()) return record.status();
  return ToProto(*record);
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
  for (const CertificateRecord& record : *records) *response.add_certificates() = ToProto(record);
  return response;
}

absl::StatusOr<v1::Certificate> CertificatesService::RevokeCertificate(const rpc::Call& call,
                                                                       const v1::RevokeCertificateRequest& request) {
  return db::RunTransaction(
      dependencies_.db, {.deadline = call.deadline},
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Certificate> {
        auto record = Load(transaction, call, request.name(), "certificates.revoke");
        if (!record.ok()) return record.status();
        const auto revoked = CertificatesStore::Revoke(
            transaction, call.center_id, record->id,
            {.reason = Trimmed(request.reason()), .actor = call.caller.subject, .time = call.now});
        if (!revoked.ok()) return revoked.status();
        if (!*revoked) return CheckIssued(v1::Certificate::STATE_REVOKED);
        record->state = v1::Certificate::STATE_REVOKED;
        return ToProto(*record);
      });
}

absl::StatusOr<v1::VerifyCertificateResponse> CertificatesService::VerifyCertificate(
    const rpc::Call& call, const v1::VerifyCertificateRequest& request) {
  const std::string code = absl::AsciiStrToUpper(request.code());
  const auto center_id = CenterOfCode(code);
  if (!center_id) return NotGenuine();
  const auto record = db::Read(dependencies_.db, call.deadline,
                               [&](db::Session& session) { return store_.FindByCode(session, *center_id, code); });
  if (!record.ok()) return record.status();
  if (!record->has_value()) return NotGenuine();
  return ToPublic(**record);
}

absl::StatusOr<CertificateRecord> CertificatesService::Issue(db::Transaction& transaction, const rpc::Call& call,
                                                             const v1::CreateCertificateRequest& request,
                                                             uint64_t volunteer_id) const {
  const auto center = dependencies_.directory.FindUnit(call.center_id);
  if (!center) return errors::Unavailable(type::REASON_DIRECTORY_UNAVAILABLE, absl::Seconds(1));
  const auto volunteer = volunteers_.Find(transaction, call.center_id, volunteer_id);
  if (!volunteer.ok()) return volunteer.status();
  const auto account = HoursStore::LockAccount(transaction, call.center_id, volunteer_id);
  if (!account.ok()) return account.status();
  if (!volunteer->has_value() || !account->has_value()) return errors::NotFound(request.parent());

  const absl::CivilDay today = DayInChina(call.now);
  const auto first = HoursStore::FirstStart(transaction, call.center_id, volunteer_id);
  if (!first.ok()) return first.status();
  const auto period = PeriodOf(request, first->has_value() ? DayInChina(**first) : today, today);
  if (!period.ok()) return period.status();
  auto titles = HoursStore::MinutesByTitle(transaction, call.center_id, volunteer_id, StartInChina(period->start),
                                           StartInChina(period->end + 1));
  if (!titles.ok()) return titles.status();
  const auto levels = HoursStore::StarLevels(transaction, call.center_id);
  if (!levels.ok()) return levels.status();

  CertificateRecord record;
  for (const TitleMinutes& title : *titles) record.minutes += title.minutes;
  if (record.minutes <= 0) return errors::FailedPrecondition(type::REASON_NOTHING_TO_CERTIFY);
  const absl::CivilYear year(today);
  const auto running_number = TakeNumber(transaction, call.center_id, absl::StrCat("certificates/", year.year()));
  if (!running_number.ok()) return running_number.status();
  record.center_id = call.center_id;
  record.id = dependencies_.ids.Next();
  record.volunteer_id = volunteer_id;
  record.serial = SerialOf(center->code, year, *running_number);
  record.volunteer_number = (*volunteer)->number;
  record.display_name = (*volunteer)->person.display_name;
  record.id_type = (*volunteer)->person.id_type;
  record.id_number = (*volunteer)->person.id_number;
  record.start_date = period->start;
  record.end_date = period->end;
  record.star = StarOf(*levels, (*account)->balance_minutes);
  record.activities = *std::move(titles);
  record.ledger_sequence = (*account)->sequence;
  record.ledger_hash = (*account)->head_hash;
  // The center keeps the ledger and answers for it; a station's name would also say where somebody lives.
  record.issuer_unit_id = center->id;
  record.issuer_name = center->display_name;
  record.issued_by = call.caller.subject;
  record.issue_time = call.now;
  record.code = CodeOf(call.center_id, dependencies_.random(kCodeRandomBytes));
  if (absl::Status stored = store_.Insert(transaction, record); !stored.ok()) return stored;
  return record;
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
