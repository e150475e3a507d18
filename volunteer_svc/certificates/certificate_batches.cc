// Certificates for many at once: the part of CertificatesService that staff print from.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/ids/ids.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/certificates/certificates_rules.h"
#include "volunteer_svc/certificates/certificates_service.h"
#include "volunteer_svc/memberships/memberships_store.h"
#include "volunteer_svc/volunteers/id_documents.h"
#include "volunteer_svc/volunteers/volunteer_access.h"

namespace wenming::volunteer {
namespace {

constexpr char kIssue[] = "certificates.issue";
constexpr size_t kMost = 500;

// What is asked of each of them.
v1::CreateCertificateRequest One(const v1::BatchCreateCertificatesRequest& request, uint64_t volunteer_id) {
  v1::CreateCertificateRequest one;
  one.set_parent(ids::ResourceName("volunteers", volunteer_id));
  if (request.has_start_date()) *one.mutable_start_date() = request.start_date();
  if (request.has_end_date()) *one.mutable_end_date() = request.end_date();
  return one;
}

absl::Status TooMany() {
  return errors::InvalidField("volunteers", type::REASON_TOO_MANY_ITEMS, {{"max", absl::StrCat(kMost)}});
}

// Whether it is about this volunteer only, and the others get theirs.
bool ConcernsOne(const absl::Status& status) {
  return status.code() == absl::StatusCode::kNotFound || status.code() == absl::StatusCode::kFailedPrecondition ||
         status.code() == absl::StatusCode::kInvalidArgument;
}

void Refuse(const absl::Status& status, errors::Language language, v1::CertificateBatchLine& line) {
  // The period was good for itself: it ends before his first service.
  const type::Reason reason =
      status.code() == absl::StatusCode::kInvalidArgument ? type::REASON_NOTHING_TO_CERTIFY : errors::ReasonOf(status);
  line.set_reason(std::string(absl::StripPrefix(type::Reason_Name(reason), "REASON_")));
  line.set_message(errors::Text(reason, language, {{"name", line.volunteer()}}));
}

}  // namespace

absl::StatusOr<v1::BatchCreateCertificatesResponse> CertificatesService::BatchCreateCertificates(
    const rpc::Call& call, const v1::BatchCreateCertificatesRequest& request) {
  const absl::CivilDay today = DayInChina(call.now);
  if (const auto period = PeriodOf(One(request, 0), absl::CivilDay(1900, 1, 1), today); !period.ok()) {
    return period.status();
  }
  if (request.volunteers_size() > 0 && !request.team().empty()) {
    return errors::InvalidField(
        "team", type::REASON_BAD_FORMAT,
        {{"expected_zh", "选择队伍时不再列出志愿者"}, {"expected_en", "name either a team or volunteers"}});
  }
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return dependencies_.trail.Run(call, request, !request.request_id().empty(), [&](db::Transaction& transaction) {
    return idempotency::Run<v1::BatchCreateCertificatesResponse>(transaction, scope, request, call.now,
                                                                 [&] { return IssueAll(transaction, call, request); });
  });
}

absl::StatusOr<std::vector<uint64_t>> CertificatesService::Wanted(
    db::Session& session, const rpc::Call& call, const v1::BatchCreateCertificatesRequest& request) const {
  std::vector<uint64_t> wanted;
  std::set<uint64_t> seen;
  for (const std::string& name : request.volunteers()) {
    const uint64_t id = ids::ParseName("volunteers", name).value_or(0);
    if (seen.insert(id).second) wanted.push_back(id);
  }
  if (!wanted.empty()) return wanted;
  const uint64_t unit_id = ids::ParseName("units", request.parent()).value_or(0);
  if (!request.team().empty()) return MembersOf(session, call, request.team(), unit_id);
  constexpr int kLimit = static_cast<int>(kMost) + 1;
  const auto all =
      unit_id == call.center_id
          ? volunteers_.ListCenter(session, call.center_id, "", kLimit)
          : volunteers_.ListUnits(session, call.center_id, dependencies_.directory.Subtree(unit_id), "", kLimit);
  if (!all.ok()) return all.status();
  if (all->size() > kMost) return TooMany();
  for (const VolunteerRecord& volunteer : *all) {
    if (volunteer.state != v1::Volunteer::STATE_ERASED) wanted.push_back(volunteer.id);
  }
  return wanted;
}

absl::StatusOr<std::vector<uint64_t>> CertificatesService::MembersOf(db::Session& session, const rpc::Call& call,
                                                                     const std::string& team, uint64_t unit_id) const {
  const uint64_t team_id = ids::ParseName("teams", team).value_or(0);
  std::vector<uint64_t> members;
  for (uint64_t after = 0;;) {
    const auto page = MembershipsStore::ListOfTeam(session, call.center_id, team_id, after, static_cast<int>(kMost));
    if (!page.ok()) return page.status();
    for (const MembershipRecord& member : *page) {
      if (dependencies_.directory.Within(member.unit_id, unit_id)) members.push_back(member.volunteer_id);
    }
    if (members.size() > kMost) return TooMany();
    if (page->size() < kMost) return members;
    after = page->back().id;
  }
}

absl::StatusOr<v1::BatchCreateCertificatesResponse> CertificatesService::IssueAll(
    db::Transaction& transaction, const rpc::Call& call, const v1::BatchCreateCertificatesRequest& request) const {
  const auto wanted = Wanted(transaction, call, request);
  if (!wanted.ok()) return wanted.status();
  const auto center = issuing_.ReadCenter(transaction, call);
  if (!center.ok()) return center.status();
  const uint64_t parent_id = ids::ParseName("units", request.parent()).value_or(0);
  std::map<uint64_t, absl::StatusOr<CertificateRecord>> prepared;
  for (const uint64_t id : std::set<uint64_t>(wanted->begin(), wanted->end())) {
    const auto unit = VolunteersStore::FindUnit(transaction, call.center_id, id);
    if (!unit.ok()) return unit.status();
    auto one = One(request, id);
    const bool here = unit->has_value() && dependencies_.directory.Within(**unit, parent_id);
    auto record = here ? issuing_.Prepare(transaction, call, *center, one, id)
                       : absl::StatusOr<CertificateRecord>(errors::NotFound(one.parent()));
    if (!record.ok() && !ConcernsOne(record.status())) return record.status();
    prepared.emplace(id, std::move(record));
  }
  v1::BatchCreateCertificatesResponse response;
  const uint64_t batch_id = dependencies_.ids.Next();
  for (const uint64_t id : *wanted) {
    v1::CertificateBatchLine& line = *response.add_lines();
    line.set_volunteer(ids::ResourceName("volunteers", id));
    auto& record = prepared.at(id);
    if (!record.ok()) {
      Refuse(record.status(), call.language, line);
      continue;
    }
    record->batch_id = batch_id;
    if (absl::Status done = issuing_.Issue(transaction, call, *center, *record); !done.ok()) return done;
    const auto adult = IsAdult(transaction, call, id);
    if (!adult.ok()) return adult.status();
    line.set_certificate(ids::ResourceName("certificates", record->id));
    line.set_serial(record->serial);
    line.set_minor(!*adult);
    response.set_name(ids::ResourceName("certificateBatches", batch_id));
  }
  return response;
}

absl::StatusOr<google::api::HttpBody> CertificatesService::PrintCertificateBatch(
    const rpc::Call& call, const v1::PrintCertificateBatchRequest& request) {
  const uint64_t batch_id = ids::ParseName("certificateBatches", request.name()).value_or(0);
  if (batch_id == 0) return errors::NotFound(request.name());
  // Recorded, because it answers the names of many people in full.
  const auto statements = dependencies_.trail.Run(
      call, request, /*repeatable=*/true,
      [&](db::Transaction& transaction) -> absl::StatusOr<std::vector<std::string>> {
        const auto records = store_.ListBatch(transaction, call.center_id, batch_id);
        if (!records.ok()) return records.status();
        std::vector<std::string> found;
        absl::Status refused = errors::NotFound(request.name());
        for (const CertificateRecord& record : *records) {
          if (record.state != v1::Certificate::STATE_ISSUED) continue;
          if (absl::Status allowed = AuthoriseFor(call, transaction, record.volunteer_id, kIssue); !allowed.ok()) {
            refused = allowed;
            continue;
          }
          const auto adult = IsAdult(transaction, call, record.volunteer_id);
          if (!adult.ok()) return adult.status();
          if (!*adult) continue;
          auto statement = StatementOf(transaction, record, request.name());
          if (!statement.ok()) return statement.status();
          found.push_back(*std::move(statement));
        }
        if (found.empty()) return refused;
        call.Note("certificates", absl::StrCat(found.size()));
        audit::Entry entry;
        entry.object = request.name();
        if (absl::Status kept = dependencies_.trail.Append(transaction, call, entry); !kept.ok()) return kept;
        return found;
      });
  if (!statements.ok()) return statements.status();
  auto pdf = printer_.Print(*statements, CertificatePrinter::Kind::kCopies, call.deadline);
  if (!pdf.ok()) return pdf.status();
  google::api::HttpBody body;
  body.set_content_type("application/pdf");
  body.set_data(*std::move(pdf));
  return body;
}

}  // namespace wenming::volunteer
