#include "activity_svc/notices/notices_service.h"

#include "activity_svc/names.h"
#include "activity_svc/notices/notices_store.h"
#include "common/db/transaction.h"

namespace wenming::activity {

rpc::Service NoticesService::Bind() {
  return rpc::Service("wenming.activity.v1.NoticesService")
      .Unary("ListMyNotices", rpc::kPooled, this, &NoticesService::ListMyNotices)
      .Unary("MarkNoticesRead", rpc::kPooled, this, &NoticesService::MarkNoticesRead);
}

absl::StatusOr<v1::ListMyNoticesResponse> NoticesService::ListMyNotices(const rpc::Call& call,
                                                                        const v1::ListMyNoticesRequest& request) {
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t before = position->empty() ? UINT64_MAX : std::get<uint64_t>(position->front().data());
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  using Response = absl::StatusOr<v1::ListMyNoticesResponse>;
  return db::Read(db_, call.deadline, [&](db::Session& session) -> Response {
    auto notices =
        ListNotices(session, call.center_id, call.caller.id, request.unread_only(), before, static_cast<int>(size) + 1);
    if (!notices.ok()) return notices.status();
    const auto unread = CountUnread(session, call.center_id, call.caller.id);
    if (!unread.ok()) return unread.status();
    v1::ListMyNoticesResponse response;
    response.set_unread_count(*unread);
    if (notices->size() > size) {
      notices->resize(size);
      response.set_next_page_token(pager_.Token(request, {notices->back().id}));
    }
    for (const Notice& notice : *notices) *response.add_notices() = ToProto(notice, call.language);
    return response;
  });
}

absl::StatusOr<v1::MarkNoticesReadResponse> NoticesService::MarkNoticesRead(const rpc::Call& call,
                                                                            const v1::MarkNoticesReadRequest& request) {
  const auto id = ParseId("notices", "name", request.name());
  if (!id.ok()) return id.status();
  using Response = absl::StatusOr<v1::MarkNoticesReadResponse>;
  return trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) -> Response {
    if (auto status = MarkRead(tx, call.center_id, call.caller.id, *id, call.now); !status.ok()) return status;
    const auto unread = CountUnread(tx, call.center_id, call.caller.id);
    if (!unread.ok()) return unread.status();
    v1::MarkNoticesReadResponse response;
    response.set_unread_count(*unread);
    return response;
  });
}

}  // namespace wenming::activity
