#include "common/service/flags.h"

#include <functional>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wenming::service {
namespace {

struct Flag {
  std::string name;
  std::string help;
  bool takes_value;
  // False where the value is not understood.
  std::function<bool(Flags&, const std::string&)> set;
};

Flag Text(std::string name, std::string help, std::string Flags::*member) {
  return {std::move(name), std::move(help), true, [member](Flags& flags, const std::string& value) {
            flags.*member = value;
            return true;
          }};
}

Flag Number(std::string name, std::string help, int Flags::*member) {
  return {std::move(name), std::move(help), true, [member](Flags& flags, const std::string& value) {
            return absl::SimpleAtoi(value, &(flags.*member)) && flags.*member > 0;
          }};
}

Flag Span(std::string name, std::string help, absl::Duration Flags::*member) {
  return {std::move(name), std::move(help), true, [member](Flags& flags, const std::string& value) {
            return absl::ParseDuration(value, &(flags.*member)) && flags.*member >= absl::Milliseconds(1) &&
                   flags.*member <= absl::Hours(24);
          }};
}

Flag Switch(std::string name, std::string help, bool Flags::*member) {
  return {std::move(name), std::move(help), false, [member](Flags& flags, const std::string&) {
            flags.*member = true;
            return true;
          }};
}

bool SetLogLevel(Flags& flags, const std::string& value) {
  constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};
  for (int i = 0; i < 4; ++i) {
    if (value == kNames[i]) {
      flags.log_level = static_cast<observe::Severity>(i);
      return true;
    }
  }
  return false;
}

std::vector<Flag> AllFlags() {
  return {
      Text("grpc", "ADDRESS:PORT to serve gRPC on; port 0 takes a free one", &Flags::grpc),
      Text("metrics", "ADDRESS:PORT to serve /metrics on", &Flags::metrics),
      Span("connection-age",
           "after which a client is asked to connect anew, so that new replicas get their share [30m]",
           &Flags::connection_age),
      Span("connection-grace", "after which what still runs on its old connection is cut off [30s]",
           &Flags::connection_grace),
      Span("drain-delay", "how long a stop goes on taking calls, until callers know that it is not ready [300ms]",
           &Flags::drain_delay),
      Span("drain-time", "the longest a stop waits for running calls [10s]", &Flags::drain_time),
      Text("db-socket", "unix socket of the database", &Flags::db_socket),
      Text("db-host", "host of the database, where no socket is given", &Flags::db_host),
      Number("db-port", "its port", &Flags::db_port),
      Text("db-user", "database user, limited to the service's own schema", &Flags::db_user),
      Text("db-password-file", "file with its password", &Flags::db_password_file),
      Text("db-schema", "the service's own schema", &Flags::db_schema),
      Number("db-connections", "most database connections, and threads that use them", &Flags::db_connections),
      Text("keys", "folder of the key files", &Flags::keys),
      Text("directory", "address of org_svc, whose directory is watched", &Flags::directory),
      Text("volunteer-events", "address of volunteer_svc, whose events are consumed", &Flags::volunteer_events),
      Text("volunteer-revocations",
           "address of volunteer_svc, whose ended sessions are watched; --volunteer-events says the same",
           &Flags::volunteer_revocations),
      Text("activity-events", "address of activity_svc, whose events are consumed", &Flags::activity_events),
      Text("bootstrap-admin-password-file", "org_svc: password of the first account, made where there is no staff",
           &Flags::bootstrap_admin_password_file),
      Text("wechat-url", "volunteer_svc: https address of WeChat's server; with --dev also a loopback host",
           &Flags::wechat_url),
      Text("wechat-app-id", "volunteer_svc: id of the application at WeChat; several with commas between",
           &Flags::wechat_app_id),
      Text("wechat-secret-file", "volunteer_svc: file with its secret; as many as there are ids",
           &Flags::wechat_secret_file),
      Text("public-url", "volunteer_svc: where the gateway is reached from outside, for the links on certificates",
           &Flags::public_url),
      Switch("dev", "development: log-in without proof, calls may carry their time", &Flags::development),
      Switch("allow-unsafe-database", "be ready also on a database whose settings lose data; for tests",
             &Flags::allow_unsafe_database),
      Switch("reflection", "serve gRPC reflection", &Flags::reflection),
      Text("audit-heads", "folder that the head of the audit log is exported to once a day", &Flags::audit_heads),
      Switch("verify-audit", "compare the audit log with its chain and the exported heads, then exit",
             &Flags::verify_audit),
      Switch("check-database", "say which settings of the database lose data or let wrong values in, then exit",
             &Flags::check_database),
      Switch("migrate", "bring the schema up to date, then exit", &Flags::migrate),
      Switch("help", "this text", &Flags::help),
      {"log-level", "debug, info, warning or error", true, SetLogLevel},
  };
}

}  // namespace

absl::StatusOr<Flags> ParseFlags(const std::vector<std::string>& arguments) {
  const std::vector<Flag> known = AllFlags();
  Flags flags;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const Flag* flag = nullptr;
    for (const Flag& candidate : known) {
      if (name == absl::StrCat("--", candidate.name)) flag = &candidate;
    }
    if (flag == nullptr) return absl::InvalidArgumentError(absl::StrCat("unknown flag ", argument));
    std::string value;
    if (equals != std::string::npos) {
      value = argument.substr(equals + 1);
    } else if (flag->takes_value) {
      if (i + 1 == arguments.size()) return absl::InvalidArgumentError(absl::StrCat(name, " needs a value"));
      value = arguments[++i];
    }
    if (!flag->set(flags, value)) return absl::InvalidArgumentError(absl::StrCat(name, " does not take ", value));
  }
  return flags;
}

std::string HelpText(const std::string& program) {
  std::string text = absl::StrCat("usage: ", program, " [flags]\n\n");
  for (const Flag& flag : AllFlags()) {
    absl::StrAppend(&text, "  --", flag.name, flag.takes_value ? "=…" : "", "\n      ", flag.help, "\n");
  }
  return text;
}

}  // namespace wenming::service
