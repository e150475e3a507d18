// An audit log on a schema of its own, with a key.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/audit/chain.h"
#include "common/audit/trail.h"
#include "tests/support/test_call.h"
#include "tests/support/test_database.h"

namespace wenming::audit {

class AuditTest : public ::testing::Test {
 protected:
  AuditTest();

  // A call of staff/…7 in center 5, with all that a record speaks of.
  rpc::Call MakeCall() const;

  // Appends `count` records in transactions of their own, "units/…1" and so on.
  void Write(int count);
  // Chains all that is pending.
  void Chain();

  int64_t Count(const std::string& table);
  // The columns of kRecordColumns of all rows of the table, in order of id.
  std::vector<Record> Records(const std::string& table);
  std::vector<ChainedRecord> Chained();

  const ChainKey key_{"test_svc", "the key of the audit log"};
  test::TestDatabase database_;
  db::Pool& pool_ = database_.pool();
  ids::Generator ids_;
  test::TestDirectory directory_;
  const Trail trail_{pool_, ids_, key_.key};
};

}  // namespace wenming::audit
