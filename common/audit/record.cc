#include "common/audit/record.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"

namespace wenming::audit {
namespace {

constexpr std::string_view kSeal = "wenming-audit-seal-1";
constexpr std::string_view kChain = "wenming-audit-chain-1";
constexpr std::string_view kHead = "wenming-audit-head-1";

// Each value as its length in decimal, ":" and its text, so that no two lists of values make the same bytes.
class Bytes {
 public:
  explicit Bytes(std::string_view word) { Add(word); }

  Bytes& Add(std::string_view text) {
    absl::StrAppend(&bytes_, text.size(), ":", absl::string_view(text.data(), text.size()));
    return *this;
  }
  Bytes& Add(int64_t number) { return Add(std::string_view(std::to_string(number))); }
  Bytes& Add(uint64_t number) { return Add(std::string_view(std::to_string(number))); }
  Bytes& Add(absl::Time time) { return Add(absl::ToUnixMicros(time)); }

  Bytes& Add(const Record& record) {
    Add(record.id).Add(record.center_id).Add(record.time).Add(record.subject).Add(record.session_id);
    Add(record.address).Add(record.method).Add(record.object).Add(int64_t{record.result});
    return Add(record.details).Add(record.request_id);
  }

  std::string Sign(std::string_view key) const { return crypto::HmacSha256(key, bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

std::string SealOf(std::string_view key, const Record& record) { return Bytes(kSeal).Add(record).Sign(key); }

std::string ChainHash(std::string_view key, std::string_view service, const Head& before, const Record& record) {
  return Bytes(kChain).Add(service).Add(before.sequence + 1).Add(before.hash).Add(record).Add(record.seal).Sign(key);
}

std::string HeadSignature(std::string_view key, std::string_view service, const Head& head, absl::Time time) {
  return Bytes(kHead).Add(service).Add(head.sequence).Add(head.hash).Add(time).Sign(key);
}

Record TakeRecord(db::Row& row, size_t first) {
  Record record;
  record.id = row.Id(first);
  record.center_id = row.Id(first + 1);
  record.time = row.Time(first + 2);
  record.subject = row.TakeText(first + 3);
  record.session_id = row.Id(first + 4);
  record.address = row.TakeText(first + 5);
  record.method = row.TakeText(first + 6);
  record.object = row.TakeText(first + 7);
  record.result = static_cast<int>(row.Int(first + 8));
  record.details = row.TakeText(first + 9);
  record.request_id = row.TakeText(first + 10);
  record.seal = row.TakeText(first + 11);
  return record;
}

void AppendValues(std::vector<db::Value>& values, Record record) {
  values.emplace_back(record.id);
  values.emplace_back(record.center_id);
  values.emplace_back(record.time);
  values.emplace_back(std::move(record.subject));
  values.emplace_back(record.session_id);
  values.emplace_back(std::move(record.address));
  values.emplace_back(std::move(record.method));
  values.emplace_back(std::move(record.object));
  values.emplace_back(record.result);
  values.emplace_back(std::move(record.details));
  values.emplace_back(std::move(record.request_id));
  values.emplace_back(std::move(record.seal));
}

}  // namespace wenming::audit
