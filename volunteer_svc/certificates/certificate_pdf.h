// Sets certificates on A4 pages, with cairo and pango. Fonts are embedded, so that the file looks the same anywhere.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wenming/volunteer/v1/certificates.pb.h"

namespace wenming::volunteer {

// One certificate as it goes to paper.
struct PrintedCertificate {
  v1::Certificate certificate;  // what its statement says
  std::string link;             // the whole address of the public verification, also drawn as a QR code
  std::string fingerprint;      // of the signed statement
};

// The PDF of one or more certificates, each beginning on a page of its own and with its own page numbers. `keywords` go
// into the file's metadata as they are. The same input gives the same bytes: the file's dates are the time of issue of
// the first certificate. FAILED_PRECONDITION where the font is missing.
//
// Thread-safe; a hundred milliseconds for the fonts and some for each page.
absl::StatusOr<std::string> RenderPdf(std::span<const PrintedCertificate> certificates, const std::string& keywords);

// Whether the font is there; FAILED_PRECONDITION names the package that has it.
absl::Status CheckFonts();

}  // namespace wenming::volunteer
