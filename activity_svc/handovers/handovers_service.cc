#include "activity_svc/handovers/handovers_service.h"

#include <vector>

#include "activity_svc/handovers/exchange.h"
#include "activity_svc/handovers/handovers_store.h"
#include "activity_svc/names.h"
#include "common/db/transaction.h"
#include "common/idempotency/idempotency.h"

namespace wenming::activity {
namespace {

using Answer = absl::StatusOr<v1::Handover>;

Answer Show(const rpc::Call& call, const absl::StatusOr<Handover>& handover) {
  return handover.ok() ? Answer(ToProto(*handover, call.caller.id)) : handover.status();
}

}  // namespace

rpc::Service HandoversService::Bind() {
  return rpc::Service("wenming.activity.v1.HandoversService")
      .Unary("CreateHandover", rpc::kPooled, this, &HandoversService::CreateHandover)
      .Unary("AcceptHandover", rpc::kPooled, this, &HandoversService::AcceptHandover)
      .Unary("DeclineHandover", rpc::kPooled, this, &HandoversService::DeclineHandover)
      .Unary("WithdrawHandover", rpc::kPooled, this, &HandoversService::WithdrawHandover)
      .Unary("ListMyHandovers", rpc::kPooled, this, &HandoversService::ListMyHandovers);
}

Answer HandoversService::CreateHandover(const rpc::Call& call, const v1::CreateHandoverRequest& request) {
  const auto id = ParseId("registrations", "parent", request.parent());
  if (!id.ok()) return id.status();
  const auto wanted = ParseOptionalId("shifts", "handover.wanted_shift", request.handover().wanted_shift());
  if (!wanted.ok()) return wanted.status();
  const Proposal proposal{*id, request.handover().taker_number(), *wanted};
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return trail_.Run(call, request, !request.request_id().empty(), [&](db::Transaction& tx) {
    return idempotency::Run<v1::Handover>(tx, scope, request, call.now,
                                          [&] { return Show(call, Propose(tx, call, ids_, proposal)); });
  });
}

Answer HandoversService::AcceptHandover(const rpc::Call& call, const v1::AcceptHandoverRequest& request) {
  const auto id = ParseId("handovers", "name", request.name());
  if (!id.ok()) return id.status();
  return trail_.Run(call, request, /*repeatable=*/true,
                    [&](db::Transaction& tx) { return Show(call, Accept(tx, call, ids_, *id)); });
}

Answer HandoversService::DeclineHandover(const rpc::Call& call, const v1::DeclineHandoverRequest& request) {
  const auto id = ParseId("handovers", "name", request.name());
  if (!id.ok()) return id.status();
  return trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) {
    return Show(call, Refuse(tx, call, ids_, *id, v1::Handover::STATE_DECLINED));
  });
}

Answer HandoversService::WithdrawHandover(const rpc::Call& call, const v1::WithdrawHandoverRequest& request) {
  const auto id = ParseId("handovers", "name", request.name());
  if (!id.ok()) return id.status();
  return trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) {
    return Show(call, Refuse(tx, call, ids_, *id, v1::Handover::STATE_WITHDRAWN));
  });
}

absl::StatusOr<v1::ListMyHandoversResponse> HandoversService::ListMyHandovers(
    const rpc::Call& call, const v1::ListMyHandoversRequest& request) {
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t before = position->empty() ? UINT64_MAX : std::get<uint64_t>(position->front().data());
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  auto own = db::Read(db_, call.deadline, [&](db::Session& session) {
    return ListHandoversOf(session, call.center_id, call.caller.id, before, static_cast<int>(size) + 1);
  });
  if (!own.ok()) return own.status();
  v1::ListMyHandoversResponse response;
  if (own->size() > size) {
    own->resize(size);
    response.set_next_page_token(pager_.Token(request, {own->back().id}));
  }
  for (const Handover& handover : *own) *response.add_handovers() = ToProto(handover, call.caller.id);
  return response;
}

}  // namespace wenming::activity
