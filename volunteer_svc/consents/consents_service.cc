#include "volunteer_svc/consents/consents_service.h"

#include <algorithm>
#include <utility>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/changes.h"
#include "volunteer_svc/volunteers/id_documents.h"
#include "volunteer_svc/volunteers/texts.h"
#include "volunteer_svc/volunteers/volunteer_access.h"

namespace wenming::volunteer {
namespace {

using v1::Consent;

constexpr char kRead[] = "volunteers.read";
constexpr char kWrite[] = "volunteers.write";

absl::StatusOr<uint64_t> VolunteerIn(const std::string& name) {
  const auto id = ids::ParseName("volunteers", name);
  if (!id) return errors::NotFound(name);
  return *id;
}

// Staff attest to paper; nobody signs paper on a screen.
absl::Status CheckChannel(const rpc::Call& call, Consent::Channel channel) {
  if (call.IsVolunteer() == (channel != Consent::CHANNEL_PAPER)) return absl::OkStatus();
  return errors::InvalidField("channel", type::REASON_UNKNOWN_VALUE);
}

const char* WithdrawalText(bool ended, errors::Language language) {
  const bool chinese = language == errors::Language::kChinese;
  if (ended) {
    return chinese ? "已撤回。您的志愿者身份随之停止，已退出登录；已有信息只保存、不再使用，您可以要求删除。"
                   : "Withdrawn. The membership has ended with it and the sessions too; what is stored is kept and not "
                     "used any more. You may ask for its erasure.";
  }
  return chinese ? "已撤回。" : "Withdrawn.";
}

}  // namespace

ConsentsService::ConsentsService(const Dependencies& dependencies, AllTraces traces)
    : with_(dependencies),
      traces_(std::move(traces)),
      volunteers_(PersonSeal(dependencies.cipher, dependencies.blind_index)) {}

rpc::Service ConsentsService::Bind() {
  return rpc::Service("wenming.volunteer.v1.ConsentsService")
      .Unary("ListConsentDocuments", rpc::kPooled, this, &ConsentsService::ListConsentDocuments)
      .Unary("PublishConsentDocument", rpc::kPooled, this, &ConsentsService::PublishConsentDocument)
      .Unary("GiveConsent", rpc::kPooled, this, &ConsentsService::GiveConsent)
      .Unary("WithdrawConsent", rpc::kPooled, this, &ConsentsService::WithdrawConsent)
      .Unary("ListConsents", rpc::kPooled, this, &ConsentsService::ListConsents);
}

absl::StatusOr<v1::ListConsentDocumentsResponse> ConsentsService::ListConsentDocuments(
    const rpc::Call& call, const v1::ListConsentDocumentsRequest& request) {
  const auto position = with_.pager.Position(request);
  if (!position.ok()) return position.status();
  const int64_t after = position->empty() ? 0 : std::get<int64_t>(position->front().data());
  const auto documents = db::Read(with_.db, call.deadline, [&](db::Session& session) {
    return ConsentsStore::CurrentDocuments(session, call.center_id);
  });
  if (!documents.ok()) return documents.status();
  const int size = paging::ClampPageSize(request.page_size());
  v1::ListConsentDocumentsResponse response;
  for (const ConsentDocumentRecord& document : *documents) {
    if (document.kind <= after) continue;
    if (response.consent_documents_size() == size) {
      const int64_t last = response.consent_documents().rbegin()->kind();
      response.set_next_page_token(with_.pager.Token(request, {last}));
      break;
    }
    *response.add_consent_documents() = ToProto(document);
  }
  return response;
}

absl::StatusOr<v1::ConsentDocument> ConsentsService::PublishConsentDocument(
    const rpc::Call& call, const v1::PublishConsentDocumentRequest& request) {
  if (ids::ParseName("units", request.parent()) != call.center_id) {
    return errors::InvalidField("parent", type::REASON_UNKNOWN_REFERENCE, {{"value", request.parent()}});
  }
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return with_.trail.Run(call, request, !request.request_id().empty(),
                         [&](db::Transaction& transaction) -> absl::StatusOr<v1::ConsentDocument> {
                           return idempotency::Run<v1::ConsentDocument>(
                               transaction, scope, request, call.now, [&]() -> absl::StatusOr<v1::ConsentDocument> {
                                 ConsentDocumentRecord document;
                                 document.center_id = call.center_id;
                                 document.id = with_.ids.Next();
                                 document.kind = request.consent_document().kind();
                                 document.title = Trimmed(request.consent_document().title());
                                 document.text = Trimmed(request.consent_document().text());
                                 document.publish_time = call.now;
                                 document.publisher = call.caller.subject;
                                 if (absl::Status published = ConsentsStore::Publish(transaction, document);
                                     !published.ok()) {
                                   return published;
                                 }
                                 return ToProto(document);
                               });
                         });
}

absl::StatusOr<v1::GiveConsentResponse> ConsentsService::GiveConsent(const rpc::Call& call,
                                                                     const v1::GiveConsentRequest& request) {
  const auto id = VolunteerIn(request.parent());
  if (!id.ok()) return id.status();
  const auto documents = DocumentIds(request.documents(), "documents");
  if (!documents.ok()) return documents.status();
  if (absl::Status right = CheckChannel(call, request.channel()); !right.ok()) return right;
  return with_.trail.Run(call, request, /*repeatable=*/true,
                         [&](db::Transaction& transaction) -> absl::StatusOr<v1::GiveConsentResponse> {
                           const auto volunteer = LoadForChange(transaction, call, volunteers_, *id, kWrite);
                           if (!volunteer.ok()) return volunteer.status();
                           if (volunteer->state == v1::Volunteer::STATE_ERASED) {
                             return errors::FailedPrecondition(type::REASON_PERSON_ERASED);
                           }
                           const auto current = ConsentsStore::CurrentDocuments(transaction, call.center_id);
                           if (!current.ok()) return current.status();
                           const auto chosen = Chosen(*current, *documents);
                           if (!chosen.ok()) return chosen.status();
                           v1::GiveConsentResponse response;
                           for (const ConsentDocumentRecord& document : *chosen) {
                             const auto consent = Agree(transaction, call, *volunteer, document, request.channel());
                             if (!consent.ok()) return consent.status();
                             *response.add_consents() = ToProto(*consent);
                           }
                           return response;
                         });
}

absl::StatusOr<v1::WithdrawConsentResponse> ConsentsService::WithdrawConsent(
    const rpc::Call& call, const v1::WithdrawConsentRequest& request) {
  const auto id = VolunteerIn(request.parent());
  if (!id.ok()) return id.status();
  return with_.trail.Run(
      call, request, /*repeatable=*/true,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::WithdrawConsentResponse> {
        auto volunteer = LoadForChange(transaction, call, volunteers_, *id, kWrite);
        if (!volunteer.ok()) return volunteer.status();
        const auto withdrawn = ConsentsStore::Withdraw(transaction, call.center_id, *id, request.kind(), call.now);
        if (!withdrawn.ok()) return withdrawn.status();
        const int age = AgeOn(volunteer->person.birth_date, DayInChina(call.now));
        const bool ends = EndsParticipation(request.kind(), age);
        if (ends) {
          const auto ended = EndMembership(transaction, call, with_, volunteers_, *volunteer);
          if (!ended.ok()) return ended.status();
          const absl::Status out = EndAccess(traces_, transaction, call.center_id, *id, call.arrival);
          if (!out.ok()) return out;
        }
        v1::WithdrawConsentResponse response;
        response.set_participation_ended(ends);
        response.set_message(WithdrawalText(ends, call.language));
        return response;
      });
}

absl::StatusOr<v1::ListConsentsResponse> ConsentsService::ListConsents(const rpc::Call& call,
                                                                       const v1::ListConsentsRequest& request) {
  const auto id = VolunteerIn(request.parent());
  if (!id.ok()) return id.status();
  const auto position = with_.pager.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t before = position->empty() ? 0 : std::get<uint64_t>(position->front().data());
  const size_t size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  auto consents =
      db::Read(with_.db, call.deadline, [&](db::Session& session) -> absl::StatusOr<std::vector<ConsentRecord>> {
        if (absl::Status allowed = AuthoriseFor(call, session, *id, kRead); !allowed.ok()) return allowed;
        return ConsentsStore::List(session, call.center_id, *id, before, static_cast<int>(size) + 1);
      });
  if (!consents.ok()) return consents.status();
  v1::ListConsentsResponse response;
  if (consents->size() > size) {
    consents->resize(size);
    response.set_next_page_token(with_.pager.Token(request, {consents->back().id}));
  }
  for (const ConsentRecord& consent : *consents) *response.add_consents() = ToProto(consent);
  return response;
}

absl::StatusOr<ConsentRecord> ConsentsService::Agree(db::Transaction& transaction, const rpc::Call& call,
                                                     const VolunteerRecord& volunteer,
                                                     const ConsentDocumentRecord& document,
                                                     Consent::Channel channel) const {
  const auto standing = ConsentsStore::FindStanding(transaction, volunteer.center_id, volunteer.id, document.id);
  if (!standing.ok()) return standing.status();
  if (standing->has_value()) return **standing;
  ConsentRecord consent = ConsentTo(document, AgeOn(volunteer.person.birth_date, DayInChina(call.now)), channel,
                                    call.caller.subject, call.now);
  consent.center_id = volunteer.center_id;
  consent.volunteer_id = volunteer.id;
  consent.id = with_.ids.Next();
  if (absl::Status given = ConsentsStore::Insert(transaction, consent); !given.ok()) return given;
  return consent;
}

}  // namespace wenming::volunteer
