#include "volunteer_svc/certificates/certificate_printer.h"

#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "volunteer_svc/certificates/certificate_keys.h"
#include "volunteer_svc/certificates/certificate_pdf.h"
#include "volunteer_svc/certificates/certificates_rules.h"

namespace wenming::volunteer {

absl::StatusOr<std::string> CertificatePrinter::Print(std::span<const std::string> statements, Kind kind,
                                                      absl::Time deadline) const {
  std::vector<PrintedCertificate> certificates;
  for (const std::string& statement : statements) {
    const auto json = PayloadOf(statement);
    if (!json.ok()) return json.status();
    auto certificate = FromStatementJson(*json);
    if (!certificate.ok()) return certificate.status();
    std::string link = absl::StrCat(public_url_, certificate->verify_path());
    certificates.push_back(
        {.certificate = *std::move(certificate), .link = std::move(link), .fingerprint = FingerprintOf(statement)});
  }
  {
    const absl::MutexLock lock(&mutex_);
    const auto place = [this] {
      mutex_.AssertReaderHeld();
      return free_ > 0;
    };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&place), deadline)) return errors::DeadlineExceeded();
    --free_;
  }
  const auto leave = absl::MakeCleanup([this] {
    const absl::MutexLock lock(&mutex_);
    ++free_;
  });
  return RenderPdf(certificates, kind == Kind::kOwn ? statements.front() : "");
}

absl::StatusOr<std::string> CheckPublicUrl(std::string_view url) {
  const std::string_view rest = url.starts_with("https://")  ? url.substr(8)
                                : url.starts_with("http://") ? url.substr(7)
                                                             : std::string_view();
  const bool plain = rest.find_first_of(" ?#\"<>\\") == rest.npos;
  if (rest.empty() || rest.front() == '/' || !plain) {
    return absl::InvalidArgumentError("--public-url must be like https://wenming.example.cn");
  }
  while (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

}  // namespace wenming::volunteer
