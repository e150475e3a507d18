// The command line that every service understands; the same flags everywhere, so that whoever runs one can run all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/observe/log.h"

namespace wenming::service {

struct Flags {
  std::string grpc = "127.0.0.1:0";                      // where to serve gRPC
  std::string metrics = "127.0.0.1:0";                   // where to serve /metrics
  absl::Duration connection_age = absl::Minutes(30);     // after which a client is asked to connect anew …
  absl::Duration connection_grace = absl::Seconds(30);   // … and what runs on the old connection is cut off
  absl::Duration drain_delay = absl::Milliseconds(300);  // after SIGTERM, until no more calls are taken
  absl::Duration drain_time = absl::Seconds(10);         // for running calls after that
  std::string db_socket;                                 // MySQL protocol: a unix socket …
  std::string db_host = "127.0.0.1";                     // … or host and port
  int db_port = 3306;
  std::string db_user;
  std::string db_password_file;
  std::string db_schema;
  int db_connections = 16;
  std::string keys;              // the folder of key files
  std::string directory;         // org_svc's address, for services that watch its directory
  std::string volunteer_events;  // volunteer_svc's address, for services that consume its events
  // volunteer_svc's address, for services that consume no events of it; where it is empty, volunteer_events counts.
  std::string volunteer_revocations;
  std::string activity_events;  // activity_svc's address, likewise
  std::string bootstrap_admin_password_file;
  std::string wechat_url = "https://api.weixin.qq.com";
  std::string wechat_app_id;                         // comma-separated; empty: no log-in through WeChat
  std::string wechat_secret_file;                    // a file for each of them
  std::string public_url = "http://localhost:8080";  // of the gateway, as people reach it
  bool development = false;                          // development log-in, and x-wenming-now
  bool allow_unsafe_database = false;                // ready also where common/db/settings.h finds fault
  bool reflection = false;
  std::string audit_heads;      // the folder that the heads of the audit log are exported to
  bool verify_audit = false;    // compare the audit log with its chain, then exit
  bool check_database = false;  // say which settings of the database are unsafe, then exit
  bool migrate = false;         // bring the schema up to date, then exit
  bool help = false;
  observe::Severity log_level = observe::Severity::kInfo;
};

// Reads "--name=value", "--name value" and switches ("--dev"). INVALID_ARGUMENT names what is not understood.
absl::StatusOr<Flags> ParseFlags(const std::vector<std::string>& arguments);

// What --help prints.
std::string HelpText(const std::string& program);

}  // namespace wenming::service
