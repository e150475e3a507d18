#include "gateway/server/flags.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "gateway/server/flag.h"

namespace wenming::gateway {
namespace {

std::vector<Flag> AllFlags() {
  std::vector<Flag> all;
  for (auto part : {BackendFlags, HttpFlags, DocumentFlags, EdgeFlags, LimitFlags, OpsFlags}) {
    for (Flag& flag : part()) all.push_back(std::move(flag));
  }
  return all;
}

}  // namespace

absl::Status SetAddress(const std::string& value, Address& address) {
  auto parsed = Address::Parse(value);
  if (parsed.ok()) address = *std::move(parsed);
  return parsed.status();
}

absl::Status SetDuration(const std::string& value, std::chrono::milliseconds& duration) {
  absl::Duration parsed;
  if (!absl::ParseDuration(value, &parsed) || parsed < absl::Milliseconds(1) || parsed > absl::Hours(24 * 365)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", value, "\" is not a duration like 10s"));
  }
  duration = absl::ToChronoMilliseconds(parsed);
  return absl::OkStatus();
}

absl::StatusOr<Flags> ParseFlags(const std::vector<std::string>& arguments) {
  Flags flags;
  const std::vector<Flag> known = AllFlags();
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string name = arguments[i];
    if (name == "--help" || name == "-h") {
      flags.help = true;
      return flags;
    }
    if (!absl::StartsWith(name, "--")) return absl::InvalidArgumentError(absl::StrCat("unexpected argument ", name));
    name.erase(0, 2);
    std::string value;
    size_t equals = name.find('=');
    if (equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.erase(equals);
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value; see --help"));
    }
    auto flag = std::find_if(known.begin(), known.end(), [&](const Flag& each) { return name == each.name; });
    if (flag == known.end()) return absl::InvalidArgumentError(absl::StrCat("unknown flag --", name, "; see --help"));
    if (absl::Status status = flag->set(value, flags.options); !status.ok()) return status;
  }
  if (flags.options.descriptors.empty() || flags.options.backends.empty()) {
    return absl::InvalidArgumentError("--descriptors and --backend are needed; see --help");
  }
  if (absl::Status status = CheckHttp(flags.options); !status.ok()) return status;
  if (absl::Status status = CheckEdge(flags.options); !status.ok()) return status;
  if (absl::Status status = CheckOps(flags.options); !status.ok()) return status;
  return flags;
}

std::string FlagsHelp() {
  std::string help = "gateway: HTTP/JSON and a gRPC edge in front of annotated gRPC services\n\n";
  for (const Flag& flag : AllFlags()) {
    absl::StrAppend(&help, absl::StrFormat("  --%-40s %s\n", absl::StrCat(flag.name, " ", flag.value), flag.help));
  }
  return help;
}

}  // namespace wenming::gateway
