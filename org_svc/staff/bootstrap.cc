#include "org_svc/staff/bootstrap.h"

#include "common/db/transaction.h"
#include "org_svc/staff/credentials_store.h"
#include "org_svc/staff/staff_record.h"
#include "org_svc/staff/staff_store.h"

namespace wenming::org {
namespace {

constexpr size_t kShortest = 10;
constexpr size_t kLongest = 128;

}  // namespace

absl::Status BootstrapAdmin(db::Pool& db, ids::Generator& ids, const auth::PasswordHasher& hasher,
                            std::string_view password, absl::Time now, absl::Time deadline) {
  const auto any = db::Read(db, deadline, [](db::Session& session) { return AnyStaff(session); });
  if (!any.ok() || *any) return any.status();
  if (password.size() < kShortest || password.size() > kLongest) {
    return absl::InvalidArgumentError("the first admin's password must have 10 to 128 bytes");
  }
  const auto hash = hasher.Hash(password);
  if (!hash.ok()) return hash.status();
  const StaffRecord admin{.center_id = 0,
                          .id = ids.Next(),
                          .username = "admin",
                          .display_name = "系统管理员",
                          .create_time = now,
                          .bindings = {{.role = "system_admin", .unit_id = 0}}};
  const absl::Status created =
      db::RunTransaction(db, {.deadline = deadline}, [&](db::Transaction& transaction) -> absl::Status {
        if (absl::Status stored = InsertStaff(transaction, admin, *hash); !stored.ok()) return stored;
        absl::Status kept = KeepPassword(transaction, ids, admin.center_id, admin.id, *hash);
        if (!kept.ok()) return kept;
        return PublishStaff(transaction, ids, admin, now).status();
      });
  // Another process was faster.
  return absl::IsAlreadyExists(created) ? absl::OkStatus() : created;
}

}  // namespace wenming::org
