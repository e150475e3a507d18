#include "activity_svc/calendar_feeds/calendar_feeds_service.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "activity_svc/calendar_feeds/calendar_feeds_store.h"
#include "activity_svc/names.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/crypto/digest.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"

namespace wenming::activity {
namespace {

constexpr size_t kSecretBytes = 24;
constexpr size_t kCenterBytes = 8;

// A calendar sends nothing but its link, so the token says which center to look in: 8 bytes of it, then the secret.
std::string MakeToken(uint64_t center_id, std::string_view secret) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(center_id >> shift));
  return crypto::Base64Url(bytes.append(secret));
}

// Nothing for what is no token at all.
std::optional<uint64_t> CenterOf(std::string_view token) {
  const auto bytes = crypto::FromBase64Url(token);
  if (!bytes || bytes->size() != kCenterBytes + kSecretBytes) return std::nullopt;
  uint64_t center_id = 0;
  for (size_t i = 0; i < kCenterBytes; ++i) center_id = center_id << 8 | static_cast<unsigned char>((*bytes)[i]);
  return center_id;
}

absl::Status BadToken() { return errors::Make(absl::StatusCode::kNotFound, type::REASON_FEED_TOKEN); }

// Under the lock of the person, so that two at once do not both find room.
absl::Status CheckRoom(db::Transaction& transaction, const rpc::Call& call) {
  const auto volunteer = LockVolunteer(transaction, call.center_id, call.caller.id);
  if (!volunteer.ok()) return volunteer.status();
  if (!volunteer->has_value()) return errors::FailedPrecondition(type::REASON_UNKNOWN_VOLUNTEER);
  const auto count = CountWorkingFeeds(transaction, call.center_id, call.caller.id);
  if (!count.ok()) return count.status();
  if (*count < kMostFeeds) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_TOO_MANY_ITEMS, {{"max", std::to_string(kMostFeeds)}});
}

}  // namespace

CalendarFeedsService::CalendarFeedsService(const Dependencies& dependencies, crypto::RandomSource random)
    : db_(dependencies.db),
      ids_(dependencies.ids),
      trail_(dependencies.trail),
      pager_(dependencies.pager),
      random_(std::move(random)) {
  PrepareCalendars();
}

rpc::Service CalendarFeedsService::Bind() {
  return rpc::Service("wenming.activity.v1.CalendarFeedsService")
      .Unary("CreateCalendarFeed", rpc::kPooled, this, &CalendarFeedsService::CreateCalendarFeed)
      .Unary("ListCalendarFeeds", rpc::kPooled, this, &CalendarFeedsService::ListCalendarFeeds)
      .Unary("RevokeCalendarFeed", rpc::kPooled, this, &CalendarFeedsService::RevokeCalendarFeed)
      .Unary("ReadCalendar", rpc::kPooled, this, &CalendarFeedsService::ReadCalendar);
}

absl::StatusOr<v1::CalendarFeed> CalendarFeedsService::CreateCalendarFeed(
    const rpc::Call& call, const v1::CreateCalendarFeedRequest& request) {
  const CalendarFeed feed{.id = ids_.Next(),
                          .volunteer_id = call.caller.id,
                          .display_name = request.calendar_feed().display_name(),
                          .create_time = call.now};
  const std::string token = MakeToken(call.center_id, random_(kSecretBytes));
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  // What is kept for a repetition is without the secret.
  auto answer = trail_.Run(
      call, request, !request.request_id().empty(), [&](db::Transaction& tx) -> absl::StatusOr<v1::CalendarFeed> {
        return idempotency::Run<v1::CalendarFeed>(
            tx, scope, request, call.now, [&]() -> absl::StatusOr<v1::CalendarFeed> {
              if (auto status = CheckRoom(tx, call); !status.ok()) return status;
              const absl::Status stored = InsertFeed(tx, call.center_id, feed, crypto::Sha256(token));
              if (!stored.ok()) return stored;
              return ToProto(feed);
            });
      });
  const bool made = answer.ok() && answer->name() == ids::ResourceName("calendarFeeds", feed.id);
  if (made) answer->set_path(absl::StrCat("/v1/calendarFeeds:ics?token=", token));
  return answer;
}

absl::StatusOr<v1::ListCalendarFeedsResponse> CalendarFeedsService::ListCalendarFeeds(
    const rpc::Call& call, const v1::ListCalendarFeedsRequest& request) {
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t before = position->empty() ? UINT64_MAX : std::get<uint64_t>(position->front().data());
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  auto feeds = db::Read(db_, call.deadline, [&](db::Session& session) {
    return ListFeeds(session, call.center_id, call.caller.id, before, static_cast<int>(size) + 1);
  });
  if (!feeds.ok()) return feeds.status();
  v1::ListCalendarFeedsResponse response;
  if (feeds->size() > size) {
    feeds->resize(size);
    response.set_next_page_token(pager_.Token(request, {feeds->back().id}));
  }
  for (const CalendarFeed& feed : *feeds) *response.add_calendar_feeds() = ToProto(feed);
  return response;
}

absl::StatusOr<v1::CalendarFeed> CalendarFeedsService::RevokeCalendarFeed(
    const rpc::Call& call, const v1::RevokeCalendarFeedRequest& request) {
  const auto id = ParseId("calendarFeeds", "name", request.name());
  if (!id.ok()) return id.status();
  return trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) -> absl::StatusOr<v1::CalendarFeed> {
    auto feed = LoadFeed(tx, call.center_id, *id);
    if (!feed.ok()) return feed.status();
    if (feed->volunteer_id != call.caller.id) return errors::PermissionDenied(type::REASON_NOT_YOURS);
    if (auto status = RevokeFeed(tx, call.center_id, *id, call.now); !status.ok()) return status;
    if (!feed->revoke_time) feed->revoke_time = call.now;
    return ToProto(*feed);
  });
}

absl::StatusOr<google::api::HttpBody> CalendarFeedsService::ReadCalendar(const rpc::Call& call,
                                                                         const v1::ReadCalendarRequest& request) {
  const auto center_id = CenterOf(request.token());
  if (!center_id) return BadToken();
  using Entries = std::vector<CalendarEntry>;
  const auto entries = db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<Entries> {
    const auto feed = FindFeed(session, *center_id, crypto::Sha256(request.token()));
    if (!feed.ok()) return feed.status();
    if (!feed->has_value()) return BadToken();
    return ListEntries(session, *center_id, (*feed)->volunteer_id, call.now);
  });
  if (!entries.ok()) return entries.status();
  google::api::HttpBody body;
  body.set_content_type("text/calendar; charset=utf-8");
  body.set_data(ToCalendar(*entries));
  return body;
}

}  // namespace wenming::activity
