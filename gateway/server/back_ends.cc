#include "gateway/server/back_ends.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wenming::gateway {

absl::StatusOr<BackendOption> BackendOption::Parse(std::string_view text) {
  size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return absl::InvalidArgumentError(absl::StrCat("\"", std::string(text), "\" is not PACKAGE=HOST:PORT"));
  }
  auto address = Address::Parse(text.substr(equals + 1));
  if (!address.ok()) return address.status();
  return BackendOption{std::string(text.substr(0, equals)), *std::move(address)};
}

BackEnds GroupBackEnds(const std::vector<BackendOption>& options) {
  BackEnds back_ends;
  std::vector<std::vector<Address>> of_package;
  for (const BackendOption& option : options) {
    const auto found = std::find(back_ends.packages.begin(), back_ends.packages.end(), option.package);
    const auto package = static_cast<size_t>(found - back_ends.packages.begin());
    if (found == back_ends.packages.end()) {
      back_ends.packages.push_back(option.package);
      of_package.emplace_back();
    }
    auto& addresses = of_package[package];
    const bool known = std::find(addresses.begin(), addresses.end(), option.address) != addresses.end();
    if (!known) addresses.push_back(option.address);
  }
  for (auto& addresses : of_package) {
    const auto found = std::find(back_ends.addresses.begin(), back_ends.addresses.end(), addresses);
    back_ends.of_package.push_back(static_cast<size_t>(found - back_ends.addresses.begin()));
    if (found == back_ends.addresses.end()) back_ends.addresses.push_back(std::move(addresses));
  }
  return back_ends;
}

}  // namespace wenming::gateway
