#include "volunteer_svc/sealed_tables.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "volunteer_svc/volunteers/sealed_person.h"

namespace wenming::volunteer {
namespace {

using reseal::SealedTable;

// "phone" for the column "phone_sealed".
std::string FieldOf(std::string_view column) {
  return std::string(absl::StripSuffix(absl::string_view(column.data(), column.size()), "_sealed"));
}

uint64_t IdIn(const SealedTable::Key& key, size_t column) { return std::get<uint64_t>(key[column].data()); }

// A table of one row a resource of the collection: "volunteers/01H…#phone".
SealedTable Rows(std::string name, std::string id_column, std::vector<std::string> columns) {
  const std::string collection = name;
  return {.name = std::move(name),
          .key = {{.name = "center_id"}, {.name = std::move(id_column)}},
          .columns = std::move(columns),
          .place = [collection](const SealedTable::Key& key, std::string_view column) {
            return SealPlace(collection, IdIn(key, 1), FieldOf(column));
          }};
}

// The statements are bound to their certificates.
SealedTable Statements() {
  return {.name = "certificate_statements",
          .key = {{.name = "center_id"}, {.name = "certificate_id"}},
          .columns = {"statement_sealed"},
          .place = [](const SealedTable::Key& key, std::string_view column) {
            return SealPlace("certificates", IdIn(key, 1), FieldOf(column));
          }};
}

// Found by the phone; the index of the number depends on its kind, too.
SealedTable Volunteers() {
  SealedTable table =
      Rows("volunteers", "id",
           {"display_name_sealed", "birth_date_sealed", "id_number_sealed", "phone_sealed", "residence_sealed"});
  table.indexes = {{.name = "phone_index", .column = "phone_sealed", .purpose = "phone"}};
  return table;
}

SealedTable Identities() {
  return {.name = "wechat_identities",
          .key = {{.name = "center_id"}, {.name = "volunteer_id"}, {.name = "app", .text = true}},
          .columns = {"subject_sealed"},
          .place = [](const SealedTable::Key& key, std::string_view) {
            return SealPlace("volunteers", IdIn(key, 1), absl::StrCat("wechat:", std::get<std::string>(key[2].data())));
          }};
}

}  // namespace

std::vector<SealedTable> SealedTables() {
  return {Volunteers(), Rows("guardians", "volunteer_id", {"display_name_sealed", "id_number_sealed", "phone_sealed"}),
          Rows("certificates", "id", {"display_name_sealed", "id_number_sealed", "code_sealed"}), Statements(),
          Identities()};
}

}  // namespace wenming::volunteer
