#pragma once

#include <optional>
#include <string>
#include <utility>

#include "common/errors/errors.h"

namespace wenming::gateway {

// What is wrong with one value; together with the field's path it becomes a violation.
struct Problem {
  type::Reason reason = type::REASON_UNSPECIFIED;
  errors::Metadata metadata = {};
};

// Nothing wrong, or what.
using MaybeProblem = std::optional<Problem>;

// REASON_BAD_FORMAT: "格式不正确：应为整数".
inline Problem Expected(std::string chinese, std::string english) {
  return {type::REASON_BAD_FORMAT, {{"expected_zh", std::move(chinese)}, {"expected_en", std::move(english)}}};
}

}  // namespace wenming::gateway
