#include "volunteer_svc/hours/hours_service.h"

#include <string_view>
#include <utility>
#include <vector>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "volunteer_svc/hours/hours_rules.h"
#include "volunteer_svc/hours/hours_store.h"
#include "volunteer_svc/volunteers/volunteer_access.h"

namespace wenming::volunteer {
namespace {

constexpr char kRead[] = "volunteers.read";
constexpr std::string_view kAccountSuffix = "/hourAccount";

absl::StatusOr<uint64_t> IdOf(std::string_view name, std::string_view field) {
  const auto id = ids::ParseName("volunteers", name);
  if (!id) return errors::InvalidField(field, type::REASON_BAD_RESOURCE_NAME, {{"collection", "volunteers"}});
  return *id;
}

absl::StatusOr<uint64_t> IdOfAccount(std::string_view name) {
  if (name.ends_with(kAccountSuffix)) name.remove_suffix(kAccountSuffix.size());
  return IdOf(name, "name");
}

}  // namespace

rpc::Service HoursService::Bind() {
  return rpc::Service("wenming.volunteer.v1.HoursService")
      .Unary("GetHourAccount", rpc::kPooled, this, &HoursService::GetHourAccount)
      .Unary("ListHourEntries", rpc::kPooled, this, &HoursService::ListHourEntries);
}

absl::StatusOr<v1::HourAccount> HoursService::GetHourAccount(const rpc::Call& call,
                                                             const v1::GetHourAccountRequest& request) {
  const auto id = IdOfAccount(request.name());
  if (!id.ok()) return id.status();
  return db::Read(dependencies_.db, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::HourAccount> {
    if (absl::Status allowed = AuthoriseFor(call, session, *id, kRead); !allowed.ok()) return allowed;
    const auto account = HoursStore::FindAccount(session, call.center_id, *id);
    if (!account.ok()) return account.status();
    const auto levels = HoursStore::StarLevels(session, call.center_id);
    if (!levels.ok()) return levels.status();
    return ToProto(*id, account->value_or(HourAccount()), *levels);
  });
}

absl::StatusOr<v1::ListHourEntriesResponse> HoursService::ListHourEntries(const rpc::Call& call,
                                                                          const v1::ListHourEntriesRequest& request) {
  const auto id = IdOf(request.parent(), "parent");
  if (!id.ok()) return id.status();
  const auto position = dependencies_.pager.Position(request);
  if (!position.ok()) return position.status();
  const int64_t before = position->empty() ? 0 : std::get<int64_t>(position->front().data());
  const size_t size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  auto entries =
      db::Read(dependencies_.db, call.deadline, [&](db::Session& session) -> absl::StatusOr<std::vector<HourEntry>> {
        if (absl::Status allowed = AuthoriseFor(call, session, *id, kRead); !allowed.ok()) return allowed;
        return HoursStore::Before(session, call.center_id, *id, before, static_cast<int>(size) + 1, request.grade());
      });
  if (!entries.ok()) return entries.status();
  v1::ListHourEntriesResponse response;
  if (entries->size() > size) {
    entries->resize(size);
    response.set_next_page_token(dependencies_.pager.Token(request, {entries->back().sequence}));
  }
  for (const HourEntry& entry : *entries) *response.add_hour_entries() = ToProto(entry);
  return response;
}

}  // namespace wenming::volunteer
