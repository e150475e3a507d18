// A refusal that concerns one item of a batch: told of that item, while the others go on.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/errors/errors.h"

namespace wenming::activity {

// Whether the status is a rule's "no", rather than a database or a server in trouble.
bool IsRefusal(const absl::Status& status);

// The name of its reason without the prefix, and its sentence for people.
struct ItemRefusal {
  std::string reason = {};
  std::string message = {};
};
ItemRefusal RefusalOf(const absl::Status& status, errors::Language language);

}  // namespace wenming::activity
