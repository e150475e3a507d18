// What is wrong with the rows of an import.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/errors/errors.h"
#include "wenming/org/v1/imports.pb.h"

namespace wenming::org {

// Collects. Not thread-safe.
class Findings {
 public:
  // `row` 0 is the header or the file; an empty column means the whole row.
  void Add(int row, std::string_view column, errors::Reason reason, errors::Metadata metadata = {});

  bool empty() const { return findings_.empty(); }

  // In order of row, in words of the language; at most 1000.
  void Tell(errors::Language language, v1::ImportReport& report) const;

 private:
  struct Finding {
    int row;
    std::string column;
    errors::Reason reason;
    errors::Metadata metadata;
  };
  std::vector<Finding> findings_;
};

}  // namespace wenming::org
