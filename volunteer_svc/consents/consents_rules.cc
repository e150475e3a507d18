#include "volunteer_svc/consents/consents_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/crypto/digest.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/id_documents.h"

namespace wenming::volunteer {
namespace {

using v1::ConsentDocument;

struct KindRule {
  ConsentKind kind;
  int below_age;   // who needs it
  bool guardians;  // whether it is the guardian's at any age
  const char *zh, *en;
};

constexpr int kEverybody = 1000;
constexpr KindRule kKinds[] = {
    {ConsentDocument::KIND_PERSONAL_DATA, kEverybody, false, "个人信息处理同意书", "the use of personal data"},
    {ConsentDocument::KIND_SENSITIVE_DATA, kEverybody, false, "敏感个人信息单独同意书", "the use of sensitive data"},
    {ConsentDocument::KIND_GUARDIAN, kOfAge, true, "监护人同意书", "the guardian's consent"},
    {ConsentDocument::KIND_CHILD_RULES, kNoChild, true, "儿童个人信息处理规则", "the rules for children's data"},
};

}  // namespace

std::set<ConsentKind> NeededKinds(int age) {
  std::set<ConsentKind> kinds;
  for (const KindRule& rule : kKinds) {
    if (age < rule.below_age) kinds.insert(rule.kind);
  }
  return kinds;
}

std::set<ConsentKind> KindsOf(const std::vector<ConsentDocumentRecord>& documents) {
  std::set<ConsentKind> kinds;
  for (const ConsentDocumentRecord& document : documents) kinds.insert(document.kind);
  return kinds;
}

absl::Status CheckCovered(const std::set<ConsentKind>& given, int age) {
  std::vector<std::string> zh, en;
  for (const KindRule& rule : kKinds) {
    if (age >= rule.below_age || given.contains(rule.kind)) continue;
    zh.push_back(absl::StrCat("《", rule.zh, "》"));
    en.push_back(rule.en);
  }
  if (zh.empty()) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_CONSENT_REQUIRED, {{"documents_zh", absl::StrJoin(zh, "")},
                                                                    {"documents_en", absl::StrJoin(en, ", ")}});
}

absl::StatusOr<std::vector<uint64_t>> DocumentIds(const google::protobuf::RepeatedPtrField<std::string>& names,
                                                  std::string_view field) {
  std::vector<uint64_t> found;
  for (const std::string& name : names) {
    const auto id = ids::ParseName("consentDocuments", name);
    if (!id) {
      return errors::InvalidField(field, type::REASON_BAD_RESOURCE_NAME, {{"collection", "consentDocuments"}});
    }
    if (std::find(found.begin(), found.end(), *id) == found.end()) found.push_back(*id);
  }
  return found;
}

absl::StatusOr<std::vector<ConsentDocumentRecord>> Chosen(const std::vector<ConsentDocumentRecord>& in_force,
                                                          const std::vector<uint64_t>& ids) {
  std::vector<ConsentDocumentRecord> chosen;
  for (const uint64_t id : ids) {
    const auto document =
        std::find_if(in_force.begin(), in_force.end(), [id](const auto& candidate) { return candidate.id == id; });
    if (document == in_force.end()) return errors::FailedPrecondition(type::REASON_CONSENT_OUTDATED);
    chosen.push_back(*document);
  }
  return chosen;
}

ConsentRecord ConsentTo(const ConsentDocumentRecord& document, int age, v1::Consent::Channel channel,
                        std::string_view recorder, absl::Time now) {
  ConsentRecord consent;
  consent.document_id = document.id;
  consent.kind = document.kind;
  consent.version = document.version;
  consent.text_hash = crypto::Sha256(document.text);
  consent.by_guardian = age < kNoChild;
  for (const KindRule& rule : kKinds) {
    if (rule.kind == document.kind && rule.guardians) consent.by_guardian = true;
  }
  consent.channel = channel;
  consent.recorder = recorder;
  consent.give_time = now;
  return consent;
}

bool EndsParticipation(ConsentKind kind, int age) { return NeededKinds(age).contains(kind); }

v1::ConsentDocument ToProto(const ConsentDocumentRecord& document) {
  v1::ConsentDocument proto;
  proto.set_name(ids::ResourceName("consentDocuments", document.id));
  proto.set_kind(document.kind);
  proto.set_version(document.version);
  proto.set_title(document.title);
  proto.set_text(document.text);
  proto.set_text_hash(crypto::Sha256(document.text));
  *proto.mutable_publish_time() = ToTimestamp(document.publish_time);
  return proto;
}

v1::Consent ToProto(const ConsentRecord& consent) {
  v1::Consent proto;
  proto.set_name(absl::StrCat(ids::ResourceName("volunteers", consent.volunteer_id), "/",
                              ids::ResourceName("consents", consent.id)));
  proto.set_document(ids::ResourceName("consentDocuments", consent.document_id));
  proto.set_kind(consent.kind);
  proto.set_version(consent.version);
  proto.set_text_hash(consent.text_hash);
  proto.set_by_guardian(consent.by_guardian);
  proto.set_channel(consent.channel);
  proto.set_recorder(consent.recorder);
  *proto.mutable_give_time() = ToTimestamp(consent.give_time);
  if (consent.withdraw_time != absl::InfiniteFuture()) {
    *proto.mutable_withdraw_time() = ToTimestamp(consent.withdraw_time);
  }
  return proto;
}

}  // namespace wenming::volunteer
