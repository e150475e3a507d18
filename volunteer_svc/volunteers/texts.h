// Text that people have typed. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wenming::volunteer {

// Without white space at both ends, the ideographic space (U+3000) included.
std::string_view Trimmed(std::string_view text);

// How many characters (code points) people count.
size_t CountCharacters(std::string_view text);

// Whether there is a line break or another control character in it.
bool HasControlCharacters(std::string_view text);

// A list of strings as the JSON text of a column, and back; a text that is no such list gives an empty one.
std::string ToJson(const std::vector<std::string>& strings);
std::vector<std::string> FromJson(const std::string& json);

}  // namespace wenming::volunteer
