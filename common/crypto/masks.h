// What may be shown of personal data. Pure functions.
//
// A mask counts code points, not bytes. A value too short to hide anything between what is shown is hidden whole.
#pragma once

#include <string>
#include <string_view>

namespace wenming::crypto {

// "13812341234" → "138****1234".
std::string MaskPhone(std::string_view phone);

// "11010519491231002X" → "1101**********002X"; of the shorter numbers of other documents two at either end stay,
// "E12345678" → "E1*****78", and of 8 or less none.
std::string MaskIdNumber(std::string_view id_number);

// "王小明" → "王*明", "王明" → "王*", "王" → "*".
std::string MaskName(std::string_view name);

}  // namespace wenming::crypto
