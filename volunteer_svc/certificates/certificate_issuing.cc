#include "volunteer_svc/certificates/certificate_issuing.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/certificates/certificates_rules.h"
#include "volunteer_svc/counters.h"
#include "volunteer_svc/hours/hours_store.h"

namespace wenming::volunteer {

absl::StatusOr<CertificateIssuing::Center> CertificateIssuing::ReadCenter(db::Session& session,
                                                                          const rpc::Call& call) const {
  auto unit = with_.directory.FindUnit(call.center_id);
  if (!unit) return errors::Unavailable(type::REASON_DIRECTORY_UNAVAILABLE, absl::Seconds(1));
  auto issuer = LoadIssuer(session, call.center_id);
  if (!issuer.ok()) return issuer.status();
  if (issuer->handler.empty() && call.IsStaff()) issuer->handler = with_.directory.StaffDisplayName(call.caller.id);
  auto levels = HoursStore::StarLevels(session, call.center_id);
  if (!levels.ok()) return levels.status();
  return Center{.unit = *std::move(unit), .issuer = *std::move(issuer), .levels = *std::move(levels)};
}

absl::StatusOr<CertificateRecord> CertificateIssuing::Prepare(db::Transaction& transaction, const rpc::Call& call,
                                                              const Center& center,
                                                              const v1::CreateCertificateRequest& request,
                                                              uint64_t volunteer_id) const {
  // Locked, so that nothing is issued to somebody who is being forgotten.
  const auto volunteer = volunteers_.Find(transaction, call.center_id, volunteer_id, Lock::kForUpdate);
  if (!volunteer.ok()) return volunteer.status();
  const auto account = HoursStore::LockAccount(transaction, call.center_id, volunteer_id);
  if (!account.ok()) return account.status();
  if (!volunteer->has_value() || !account->has_value()) return errors::NotFound(request.parent());
  if ((*volunteer)->state == v1::Volunteer::STATE_ERASED) return errors::FailedPrecondition(type::REASON_PERSON_ERASED);

  const absl::CivilDay today = DayInChina(call.now);
  const auto first = HoursStore::FirstStart(transaction, call.center_id, volunteer_id);
  if (!first.ok()) return first.status();
  const auto period = PeriodOf(request, first->has_value() ? DayInChina(**first) : today, today);
  if (!period.ok()) return period.status();
  const auto services = CertificatesStore::Services(transaction, call.center_id, volunteer_id,
                                                    StartInChina(period->start), StartInChina(period->end + 1));
  if (!services.ok()) return services.status();

  CertificateRecord record;
  SetServices(*services, record);
  if (record.minutes <= 0) return errors::FailedPrecondition(type::REASON_NOTHING_TO_CERTIFY);
  record.center_id = call.center_id;
  record.volunteer_id = volunteer_id;
  record.volunteer_number = (*volunteer)->number;
  record.display_name = (*volunteer)->person.display_name;
  record.id_type = (*volunteer)->person.id_type;
  record.id_number = (*volunteer)->person.id_number;
  record.start_date = period->start;
  record.end_date = period->end;
  record.star = StarOf(center.levels, (*account)->balance_minutes);
  record.ledger_sequence = (*account)->sequence;
  record.ledger_hash = (*account)->head_hash;
  // The center keeps the ledger and answers for it; a station's name would also say where somebody lives.
  record.issuer_unit_id = center.unit.id;
  record.issuer_name = center.unit.display_name;
  record.details.set_recording_unit_name(center.unit.display_name);
  record.details.set_responsible_person(center.issuer.responsible_person);
  record.details.set_handler(center.issuer.handler);
  record.details.set_contact(center.issuer.contact);
  record.issued_by = call.caller.subject;
  record.issue_time = call.now;
  return record;
}

absl::Status CertificateIssuing::Issue(db::Transaction& transaction, const rpc::Call& call, const Center& center,
                                       CertificateRecord& record) const {
  const absl::CivilYear year(DayInChina(call.now));
  const auto running_number = TakeNumber(transaction, call.center_id, absl::StrCat("certificates/", year.year()));
  if (!running_number.ok()) return running_number.status();
  record.id = with_.ids.Next();
  record.serial = SerialOf(center.unit.code, year, *running_number);
  record.code = CodeOf(call.center_id, with_.random(kCodeRandomBytes));
  const auto json = StatementJson(record);
  if (!json.ok()) return json.status();
  const auto statement = keys_.Sign(*json);
  if (!statement.ok()) return statement.status();
  return store_.Insert(transaction, record, *statement);
}

}  // namespace wenming::volunteer
