// What the public link of a certificate shows in a browser: one small page in Chinese, without scripts, pictures or
// links.
#pragma once

#include <optional>
#include <string>

#include "wenming/volunteer/v1/certificates.pb.h"

namespace wenming::volunteer {

// An HTML document in UTF-8. `verified`: what the public may know; nothing where the code is not genuine. Pure.
std::string VerificationPage(const std::optional<v1::VerifyCertificateResponse>& verified);

}  // namespace wenming::volunteer
