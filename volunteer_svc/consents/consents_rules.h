// Which consents somebody needs (个人信息保护法 Art 13, 29, 31), and what agreeing to a document makes. Pure functions.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_field.h"
#include "wenming/volunteer/v1/consents.pb.h"

namespace wenming::volunteer {

using ConsentKind = v1::ConsentDocument::Kind;

// A text to agree to.
struct ConsentDocumentRecord {
  uint64_t center_id = 0;  // 0: the default of every center
  uint64_t id = 0;
  ConsentKind kind = v1::ConsentDocument::KIND_UNSPECIFIED;
  int version = 0;
  std::string title;
  std::string text;
  absl::Time publish_time;
  std::string publisher;
};

// What somebody has agreed to.
struct ConsentRecord {
  uint64_t center_id = 0;
  uint64_t volunteer_id = 0;
  uint64_t id = 0;
  uint64_t document_id = 0;
  ConsentKind kind = v1::ConsentDocument::KIND_UNSPECIFIED;
  int version = 0;
  std::string text_hash;
  bool by_guardian = false;
  v1::Consent::Channel channel = v1::Consent::CHANNEL_UNSPECIFIED;
  std::string recorder;
  absl::Time give_time;
  absl::Time withdraw_time = absl::InfiniteFuture();  // while it stands
};

// The kinds that somebody of this age needs, in years.
std::set<ConsentKind> NeededKinds(int age);
std::set<ConsentKind> KindsOf(const std::vector<ConsentDocumentRecord>& documents);
// FAILED_PRECONDITION with REASON_CONSENT_REQUIRED, naming the documents that are missing.
absl::Status CheckCovered(const std::set<ConsentKind>& given, int age);

// The ids in a request's names of documents, each once. INVALID_ARGUMENT naming the field for what is no such name.
absl::StatusOr<std::vector<uint64_t>> DocumentIds(const google::protobuf::RepeatedPtrField<std::string>& names,
                                                  std::string_view field);
// The documents of these ids; FAILED_PRECONDITION with REASON_CONSENT_OUTDATED where one is not in force.
absl::StatusOr<std::vector<ConsentDocumentRecord>> Chosen(const std::vector<ConsentDocumentRecord>& in_force,
                                                          const std::vector<uint64_t>& ids);

// The consent of somebody of this age to the document, in this moment; whose it is and its id are left open. Under 14
// the guardian gives all of them.
ConsentRecord ConsentTo(const ConsentDocumentRecord& document, int age, v1::Consent::Channel channel,
                        std::string_view recorder, absl::Time now);

// Whether nobody may take part without it.
bool EndsParticipation(ConsentKind kind, int age);

v1::ConsentDocument ToProto(const ConsentDocumentRecord& document);
v1::Consent ToProto(const ConsentRecord& consent);

}  // namespace wenming::volunteer
