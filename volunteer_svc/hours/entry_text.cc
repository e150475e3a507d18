#include "volunteer_svc/hours/entry_text.h"

#include <algorithm>

namespace wenming::volunteer {
namespace {

// The first `size` bytes of what is left, which then begins `skip` bytes behind them.
std::string_view Cut(std::string_view& rest, size_t size, size_t skip = 0) {
  const std::string_view piece = rest.substr(0, size);
  rest.remove_prefix(std::min(piece.size() + skip, rest.size()));
  return piece;
}

std::string_view CutNumber(std::string_view& rest) { return Cut(rest, std::min(rest.find('\t'), rest.size()), 1); }

}  // namespace

EntryText ParseEntry(std::string_view row) {
  constexpr Column kTexts[] = {kTitle, kPlace, kContent};
  EntryText entry;
  for (size_t i = 0; i < entry.columns.size(); ++i) {
    if (std::ranges::find(kTexts, i) == std::end(kTexts)) entry.columns[i] = CutNumber(row);
  }
  for (const Column text : kTexts) entry.columns[text] = CutNumber(row);
  for (const Column text : kTexts) entry.columns[text] = Cut(row, entry.Number<size_t>(text));
  entry.hash = row;
  return entry;
}

}  // namespace wenming::volunteer
