#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "gateway/http/handler.h"
#include "gateway/observe/metrics.h"
#include "gateway/observe/readiness.h"

namespace wenming::gateway {

// Answers /healthz (the process runs), /readyz (it should get traffic) and /metrics. Thread-safe.
class AdminHandler final : public http::Handler {
 public:
  AdminHandler(const Metrics& metrics, const Readiness& readiness) : metrics_(metrics), readiness_(readiness) {}

  void Handle(http::Request request, std::shared_ptr<http::Exchange> exchange) override;
  http::Response Refuse(http::Refusal refusal) override;

 private:
  http::Response Answer(std::string_view path) const;

  const Metrics& metrics_;
  const Readiness& readiness_;
};

// The answers to /healthz and /readyz, which the API's port gives too; nullopt for another path.
std::optional<http::Response> HealthAnswer(std::string_view path, const Readiness& readiness);

}  // namespace wenming::gateway
