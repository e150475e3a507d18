#include "volunteer_svc/certificates/certificates_rules.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/crypto/masks.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "google/protobuf/util/json_util.h"
#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

// Nobody alive has served before.
constexpr absl::CivilDay kEarliest(1900, 1, 1);
constexpr int kMostShown = 20;
constexpr size_t kMostActivities = 100, kMostContent = 40;
constexpr size_t kIdTextSize = 13;
constexpr size_t kCodeSize = 3 * kIdTextSize;

absl::StatusOr<absl::CivilDay> DayOr(bool given, const google::type::Date& date, const char* field,
                                     absl::CivilDay otherwise) {
  if (!given) return otherwise;
  if (const auto day = FromDate(date)) return *day;
  return errors::InvalidField(
      field, type::REASON_BAD_FORMAT,
      {{"expected_zh", "应为日历上的一天（年、月、日）"}, {"expected_en", "a day of the calendar (year, month, day)"}});
}

absl::Status OutOfOrder(const char* field, const char* zh, const char* en) {
  return errors::InvalidField(field, type::REASON_TIME_ORDER, {{"rule_zh", zh}, {"rule_en", en}});
}

uint64_t BigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

// At most so many characters of UTF-8.
std::string Shortened(std::string_view text, size_t most) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && ++count > most) return absl::StrCat(std::string(text.substr(0, i)), "…");
  }
  return std::string(text);
}

// Everything, nothing masked.
v1::Certificate Whole(const CertificateRecord& record) {
  v1::Certificate certificate = record.details;
  certificate.set_name(ids::ResourceName("certificates", record.id));
  certificate.set_serial(record.serial);
  certificate.set_volunteer(ids::ResourceName("volunteers", record.volunteer_id));
  certificate.set_volunteer_number(record.volunteer_number);
  certificate.set_display_name(record.display_name);
  certificate.set_id_type(static_cast<v1::Volunteer::IdType>(record.id_type));
  certificate.set_id_number(record.id_number);
  *certificate.mutable_start_date() = ToDate(record.start_date);
  *certificate.mutable_end_date() = ToDate(record.end_date);
  certificate.set_minutes(record.minutes);
  certificate.set_star(record.star);
  certificate.set_issuer(ids::ResourceName("units", record.issuer_unit_id));
  certificate.set_issuer_name(record.issuer_name);
  *certificate.mutable_issue_time() = ToTimestamp(record.issue_time);
  certificate.set_verify_path(absl::StrCat("/v1/certificates:verify?code=", record.code));
  certificate.set_state(record.state);
  certificate.set_ledger_sequence(record.ledger_sequence);
  certificate.set_ledger_hash(record.ledger_hash);
  return certificate;
}

}  // namespace

absl::StatusOr<Period> PeriodOf(const v1::CreateCertificateRequest& request, absl::CivilDay first_entry,
                                absl::CivilDay today) {
  const auto start = DayOr(request.has_start_date(), request.start_date(), "start_date", first_entry);
  if (!start.ok()) return start.status();
  const auto end = DayOr(request.has_end_date(), request.end_date(), "end_date", today);
  if (!end.ok()) return end.status();
  if (*end > today) return OutOfOrder("end_date", "不能晚于今天", "it must not be in the future");
  if (*start < kEarliest) {
    return errors::InvalidField("start_date", type::REASON_OUT_OF_RANGE,
                                {{"min", absl::FormatCivilTime(kEarliest)}, {"max", absl::FormatCivilTime(today)}});
  }
  if (*start > *end) return OutOfOrder("start_date", "不能晚于结束日期", "it must not be after end_date");
  return Period{*start, *end};
}

void SetServices(const std::vector<ServiceSum>& services, CertificateRecord& record) {
  record.minutes = 0;
  int64_t supplements = 0;
  for (const ServiceSum& service : services) {
    record.minutes += service.minutes;
    supplements += service.supplement_minutes;
    if (static_cast<size_t>(record.details.activities_size()) == kMostActivities) continue;
    v1::CertifiedActivity& activity = *record.details.add_activities();
    activity.set_title(service.title);
    activity.set_minutes(service.minutes);
    activity.set_content(Shortened(service.content, kMostContent));
    *activity.mutable_first_date() = ToDate(DayInChina(service.first_start));
    *activity.mutable_last_date() = ToDate(DayInChina(service.last_start));
  }
  record.details.set_supplement_minutes(supplements);
}

std::string SerialOf(std::string_view center_code, absl::CivilYear year, int64_t running_number) {
  return absl::StrFormat("%s-%04d-%06d", absl::string_view(center_code.data(), center_code.size()), year.year(),
                         running_number);
}

std::string CodeOf(uint64_t center_id, std::string_view random) {
  return absl::StrCat(ids::ToText(center_id), ids::ToText(BigEndian(random.substr(0, 8))),
                      ids::ToText(BigEndian(random.substr(8, 8))));
}

std::optional<uint64_t> CenterOfCode(std::string_view code) {
  if (code.size() != kCodeSize) return std::nullopt;
  return ids::FromText(code.substr(0, kIdTextSize));
}

absl::Status CheckIssued(v1::Certificate::State state) {
  if (state == v1::Certificate::STATE_ISSUED) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_MOVE_NOT_ALLOWED,
                                    {{"state", v1::Certificate::State_Name(state)}, {"allowed", "-"}});
}

v1::Certificate ToProto(const CertificateRecord& record, ShownName shown) {
  v1::Certificate certificate = ToFullProto(record);
  if (shown == ShownName::kMasked) certificate.set_display_name(crypto::MaskName(record.display_name));
  certificate.set_id_number(crypto::MaskIdNumber(record.id_number));
  return certificate;
}

v1::Certificate ToFullProto(const CertificateRecord& record) {
  v1::Certificate certificate = Whole(record);
  const int more = certificate.activities_size() - kMostShown;
  if (more > 0) certificate.mutable_activities()->DeleteSubrange(kMostShown, more);
  return certificate;
}

absl::StatusOr<std::string> StatementJson(const CertificateRecord& record) {
  v1::Certificate certificate = Whole(record);
  certificate.set_id_number(crypto::MaskIdNumber(record.id_number));
  certificate.clear_state();
  std::string json;
  const auto written = google::protobuf::util::MessageToJsonString(certificate, &json);
  if (!written.ok()) return absl::InternalError("the statement of a certificate");
  return json;
}

absl::StatusOr<v1::Certificate> FromStatementJson(std::string_view json) {
  v1::Certificate certificate;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto read = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &certificate, options);
  if (!read.ok()) return absl::DataLossError("the statement of a certificate");
  return certificate;
}
v1::VerifyCertificateResponse ToPublic(const CertificateRecord& record) {
  v1::VerifyCertificateResponse response;
  response.set_state(record.state);
  response.set_serial(record.serial);
  response.set_minutes(record.minutes);
  response.set_issuer_name(record.issuer_name);
  *response.mutable_issue_date() = ToDate(DayInChina(record.issue_time));
  return response;
}

}  // namespace wenming::volunteer
