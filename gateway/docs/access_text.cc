#include "gateway/docs/access_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wenming/type/access.pb.h"

namespace wenming::gateway::docs {
namespace {

using google::protobuf::MethodDescriptor;

bool Has(const type::Access& access, type::Audience audience) {
  return std::find(access.audiences().begin(), access.audiences().end(), audience) != access.audiences().end();
}

std::string Join(const std::vector<const char*>& words) {
  if (words.size() < 2) return absl::StrJoin(words, "");
  std::vector<const char*> first(words.begin(), words.end() - 1);
  return absl::StrCat(absl::StrJoin(first, ", "), " and ", words.back());
}

std::string Where(const std::string& scope) {
  if (scope.empty()) return "";
  if (scope == "resource") return " on the unit that the resource belongs to";
  if (scope == "anywhere") return " on any unit; the answer is limited to what they reach";
  if (scope == "platform") return " for the whole platform";
  return absl::StrCat(" on the unit in `", scope, "`");
}

}  // namespace

std::string AccessText(const MethodDescriptor& method) {
  const auto& access = method.options().GetExtension(type::access);
  if (access.audiences().empty()) return "";
  std::string text;
  if (Has(access, type::AUDIENCE_PUBLIC)) {
    text = "Anybody may call this, without a log-in.";
  } else {
    std::vector<const char*> who;
    if (Has(access, type::AUDIENCE_VOLUNTEER)) who.push_back("volunteers");
    if (Has(access, type::AUDIENCE_STAFF)) who.push_back("staff");
    if (Has(access, type::AUDIENCE_CLIENT)) who.push_back("back ends of apps");
    text = absl::StrCat("For ", Join(who), ", logged in.");
    if (!access.permission().empty()) {
      bool volunteers = Has(access, type::AUDIENCE_VOLUNTEER);
      absl::StrAppend(&text, volunteers ? " All but volunteers need" : " They need", " the permission `",
                      access.permission(), "`", Where(access.scope()), ".");
    }
  }
  if (access.reveals()) text += " The answer holds personal data in full: every call is recorded.";
  return text;
}

bool IsPublic(const MethodDescriptor& method) {
  return Has(method.options().GetExtension(type::access), type::AUDIENCE_PUBLIC);
}

}  // namespace wenming::gateway::docs
