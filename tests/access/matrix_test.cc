// Who may call what, where: generated from the access rules of all protos and the roles of org_svc's schema, and
// compared with matrix.csv, which a reviewer reads. A method without a line, or with another one, fails.
//
// A cell says where staff with a role (bound to an institute; center admins to the center, system and security admins
// to the platform) may call: P the platform itself, C the center, U the institute, B a station below it, S a sibling
// institute, O an institute of another center; "any" where no unit is concerned, "-" nowhere. For the other callers:
// "yes" or "-".

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/db/transaction.h"
#include "common/ids/ids.h"
#include "common/rpc/access.h"
#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"
#include "org_svc/schema.h"
#include "org_svc/staff/role_book.h"
#include "tests/support/contract.h"
#include "tests/support/test_call.h"
#include "tests/support/test_database.h"

namespace wenming {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

constexpr uint64_t kPlatform = 0, kCenter = 10, kUnit = 20, kBelow = 30, kSibling = 21, kOtherCenter = 11, kOther = 22;
const std::pair<char, uint64_t> kPlaces[] = {{'P', kPlatform}, {'C', kCenter},  {'U', kUnit},
                                             {'B', kBelow},    {'S', kSibling}, {'O', kOther}};
const std::vector<std::string> kRoles = {"system_admin", "security_admin", "center_admin",   "unit_admin",
                                         "team_leader",  "auditor",        "backend_reader", "backend_check_code"};

class AccessMatrix : public ::testing::Test {
 protected:
  AccessMatrix() {
    directory_.AddCenter(kCenter, "HT")
        .AddCenter(kOtherCenter, "XX")
        .AddUnit(kUnit, kCenter, kCenter, 2)
        .AddUnit(kSibling, kCenter, kCenter, 2)
        .AddUnit(kBelow, kUnit, kCenter, 3)
        .AddUnit(kOther, kOtherCenter, kOtherCenter, 2);
    test::TestDatabase database(org::Migrations());
    const auto book = db::Read(database.pool(), absl::InfiniteFuture(),
                               [](db::Session& session) { return org::RoleBook::Read(session); });
    EXPECT_TRUE(book.ok()) << book.status();
    uint64_t id = 1;
    for (const auto& role : book->All()) {
      directory_.AddRole(role.key(), {role.permissions().begin(), role.permissions().end()});
      const bool platform = role.key() == "system_admin" || role.key() == "security_admin";
      const uint64_t unit = platform ? kPlatform : role.key() == "center_admin" ? kCenter : kUnit;
      directory_.AddStaff(id, unit == kPlatform ? 0 : kCenter, {{role.key(), unit}});
      if (role.for_clients()) clients_.insert(id);
      staff_[role.key()] = id++;
    }
  }

  static void SetScope(Message* message, const std::string& path, const std::string& value) {
    const std::vector<std::string> parts = absl::StrSplit(path, '.');
    for (size_t i = 0; i < parts.size(); ++i) {
      const auto* field = message->GetDescriptor()->FindFieldByName(parts[i]);
      if (i + 1 < parts.size()) {
        message = message->GetReflection()->MutableMessage(message, field);
      } else {
        message->GetReflection()->SetString(message, field, value);
      }
    }
  }

  // Whether the staff member may call the method about the unit.
  bool May(const MethodDescriptor& method, uint64_t staff, uint64_t unit) {
    const auto rule = rpc::AccessRule::Compile(method);
    const type::Access& access = rule->access();
    const std::unique_ptr<Message> request(
        MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
    const bool by_field = !access.scope().empty() && access.scope() != "resource" && access.scope() != "anywhere" &&
                          access.scope() != "platform";
    if (by_field && unit != kPlatform) SetScope(request.get(), access.scope(), ids::ResourceName("units", unit));
    rpc::Call call = clients_.contains(staff) ? test::ClientCall(directory_.get(), staff, 0)
                                              : test::StaffCall(directory_.get(), staff, 0);
    if (!rule->Check(*request, call).ok()) return false;
    return !rule->HandlerDecides() || call.Authorise(access.permission(), unit).ok();
  }

  std::string StaffCell(const MethodDescriptor& method, const std::string& role) {
    const type::Access access = rpc::AccessRule::Compile(method)->access();
    if (access.scope().empty()) return May(method, staff_[role], kPlatform) ? "any" : "-";
    std::string places;
    for (const auto& [letter, unit] : kPlaces) {
      if (May(method, staff_[role], unit)) places += letter;
    }
    return places.empty() ? "-" : places;
  }

  std::string OtherCell(const MethodDescriptor& method, rpc::Call call) {
    const std::unique_ptr<Message> request(
        MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
    return rpc::AccessRule::Compile(method)->Check(*request, call).ok() ? "yes" : "-";
  }

  std::string Generate() {
    std::string csv = absl::StrCat("method,anonymous,volunteer,service,", absl::StrJoin(kRoles, ","), "\n");
    for (const auto* method : test::AllMethods()) {
      std::vector<std::string> cells = {method->full_name(),
                                        OtherCell(*method, test::AnonymousCall(directory_.get(), 0)),
                                        OtherCell(*method, test::VolunteerCall(directory_.get(), 7, kCenter)),
                                        OtherCell(*method, test::ServiceCall(directory_.get(), "org_svc"))};
      for (const std::string& role : kRoles) cells.push_back(StaffCell(*method, role));
      absl::StrAppend(&csv, absl::StrJoin(cells, ","), "\n");
    }
    return csv;
  }

  test::TestDirectory directory_;
  std::map<std::string, uint64_t> staff_;  // and back ends, by role
  std::set<uint64_t> clients_;             // those of them that are back ends
};

std::string ReadFile(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

TEST_F(AccessMatrix, EveryRoleIsInTheMatrix) {
  EXPECT_EQ(staff_.size(), kRoles.size()) << "a new role needs a column";
  for (const std::string& role : kRoles) EXPECT_TRUE(staff_.contains(role)) << role;
}

TEST_F(AccessMatrix, IsTheOneThatWasReviewed) {
  const std::string generated = Generate();
  const std::string reviewed = ReadFile("tests/access/matrix.csv");
  if (generated == reviewed) return;
  const std::string written = ::testing::TempDir() + "access_matrix.csv";
  std::ofstream(written) << generated;
  const std::vector<std::string> now = absl::StrSplit(generated, '\n'), before = absl::StrSplit(reviewed, '\n');
  for (const std::string& line : now) {
    if (std::ranges::find(before, line) == before.end()) ADD_FAILURE() << "new or changed: " << line;
  }
  for (const std::string& line : before) {
    if (std::ranges::find(now, line) == now.end()) ADD_FAILURE() << "gone or changed: " << line;
  }
  ADD_FAILURE() << "read the differences; if they are meant, copy " << written << " to tests/access/matrix.csv";
}

// What must hold whatever the matrix says.
TEST_F(AccessMatrix, NobodyReachesASiblingOrAnotherCenter) {
  for (const auto* method : test::AllMethods()) {
    for (const char* role : {"unit_admin", "team_leader", "auditor", "backend_reader", "backend_check_code"}) {
      const std::string cell = StaffCell(*method, role);
      const type::Access access = rpc::AccessRule::Compile(*method)->access();
      const bool open = access.scope() == "anywhere" ||
                        std::ranges::find(access.audiences(), type::AUDIENCE_PUBLIC) != access.audiences().end();
      if (cell == "any" || open) continue;
      EXPECT_EQ(cell.find_first_of("PCSO"), std::string::npos) << method->full_name() << " " << role << " " << cell;
    }
  }
}

}  // namespace
}  // namespace wenming
