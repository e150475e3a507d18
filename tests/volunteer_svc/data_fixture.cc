#include "tests/volunteer_svc/data_fixture.h"

#include "absl/strings/str_format.h"
#include "common/db/transaction.h"
#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {

v1::CreateVolunteerRequest DataTest::FormFor(int n, int age) {
  v1::CreateVolunteerRequest request;
  request.set_parent(ids::ResourceName("units", kStation));
  v1::Volunteer& person = *request.mutable_volunteer() = PersonNumber(n);
  const absl::CivilDay today = DayInChina(test::Morning());
  person.set_id_number(
      ResidentId(absl::StrFormat("999999%04d%02d%02d%03d", today.year() - age, today.month(), today.day(), n % 1000)));
  Agree(request, age);
  return request;
}

uint64_t DataTest::RegisterAged(int n, int age) {
  const auto volunteer = volunteers_.CreateVolunteer(Admin(), FormFor(n, age));
  EXPECT_TRUE(volunteer.ok()) << volunteer.status();
  return volunteer.ok() ? ids::ParseName("volunteers", volunteer->name()).value_or(0) : 0;
}

absl::StatusOr<v1::Volunteer> DataTest::Get(const rpc::Call& call, uint64_t id) {
  v1::GetVolunteerRequest request;
  request.set_name(ids::ResourceName("volunteers", id));
  return volunteers_.GetVolunteer(call, request);
}

absl::Status DataTest::Reactivate(uint64_t id) {
  v1::ReactivateVolunteerRequest request;
  request.set_name(ids::ResourceName("volunteers", id));
  return volunteers_.ReactivateVolunteer(Head(), request).status();
}

absl::StatusOr<v1::WithdrawConsentResponse> DataTest::Withdraw(const rpc::Call& call, uint64_t id,
                                                               v1::ConsentDocument::Kind kind) {
  v1::WithdrawConsentRequest request;
  request.set_parent(ids::ResourceName("volunteers", id));
  request.set_kind(kind);
  return consents_.WithdrawConsent(call, request);
}

absl::StatusOr<v1::EraseVolunteerResponse> DataTest::Erase(const rpc::Call& call, uint64_t id,
                                                           const std::string& reason) {
  v1::EraseVolunteerRequest request;
  request.set_name(ids::ResourceName("volunteers", id));
  request.set_reason(reason);
  return rights_.EraseVolunteer(call, request);
}

absl::StatusOr<v1::ExportVolunteerResponse> DataTest::Export(const rpc::Call& call, uint64_t id) {
  v1::ExportVolunteerRequest request;
  request.set_name(ids::ResourceName("volunteers", id));
  return rights_.ExportVolunteer(call, request);
}

absl::StatusOr<v1::RevealVolunteerResponse> DataTest::Reveal(const rpc::Call& call, uint64_t id) {
  v1::RevealVolunteerRequest request;
  request.set_name(ids::ResourceName("volunteers", id));
  request.add_fields(v1::RevealVolunteerRequest::FIELD_PHONE);
  request.add_fields(v1::RevealVolunteerRequest::FIELD_GUARDIAN);
  request.set_purpose(v1::REVEAL_PURPOSE_CONTACT);
  request.set_reason("通知集合地点变更 13812341234");
  return volunteers_.RevealVolunteer(call, request);
}

absl::StatusOr<v1::Certificate> DataTest::Certify(uint64_t id) {
  v1::CreateCertificateRequest request;
  request.set_parent(ids::ResourceName("volunteers", id));
  return certificates_.CreateCertificate(Admin(), request);
}

std::vector<std::string> DataTest::Audited(const std::string& method, const std::string& object) {
  const auto rows = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
    return session.Query("SELECT details FROM audit_pending WHERE method = ? AND object = ? ORDER BY id",
                         {method, object});
  });
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<std::string> details;
  for (const db::Row& row : *rows) details.push_back(row.Text(0));
  return details;
}

rpc::Call DataTest::As(rpc::Call call, const std::string& method) const {
  call.method = method;
  return call;
}

}  // namespace wenming::volunteer
