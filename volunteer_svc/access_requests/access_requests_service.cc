#include "volunteer_svc/access_requests/access_requests_service.h"

#include <utility>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/id_documents.h"
#include "volunteer_svc/volunteers/reveals.h"

namespace wenming::volunteer {
namespace {

using v1::AccessRequest;

constexpr char kReveal[] = "volunteers.reveal";
constexpr char kApprove[] = "volunteers.approve";
// How long an approval is good: for one matter, not for a habit.
constexpr absl::Duration kGoodFor = absl::Hours(24);

absl::StatusOr<uint64_t> IdOf(std::string_view collection, const std::string& name) {
  const auto id = ids::ParseName(collection, name);
  if (!id) return errors::NotFound(name);
  return *id;
}

// The request, where the caller holds the permission on the volunteer's unit.
absl::StatusOr<AccessRequestRecord> Load(db::Session& session, const rpc::Call& call, const std::string& name,
                                         std::string_view permission) {
  const auto id = IdOf("accessRequests", name);
  if (!id.ok()) return id.status();
  const auto record = AccessRequestsStore::Find(session, call.center_id, *id);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return errors::NotFound(name);
  if (absl::Status allowed = call.Authorise(permission, (*record)->unit_id); !allowed.ok()) return allowed;
  return **record;
}

}  // namespace

AccessRequestsService::AccessRequestsService(const Dependencies& dependencies)
    : with_(dependencies), volunteers_(PersonSeal(dependencies.cipher, dependencies.blind_index)) {}

rpc::Service AccessRequestsService::Bind() {
  return rpc::Service("wenming.volunteer.v1.AccessRequestsService")
      .Unary("CreateAccessRequest", rpc::kPooled, this, &AccessRequestsService::CreateAccessRequest)
      .Unary("GetAccessRequest", rpc::kPooled, this, &AccessRequestsService::GetAccessRequest)
      .Unary("ListAccessRequests", rpc::kPooled, this, &AccessRequestsService::ListAccessRequests)
      .Unary("ApproveAccessRequest", rpc::kPooled, this, &AccessRequestsService::ApproveAccessRequest)
      .Unary("RejectAccessRequest", rpc::kPooled, this, &AccessRequestsService::RejectAccessRequest);
}

absl::StatusOr<AccessRequest> AccessRequestsService::CreateAccessRequest(
    const rpc::Call& call, const v1::CreateAccessRequestRequest& request) {
  const auto volunteer_id = IdOf("volunteers", request.parent());
  if (!volunteer_id.ok()) return volunteer_id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return with_.trail.Run(
      call, request, !request.request_id().empty(), [&](db::Transaction& transaction) -> absl::StatusOr<AccessRequest> {
        // Locked, so that no reason is kept about somebody who is being forgotten.
        const auto volunteer = volunteers_.Find(transaction, call.center_id, *volunteer_id, Lock::kForUpdate);
        if (!volunteer.ok()) return volunteer.status();
        if (!volunteer->has_value()) return errors::NotFound(request.parent());
        if (absl::Status allowed = call.Authorise(kReveal, (*volunteer)->unit_id); !allowed.ok()) return allowed;
        if ((*volunteer)->state == v1::Volunteer::STATE_ERASED) {
          return errors::FailedPrecondition(type::REASON_PERSON_ERASED);
        }
        if (!IsMinor((*volunteer)->person.birth_date, DayInChina(call.now))) {
          return errors::FailedPrecondition(type::REASON_NOT_A_MINOR);
        }
        // What is kept for a repeated request names the request only: its reason goes when the person is forgotten.
        const auto asked = idempotency::Run<v1::GetAccessRequestRequest>(
            transaction, scope, request, call.now, [&]() -> absl::StatusOr<v1::GetAccessRequestRequest> {
              AccessRequestRecord record;
              record.center_id = call.center_id;
              record.id = with_.ids.Next();
              record.volunteer_id = *volunteer_id;
              record.unit_id = (*volunteer)->unit_id;
              record.requester_id = call.caller.id;
              record.purpose = request.access_request().purpose();
              record.reason = ReasonForTheLog(request.access_request().reason());
              record.create_time = call.now;
              call.Note("purpose", v1::RevealPurpose_Name(record.purpose));
              call.Note("reason", record.reason);
              if (absl::Status stored = AccessRequestsStore::Insert(transaction, record); !stored.ok()) return stored;
              v1::GetAccessRequestRequest name;
              name.set_name(ids::ResourceName("accessRequests", record.id));
              return name;
            });
        if (!asked.ok()) return asked.status();
        const auto record = Load(transaction, call, asked->name(), kReveal);
        if (!record.ok()) return record.status();
        return ToProto(*record);
      });
}

absl::StatusOr<AccessRequest> AccessRequestsService::GetAccessRequest(const rpc::Call& call,
                                                                      const v1::GetAccessRequestRequest& request) {
  const auto record = db::Read(with_.db, call.deadline,
                               [&](db::Session& session) { return Load(session, call, request.name(), kReveal); });
  if (!record.ok()) return record.status();
  return ToProto(*record);
}

absl::StatusOr<v1::ListAccessRequestsResponse> AccessRequestsService::ListAccessRequests(
    const rpc::Call& call, const v1::ListAccessRequestsRequest& request) {
  const auto unit_id = IdOf("units", request.parent());
  if (!unit_id.ok()) return unit_id.status();
  const auto position = with_.pager.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t before = position->empty() ? 0 : std::get<uint64_t>(position->front().data());
  const size_t size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  auto records = db::Read(with_.db, call.deadline, [&](db::Session& session) {
    return AccessRequestsStore::List(session, call.center_id, with_.directory.Subtree(*unit_id), before,
                                     static_cast<int>(size) + 1);
  });
  if (!records.ok()) return records.status();
  v1::ListAccessRequestsResponse response;
  if (records->size() > size) {
    records->resize(size);
    response.set_next_page_token(with_.pager.Token(request, {records->back().id}));
  }
  for (const AccessRequestRecord& record : *records) *response.add_access_requests() = ToProto(record);
  return response;
}

absl::StatusOr<AccessRequest> AccessRequestsService::ApproveAccessRequest(
    const rpc::Call& call, const v1::ApproveAccessRequestRequest& request) {
  return Decide(call, request, request.name(), AccessRequest::STATE_APPROVED);
}

absl::StatusOr<AccessRequest> AccessRequestsService::RejectAccessRequest(
    const rpc::Call& call, const v1::RejectAccessRequestRequest& request) {
  return Decide(call, request, request.name(), AccessRequest::STATE_REJECTED);
}

absl::StatusOr<AccessRequest> AccessRequestsService::Decide(const rpc::Call& call,
                                                            const google::protobuf::Message& request,
                                                            const std::string& name, AccessRequest::State decision) {
  return with_.trail.Run(call, request, /*repeatable=*/false,
                         [&](db::Transaction& transaction) -> absl::StatusOr<AccessRequest> {
                           auto record = Load(transaction, call, name, kApprove);
                           if (!record.ok()) return record.status();
                           if (record->requester_id == call.caller.id)
                             return errors::PermissionDenied(type::REASON_OWN_APPROVAL);
                           record->state = decision;
                           record->decider_id = call.caller.id;
                           record->decide_time = call.now;
                           if (decision == AccessRequest::STATE_APPROVED) record->expire_time = call.now + kGoodFor;
                           if (absl::Status decided = AccessRequestsStore::Decide(transaction, *record); !decided.ok())
                             return decided;
                           return ToProto(*record);
                         });
}

}  // namespace wenming::volunteer
