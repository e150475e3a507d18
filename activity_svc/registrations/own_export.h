// Everything that is kept here about a person, for the person (个人信息保护法 Art 45). Which tables that is, and why
// the others are left out, is held by whole_export_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/errors/errors.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {

// A page.
struct OwnExport {
  v1::ExportMyRegistrationsResponse page = {};  // without its token
  uint64_t last_id = 0;                         // to read on below; 0: nothing follows
};

// The newest `size` of all that has an id below `before`: registrations, supplements, handovers, calendar feeds and
// notices together, each with all that belongs to it. Ids are made by one generator for all of them, so that one
// position serves for all. UINT64_MAX begins, and has the person, too. `language`: of the notices' sentences.
absl::StatusOr<OwnExport> ExportOwn(db::Session& session, uint64_t center_id, uint64_t volunteer_id, uint64_t before,
                                    size_t size, errors::Language language);

}  // namespace wenming::activity
