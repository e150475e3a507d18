#include "volunteer_svc/certificates/certificate_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

// A line to write on.
constexpr char kBlank[] = "＿＿＿＿＿＿＿＿";

std::string OrBlank(const std::string& text) { return text.empty() ? kBlank : text; }

std::string DayOf(const google::type::Date& date) {
  const auto day = FromDate(date);
  return day ? DayOnPaper(*day) : "";
}

std::string Short(const google::type::Date& date) {
  return absl::StrFormat("%d.%02d.%02d", date.year(), date.month(), date.day());
}

const char* IdTypeOf(v1::Volunteer::IdType type) {
  switch (type) {
    case v1::Volunteer::ID_TYPE_RESIDENT:
      return "居民身份证";
    case v1::Volunteer::ID_TYPE_PASSPORT:
      return "护照";
    case v1::Volunteer::ID_TYPE_HK_MACAO_PERMIT:
      return "港澳居民来往内地通行证";
    case v1::Volunteer::ID_TYPE_TAIWAN_PERMIT:
      return "台湾居民来往大陆通行证";
    case v1::Volunteer::ID_TYPE_FOREIGN_RESIDENT:
      return "外国人永久居留身份证";
    default:
      return "";
  }
}

std::string TimeOf(const v1::Certificate& certificate) {
  std::string text = MinutesOnPaper(certificate.minutes());
  if (certificate.supplement_minutes() > 0) {
    absl::StrAppend(&text, "（其中补录 ", MinutesOnPaper(certificate.supplement_minutes()), "）");
  }
  return text;
}

}  // namespace

std::vector<PaperRow> PaperRows(const v1::Certificate& certificate) {
  return {
      {"姓名", certificate.display_name(), "志愿者编号", certificate.volunteer_number()},
      {"证件类型", IdTypeOf(certificate.id_type()), "证件号码", certificate.id_number()},
      {"服务期间", absl::StrCat(DayOf(certificate.start_date()), " 至 ", DayOf(certificate.end_date())), "", ""},
      {"服务时间", TimeOf(certificate), "星级",
       certificate.star() > 0 ? absl::StrCat(certificate.star(), " 星") : "未评定"},
      {"记录单位", certificate.recording_unit_name(), "", ""},
      {"出具单位", certificate.issuer_name(), "", ""},
      {"负责人", OrBlank(certificate.responsible_person()), "经办人", OrBlank(certificate.handler())},
      {"联系方式", OrBlank(certificate.contact()), "", ""},
  };
}

std::vector<PaperActivity> PaperActivities(const v1::Certificate& certificate) {
  std::vector<PaperActivity> lines;
  int64_t rest = certificate.minutes();
  for (const v1::CertifiedActivity& activity : certificate.activities()) {
    rest -= activity.minutes();
    std::string days = Short(activity.first_date());
    if (Short(activity.last_date()) != days) absl::StrAppend(&days, "–", Short(activity.last_date()));
    lines.push_back({activity.title(), activity.content(), days, MinutesOnPaper(activity.minutes())});
  }
  if (rest > 0) lines.push_back({"其他活动", "", "", MinutesOnPaper(rest)});
  return lines;
}

std::string MinutesOnPaper(int64_t minutes) {
  if (minutes < 60) return absl::StrCat(minutes, " 分钟");
  if (minutes % 60 == 0) return absl::StrCat(minutes / 60, " 小时");
  return absl::StrCat(minutes / 60, " 小时 ", minutes % 60, " 分钟");
}

std::string DayOnPaper(absl::CivilDay day) {
  return absl::StrFormat("%d年%d月%d日", day.year(), day.month(), day.day());
}

}  // namespace wenming::volunteer
