#pragma once

#include <string_view>
#include <vector>

#include "common/errors/errors.h"
#include "gateway/transcode/binding.h"
#include "google/protobuf/message.h"

namespace wenming::gateway {

// Puts the parameters of a query into a request: "page_size=5&filter.states=OPEN&filter.states=FULL". Names are field
// paths in proto or JSON form; values have the forms of PutText. Appends a violation for a name that is no field, a
// single-valued field given twice, a field that the path or the body already gives, and a value that does not fit.
void ReadQuery(std::string_view query, const Binding& binding, google::protobuf::Message& message,
               std::vector<errors::FieldViolation>& violations);

// Whether the query has a parameter for this top-level field.
bool QueryNames(std::string_view query, std::string_view field);

}  // namespace wenming::gateway
