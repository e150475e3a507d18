// What a certificate says and how it is numbered and found. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "wenming/volunteer/v1/certificates.pb.h"

namespace wenming::volunteer {

// A certificate as it was issued; never changed but by its revocation.
struct CertificateRecord {
  uint64_t center_id = 0;
  uint64_t id = 0;
  uint64_t volunteer_id = 0;
  std::string serial;
  std::string volunteer_number;
  std::string display_name;
  int id_type = 0;  // v1::Volunteer::IdType
  std::string id_number;
  absl::CivilDay start_date;
  absl::CivilDay end_date;
  int64_t minutes = 0;
  int star = 0;
  // What stands on paper only: activities (most minutes first), supplement_minutes, recording_unit_name,
  // responsible_person, handler, contact. Nothing else is set.
  v1::Certificate details;
  int64_t ledger_sequence = 0;  // the newest entry of the ledger at that time, and its hash
  std::string ledger_hash;
  uint64_t issuer_unit_id = 0;
  std::string issuer_name;
  std::string issued_by;  // "volunteers/…" or "staff/…"
  absl::Time issue_time;
  std::string code;
  v1::Certificate::State state = v1::Certificate::STATE_ISSUED;
  uint64_t batch_id = 0;  // of those that were issued together; 0 for one that was issued alone
};

// What was given to one activity within a period.
struct ServiceSum {
  std::string title;
  std::string content;
  int64_t minutes = 0;
  int64_t supplement_minutes = 0;
  absl::Time first_start;
  absl::Time last_start;
};

// Whole days, both included.
struct Period {
  absl::CivilDay start;
  absl::CivilDay end;
};

// The period a request names; where it leaves a day out, from the day of the first entry, until today. INVALID_ARGUMENT
// for what is no day of the calendar, an end before the start or in the future.
absl::StatusOr<Period> PeriodOf(const v1::CreateCertificateRequest& request, absl::CivilDay first_entry,
                                absl::CivilDay today);

// Says in the record what was given: the minutes of all, and of the first 100 activities title, content (its first 40
// characters) and days.
void SetServices(const std::vector<ServiceSum>& services, CertificateRecord& record);

// "HT-2026-000123".
std::string SerialOf(std::string_view center_code, absl::CivilYear year, int64_t running_number);

// The code of the public link: 13 characters that say in which center the certificate is kept, so that the link needs
// nothing beside it, and 26 of the randomness, all of Crockford's base32. 39 characters, good for a QR code.
inline constexpr size_t kCodeRandomBytes = 16;
std::string CodeOf(uint64_t center_id, std::string_view random);
// The center of a code, in upper case; nothing for what cannot be a code.
std::optional<uint64_t> CenterOfCode(std::string_view code);

// FAILED_PRECONDITION where it is revoked already: only ISSUED → REVOKED is a move.
absl::Status CheckIssued(v1::Certificate::State state);

// The ID number is masked; the name too in lists and for minors.
enum class ShownName { kMasked, kInFull };
v1::Certificate ToProto(const CertificateRecord& record, ShownName shown);
// Nothing masked: for the person's own export.
v1::Certificate ToFullProto(const CertificateRecord& record);
// What is signed: the name in full, the ID number masked, every activity that is kept, no state. As JSON.
absl::StatusOr<std::string> StatementJson(const CertificateRecord& record);
// The certificate that the JSON of a statement says; fields that are not known any more are left out.
absl::StatusOr<v1::Certificate> FromStatementJson(std::string_view json);
// What the public may know.
v1::VerifyCertificateResponse ToPublic(const CertificateRecord& record);

}  // namespace wenming::volunteer
