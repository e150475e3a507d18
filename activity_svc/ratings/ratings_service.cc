#include "activity_svc/ratings/ratings_service.h"

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/names.h"
#include "activity_svc/ratings/ratings_rules.h"
#include "activity_svc/ratings/ratings_store.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"

namespace wenming::activity {
namespace {

absl::StatusOr<Activity> LoadAuthorised(db::Session& session, const rpc::Call& call, uint64_t id,
                                        std::string_view permission) {
  auto activity = LoadActivity(session, call.center_id, id);
  if (!activity.ok()) return activity.status();
  if (auto status = call.Authorise(permission, activity->unit_id); !status.ok()) return status;
  return activity;
}

double Ratio(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

rpc::Service RatingsService::Bind() {
  return rpc::Service("wenming.activity.v1.RatingsService")
      .Unary("CreateRatingInvitations", rpc::kPooled, this, &RatingsService::CreateRatingInvitations)
      .Unary("RateActivity", rpc::kPooled, this, &RatingsService::RateActivity)
      .Unary("GetRatingSummary", rpc::kPooled, this, &RatingsService::GetRatingSummary)
      .Unary("ListRatings", rpc::kPooled, this, &RatingsService::ListRatings);
}

absl::StatusOr<v1::CreateRatingInvitationsResponse> RatingsService::CreateRatingInvitations(
    const rpc::Call& call, const v1::CreateRatingInvitationsRequest& request) {
  using Response = v1::CreateRatingInvitationsResponse;
  const auto id = ParseId("activities", "parent", request.parent());
  if (!id.ok()) return id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  // What is kept for a repetition has no tokens in it: they are made anew from the numbers.
  auto response =
      trail_.Run(call, request, !request.request_id().empty(), [&](db::Transaction& tx) -> absl::StatusOr<Response> {
        const auto activity = LoadAuthorised(tx, call, *id, "attendance.run");
        if (!activity.ok()) return activity.status();
        return idempotency::Run<Response>(tx, scope, request, call.now, [&]() -> absl::StatusOr<Response> {
          if (!activity->is_public) return errors::FailedPrecondition(type::REASON_ACTIVITY_NOT_OPEN);
          const auto first_start = FirstStart(tx, call.center_id, *id);
          if (!first_start.ok()) return first_start.status();
          if (auto status = CheckBegun(*first_start, call.now); !status.ok()) return status;
          const RatingBatch batch{ids_.Next(), *id, request.count(), call.now + kInvitationLife};
          const auto stored = InsertBatch(tx, call.center_id, batch, call.caller.subject, call.now);
          if (!stored.ok()) return stored;
          Response made;
          made.set_batch_id(batch.id);
          *made.mutable_expire_time() = ToProto(batch.expire_time);
          return made;
        });
      });
  if (!response.ok()) return response;
  for (int number = 0; number < request.count(); ++number) {
    response->add_tokens(TokenOf(codes_, {call.center_id, response->batch_id(), static_cast<uint32_t>(number)}));
  }
  return response;
}

absl::StatusOr<v1::RateActivityResponse> RatingsService::RateActivity(const rpc::Call& call,
                                                                      const v1::RateActivityRequest& request) {
  const auto invitation = ReadToken(codes_, request.token());
  if (!invitation) return errors::FailedPrecondition(type::REASON_NOT_ASKED);
  // The invitation says in which center; who rates is nobody's business.
  rpc::Call there = call;
  there.center_id = invitation->center_id;
  auto rated = trail_.Run(there, request, /*repeatable=*/true,
                          [&](db::Transaction& tx) -> absl::StatusOr<v1::RateActivityResponse> {
                            const auto batch = FindBatch(tx, there.center_id, invitation->batch_id);
                            if (!batch.ok()) return batch.status();
                            const bool good = batch->has_value() && there.now < (*batch)->expire_time &&
                                              static_cast<int>(invitation->number) < (*batch)->asked_count;
                            if (!good) return errors::FailedPrecondition(type::REASON_NOT_ASKED);
                            const Rating rating{ids_.Next(), request.stars(), request.comment(), there.now};
                            const auto stored = InsertRating(tx, *invitation, (*batch)->activity_id, rating);
                            if (!stored.ok()) return stored;
                            return v1::RateActivityResponse();
                          });
  call.audited = there.audited;
  return rated;
}

absl::StatusOr<v1::RatingSummary> RatingsService::GetRatingSummary(const rpc::Call& call,
                                                                   const v1::GetRatingSummaryRequest& request) {
  const auto id = ParseId("activities", "activity", request.activity());
  if (!id.ok()) return id.status();
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::RatingSummary> {
    if (auto activity = LoadAuthorised(session, call, *id, "activities.read"); !activity.ok()) return activity.status();
    const auto counts = CountRatings(session, call.center_id, *id);
    if (!counts.ok()) return counts.status();
    v1::RatingSummary summary;
    summary.set_activity(request.activity());
    summary.set_asked_count(counts->asked);
    summary.set_answered_count(counts->answered);
    summary.set_answer_rate(Ratio(counts->answered, counts->asked));
    summary.set_satisfied_count(counts->satisfied);
    summary.set_satisfied_share(Ratio(counts->satisfied, counts->answered));
    summary.set_satisfied_lower_bound(WilsonLowerBound(counts->satisfied, counts->answered));
    summary.set_satisfied_of_asked(Ratio(counts->satisfied, counts->asked));
    return summary;
  });
}

absl::StatusOr<v1::ListRatingsResponse> RatingsService::ListRatings(const rpc::Call& call,
                                                                    const v1::ListRatingsRequest& request) {
  const auto id = ParseId("activities", "parent", request.parent());
  if (!id.ok()) return id.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t after = position->empty() ? 0 : std::get<uint64_t>(position->front().data());
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::ListRatingsResponse> {
    if (auto activity = LoadAuthorised(session, call, *id, "activities.read"); !activity.ok()) return activity.status();
    auto ratings = activity::ListRatings(session, call.center_id, *id, after, static_cast<int>(size) + 1);
    if (!ratings.ok()) return ratings.status();
    v1::ListRatingsResponse response;
    if (ratings->size() > size) {
      ratings->resize(size);
      response.set_next_page_token(pager_.Token(request, {ratings->back().id}));
    }
    for (const Rating& rating : *ratings) {
      auto& proto = *response.add_ratings();
      proto.set_stars(rating.stars);
      proto.set_comment(rating.comment);
      *proto.mutable_rate_time() = ToProto(rating.time);
    }
    return response;
  });
}

}  // namespace wenming::activity
