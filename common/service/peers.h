// How one service listens to another over gRPC: as itself, with its own token, coming back after every break. Where the
// address is a name with several addresses, each of its replicas gets its turn.
#pragma once

#include <memory>
#include <string>

#include "common/auth/directory.h"
#include "common/auth/revocations.h"
#include "common/auth/token_signer.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/outbox/consumer.h"

namespace wenming::service {

// Who calls, and with what.
struct Self {
  std::string name;  // "volunteer_svc"
  const auth::TokenSigner* signer;
  observe::Clock clock;
  const observe::Logger* logger;
};

// The events of the service at `address`.
std::unique_ptr<outbox::Source> SubscribeTo(const Self& self, const std::string& address);

class Follower;

// Keeps a Directory like that of org_svc at `address`, from construction to destruction, on a thread of its own.
class DirectoryWatcher {
 public:
  DirectoryWatcher(const Self& self, const std::string& address, auth::Directory& directory);
  ~DirectoryWatcher();
  DirectoryWatcher(const DirectoryWatcher&) = delete;
  DirectoryWatcher& operator=(const DirectoryWatcher&) = delete;

 private:
  std::unique_ptr<Follower> follower_;
};

// Adds to `revocations` what the service at `address` says of ended sessions; likewise.
class RevocationsWatcher {
 public:
  RevocationsWatcher(const Self& self, const std::string& address, auth::Revocations& revocations);
  ~RevocationsWatcher();
  RevocationsWatcher(const RevocationsWatcher&) = delete;
  RevocationsWatcher& operator=(const RevocationsWatcher&) = delete;

 private:
  std::unique_ptr<Follower> follower_;
};

}  // namespace wenming::service
