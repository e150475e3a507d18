// One call as a handler sees it: who, when, in which center, and what the caller may do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/auth/caller.h"
#include "common/auth/directory.h"
#include "common/errors/errors.h"

namespace wenming::rpc {

// A value that belongs to one call; not shared between threads. Tests construct it directly.
struct Call {
  auth::Caller caller;
  // The time of the call; handlers read no clock.
  absl::Time now = absl::InfinitePast();
  // When it arrived by the server's clock: the same, unless a development call carries its own time.
  absl::Time arrival = absl::InfinitePast();
  // After this no answer is awaited; never infinite in a server.
  absl::Time deadline = absl::InfiniteFuture();
  // The center the call concerns: the caller's own; else that of the unit the request names; else the one of the
  // `x-wenming-center` metadata; else the only one there is. 0 where none of these helps.
  uint64_t center_id = 0;
  errors::Language language = errors::Language::kChinese;
  // "/package.Service/Method".
  std::string method;
  // The id that people quote to the administrator.
  std::string request_id;
  std::string trace_id;
  // Where the caller is, as the gateway saw it; empty where it is not known.
  std::string address;
  // The SHA-256 thumbprint, base64url, of the client certificate shown at the edge; empty where none was.
  std::string certificate;
  const auth::Directory* directory = nullptr;

  bool IsStaff() const { return caller.kind == auth::CallerKind::kStaff; }
  // A back end: what it may do is decided like for staff.
  bool IsClient() const { return caller.kind == auth::CallerKind::kClient; }
  bool IsVolunteer() const { return caller.kind == auth::CallerKind::kVolunteer; }
  bool IsVolunteer(uint64_t id) const { return IsVolunteer() && caller.id == id; }

  // Whether the caller is staff, or a back end, that holds the permission on the unit (0: on the platform).
  bool May(std::string_view permission, uint64_t unit_id) const;
  // The same as a status: PERMISSION_DENIED, or UNAVAILABLE while there is no directory.
  absl::Status Authorise(std::string_view permission, uint64_t unit_id) const;
  // Lets a volunteer at his own things and staff at what Authorise allows.
  absl::Status AuthoriseSelfOr(uint64_t volunteer_id, std::string_view permission, uint64_t unit_id) const;
  // For methods of access scope "resource" whose handler decides in another way (for example: public once published).
  void DecidedAccess() const { access_decided = true; }

  // Adds to what the audit log will say of this call, for example the reason somebody gave. No personal data.
  void Note(std::string key, std::string value) const { notes.emplace_back(std::move(key), std::move(value)); }
  mutable std::vector<std::pair<std::string, std::string>> notes;
  // Whether the effect of this call stands in the audit log (audit::Trail sets it); the pipeline reports a writing
  // method that answers without.
  mutable bool audited = false;

  // Whether any of the functions above decided; the pipeline reports a handler that answers without.
  mutable bool access_decided = false;
};

}  // namespace wenming::rpc
