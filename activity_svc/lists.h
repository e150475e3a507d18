// Short lists as the text of a column. Pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wenming::activity {

// Ids, separated by commas.
std::string JoinIds(const std::vector<uint64_t>& ids);
std::vector<uint64_t> SplitIds(std::string_view text);

// Lines of text; none of them holds a line break.
std::string JoinLines(const std::vector<std::string>& lines);
std::vector<std::string> SplitLines(std::string_view text);

}  // namespace wenming::activity
