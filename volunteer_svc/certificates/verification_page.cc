#include "volunteer_svc/certificates/verification_page.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "volunteer_svc/certificates/certificate_text.h"

namespace wenming::volunteer {
namespace {

constexpr char kHead[] =
    "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n<title>志愿服务记录证明验真</title>\n<style>\n"
    "body{font:18px/1.6 sans-serif;max-width:32em;margin:0 auto;padding:1em;color:#222;background:#fff}\n"
    "h1{font-size:1.2em}\n.verdict{font-size:1.4em;font-weight:bold}\n.good{color:#00682f}\n.bad{color:#b00020}\n"
    "dt{color:#555;margin-top:.6em}\ndd{margin:0;overflow-wrap:anywhere}\n.note{color:#555;font-size:.85em}\n"
    "</style>\n</head>\n<body>\n<h1>志愿服务记录证明验真</h1>\n";
constexpr char kTail[] = "</body>\n</html>\n";

std::string Escape(std::string_view text) {
  return absl::StrReplaceAll(absl::string_view(text.data(), text.size()),
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string Verdict(const char* kind, const char* text) {
  return absl::StrCat("<p class=\"verdict ", kind, "\">", text, "</p>\n");
}

std::string Line(const char* label, std::string_view value) {
  return absl::StrCat("<dt>", label, "</dt>\n<dd>", Escape(value), "</dd>\n");
}

}  // namespace

std::string VerificationPage(const std::optional<v1::VerifyCertificateResponse>& verified) {
  if (!verified) {
    return absl::StrCat(kHead, Verdict("bad", "✗ 查无此证明"),
                        "<p>验真码不正确，或该证明不是由本平台出具。请核对纸面上的网址或重新扫码。</p>\n", kTail);
  }
  const bool stands = verified->state() == v1::Certificate::STATE_ISSUED;
  const google::type::Date& day = verified->issue_date();
  return absl::StrCat(kHead, stands ? Verdict("good", "✓ 有效") : Verdict("bad", "✗ 已撤销，不再有效"), "<dl>\n",
                      Line("证明编号", verified->serial()), Line("服务时间", MinutesOnPaper(verified->minutes())),
                      Line("出具单位", verified->issuer_name()),
                      Line("出具日期", DayOnPaper(absl::CivilDay(day.year(), day.month(), day.day()))), "</dl>\n",
                      "<p class=\"note\">请与纸面内容核对，不一致的以本页为准。本页不显示个人信息。</p>\n", kTail);
}

}  // namespace wenming::volunteer
