#include "volunteer_svc/volunteers/sealed_person.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ids/ids.h"

namespace wenming::volunteer {
namespace {

struct Column {
  const char* name;
  std::string SealedPerson::*sealed;
};

constexpr Column kDisplayName = {"display_name", &SealedPerson::display_name};
constexpr Column kBirthDate = {"birth_date", &SealedPerson::birth_date};
constexpr Column kIdNumber = {"id_number", &SealedPerson::id_number};
constexpr Column kPhone = {"phone", &SealedPerson::phone};
constexpr Column kResidence = {"residence", &SealedPerson::residence};

}  // namespace

std::string SealPlace(std::string_view collection, uint64_t id, std::string_view field) {
  std::string place = ids::ResourceName(collection, id);
  return place.append("#").append(field);
}

absl::StatusOr<SealedPerson> PersonSeal::Seal(uint64_t volunteer_id, const Person& person) const {
  SealedPerson sealed;
  const std::pair<Column, std::string> columns[] = {{kDisplayName, person.display_name},
                                                    {kBirthDate, absl::FormatCivilTime(person.birth_date)},
                                                    {kIdNumber, person.id_number},
                                                    {kPhone, person.phone},
                                                    {kResidence, person.residence}};
  for (const auto& [column, text] : columns) {
    auto envelope = cipher_.Seal(text, SealPlace("volunteers", volunteer_id, column.name));
    if (!envelope.ok()) return envelope.status();
    sealed.*column.sealed = *std::move(envelope);
  }
  sealed.id_number_index = index_.Of("id_number", absl::StrCat(person.id_type, ":", person.id_number));
  sealed.phone_index = index_.Of("phone", person.phone);
  return sealed;
}

absl::Status PersonSeal::Open(uint64_t volunteer_id, const SealedPerson& sealed, Person& person) const {
  std::string birth_date;
  const std::pair<Column, std::string*> columns[] = {{kDisplayName, &person.display_name},
                                                     {kBirthDate, &birth_date},
                                                     {kIdNumber, &person.id_number},
                                                     {kPhone, &person.phone},
                                                     {kResidence, &person.residence}};
  for (const auto& [column, text] : columns) {
    if ((sealed.*column.sealed).empty()) continue;  // has been forgotten
    auto opened = cipher_.Open(sealed.*column.sealed, SealPlace("volunteers", volunteer_id, column.name));
    if (!opened.ok()) return opened.status();
    *text = *std::move(opened);
  }
  if (sealed.birth_date.empty()) return absl::OkStatus();
  if (!absl::ParseCivilTime(birth_date, &person.birth_date)) return absl::DataLossError("a sealed date is none");
  return absl::OkStatus();
}

}  // namespace wenming::volunteer
