#include "volunteer_svc/auth/code_sender.h"

#include "common/crypto/masks.h"

namespace wenming::volunteer {

absl::Status LoggingCodeSender::Send(const std::string& phone, const std::string& code, absl::Time) {
  logger_.Info("a one-time code", {{"phone", crypto::MaskPhone(phone)}, {"code", code}});
  return absl::OkStatus();
}

}  // namespace wenming::volunteer
