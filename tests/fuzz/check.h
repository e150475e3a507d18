// What a fuzz target holds its parser to.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace wenming::fuzz {

// Ends the process, which libFuzzer takes for a find, where a property does not hold.
inline void Check(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", property);
  std::abort();
}

}  // namespace wenming::fuzz
