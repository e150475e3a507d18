#include "volunteer_svc/volunteers/guardians.h"

#include <utility>

#include "common/crypto/masks.h"
#include "common/errors/errors.h"
#include "volunteer_svc/volunteers/id_documents.h"
#include "volunteer_svc/volunteers/sealed_person.h"

namespace wenming::volunteer {
namespace {

constexpr char kInsert[] =
    "INSERT INTO guardians (center_id, volunteer_id, id_type, relationship, display_name_sealed, id_number_sealed,"
    " phone_sealed, update_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kFind[] =
    "SELECT id_type, relationship, display_name_sealed, id_number_sealed, phone_sealed FROM guardians"
    " WHERE center_id = ? AND volunteer_id = ?";
constexpr char kRemove[] = "DELETE FROM guardians WHERE center_id = ? AND volunteer_id = ?";

}  // namespace

absl::StatusOr<Guardian> GuardianOf(const v1::Guardian& guardian, const Person& ward, absl::CivilDay today) {
  Violations violations;
  Guardian read;
  read.display_name = ReadName(guardian.display_name(), "guardian.display_name", violations);
  const Identity identity = ReadIdentity(guardian.id_document(), today, "guardian.id_document.", violations);
  read.id_type = identity.id_type;
  read.id_number = identity.id_number;
  read.phone = ReadPhone(guardian.phone(), "guardian.phone", violations);
  read.relationship = ReadLine(guardian.relationship(), "guardian.relationship", violations);
  if (absl::Status refused = Refuse(violations); !refused.ok()) return refused;
  const bool himself = identity.id_type == ward.id_type && identity.id_number == ward.id_number;
  if (himself || IsMinor(identity.birth_date, today)) {
    return errors::FailedPrecondition(type::REASON_GUARDIAN_NOT_ADULT);
  }
  return read;
}

v1::Guardian ToFullProto(const Guardian& guardian) {
  v1::Guardian full;
  full.set_display_name(guardian.display_name);
  full.mutable_id_document()->set_id_type(guardian.id_type);
  full.mutable_id_document()->set_id_number(guardian.id_number);
  full.set_phone(guardian.phone);
  full.set_relationship(guardian.relationship);
  return full;
}

v1::Guardian ToProto(const Guardian& guardian) {
  v1::Guardian masked = ToFullProto(guardian);
  masked.set_display_name(crypto::MaskName(guardian.display_name));
  masked.mutable_id_document()->set_id_number(crypto::MaskIdNumber(guardian.id_number));
  masked.set_phone(crypto::MaskPhone(guardian.phone));
  return masked;
}

absl::Status GuardiansStore::Put(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                 const Guardian& guardian, absl::Time now) const {
  std::string sealed[3];
  const std::pair<const char*, const std::string*> columns[] = {
      {"display_name", &guardian.display_name}, {"id_number", &guardian.id_number}, {"phone", &guardian.phone}};
  for (size_t i = 0; i < std::size(columns); ++i) {
    auto envelope = cipher_.Seal(*columns[i].second, SealPlace("guardians", volunteer_id, columns[i].first));
    if (!envelope.ok()) return envelope.status();
    sealed[i] = *std::move(envelope);
  }
  if (absl::Status removed = Remove(transaction, center_id, volunteer_id); !removed.ok()) return removed;
  return transaction
      .Execute(kInsert,
               {center_id, volunteer_id, guardian.id_type, guardian.relationship, sealed[0], sealed[1], sealed[2], now})
      .status();
}

absl::StatusOr<std::optional<Guardian>> GuardiansStore::Find(db::Session& session, uint64_t center_id,
                                                             uint64_t volunteer_id) const {
  auto row = session.QueryOne(kFind, {center_id, volunteer_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<Guardian>();
  Guardian guardian;
  guardian.id_type = (*row)->Enum<v1::Volunteer::IdType>(0);
  guardian.relationship = (*row)->TakeText(1);
  const std::pair<const char*, std::string*> columns[] = {
      {"display_name", &guardian.display_name}, {"id_number", &guardian.id_number}, {"phone", &guardian.phone}};
  for (size_t i = 0; i < std::size(columns); ++i) {
    auto opened = cipher_.Open((*row)->Text(2 + i), SealPlace("guardians", volunteer_id, columns[i].first));
    if (!opened.ok()) return opened.status();
    *columns[i].second = *std::move(opened);
  }
  return std::optional<Guardian>(std::move(guardian));
}

absl::Status GuardiansStore::Remove(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  return transaction.Execute(kRemove, {center_id, volunteer_id}).status();
}

}  // namespace wenming::volunteer
