#include "common/audit/trail.h"

#include <google/protobuf/field_mask.pb.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "common/audit/record.h"
#include "common/db/shapes.h"
#include "google/protobuf/descriptor.h"

namespace wenming::audit {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kSubjectSize = 64;
constexpr size_t kAddressSize = 64;
constexpr size_t kMethodSize = 190;
constexpr size_t kObjectSize = 190;
constexpr size_t kRequestIdSize = 64;
// Of one text within the details, and of all of them: far from the 64 KiB of the column.
constexpr size_t kNoteSize = 1000;
constexpr int kMostNotes = 20;

constexpr char kInsert[] =
    "INSERT INTO audit_pending"
    " (id, center_id, record_time, subject, session_id, address, method, object, result, details, request_id, seal)"
    " VALUES ";
constexpr char kRow[] = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

// "units/01H…", "volunteers/ID/consents/ID": what people type (their names, say) never looks like this.
bool IsResourceName(std::string_view text) {
  return text.size() <= kObjectSize && text.find('/') != std::string_view::npos && text.front() != '/' &&
         text.back() != '/' && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '/' || c == '-' || c == '_' || c == '.';
         });
}

// The resource name in a field; empty where it is absent or holds something else.
std::string NameIn(const Message& message, const FieldDescriptor* field) {
  if (field == nullptr || field->is_repeated() || field->type() != FieldDescriptor::TYPE_STRING) return {};
  std::string text = message.GetReflection()->GetString(message, field);
  return !text.empty() && IsResourceName(text) ? text : std::string();
}

std::string NameIn(const Message& message, const char* field) {
  return NameIn(message, message.GetDescriptor()->FindFieldByName(field));
}

// Of the resource that stands in the message as a whole.
std::string NameInside(const Message& message) {
  const auto* descriptor = message.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!message.GetReflection()->HasField(message, field)) continue;
    std::string name = NameIn(message.GetReflection()->GetMessage(message, field), "name");
    if (!name.empty()) return name;
  }
  return {};
}

// The beginning of a text, not cut within a character.
std::string Cut(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return std::string(text.substr(0, most));
}

// An address comes from a header: nothing in it may make the write fail.
std::string Plain(std::string_view text, size_t most) {
  std::string plain(text.substr(0, most));
  for (char& c : plain) {
    if (c < ' ' || c > '~') c = '?';
  }
  return plain;
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void Write(Writer& writer, std::string_view text) {
  const std::string cut = Cut(text, kNoteSize);
  writer.String(cut.data(), static_cast<rapidjson::SizeType>(cut.size()));
}

void WriteNotes(Writer& writer, const rpc::Call& call) {
  if (call.notes.empty()) return;
  writer.Key("notes");
  writer.StartObject();
  int count = 0;
  for (const auto& [key, value] : call.notes) {
    if (++count > kMostNotes) break;
    writer.Key(key.c_str());
    Write(writer, value);
  }
  writer.EndObject();
}

void WriteMask(Writer& writer, const Message& request) {
  const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName("update_mask");
  if (field == nullptr || field->message_type() != google::protobuf::FieldMask::descriptor()) return;
  if (!request.GetReflection()->HasField(request, field)) return;
  const auto& mask =
      static_cast<const google::protobuf::FieldMask&>(request.GetReflection()->GetMessage(request, field));
  writer.Key("update_mask");
  writer.StartArray();
  for (int i = 0; i < std::min(mask.paths_size(), kMostNotes); ++i) Write(writer, mask.paths(i));
  writer.EndArray();
}

// `request` may be null.
std::string DetailsOf(const rpc::Call& call, const Message* request) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  if (request != nullptr) WriteMask(writer, *request);
  WriteNotes(writer, call);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

std::string ObjectOf(const Message& request, const Message* answer) {
  if (answer != nullptr) {
    if (std::string name = NameIn(*answer, "name"); !name.empty()) return name;
  }
  if (std::string name = NameIn(request, "name"); !name.empty()) return name;
  if (std::string name = NameInside(request); !name.empty()) return name;
  if (std::string name = NameIn(request, "parent"); !name.empty()) return name;
  std::string only;
  const auto* descriptor = request.GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    std::string name = NameIn(request, descriptor->field(i));
    if (name.empty()) continue;
    if (!only.empty()) return {};
    only = std::move(name);
  }
  return only;
}

Record Trail::RecordOf(const rpc::Call& call, const Entry& entry, const Message* request) const {
  Record record;
  record.id = ids_.Next();
  record.center_id = call.center_id;
  record.time = call.arrival;
  record.subject = Cut(entry.subject.empty() ? call.caller.subject : entry.subject, kSubjectSize);
  record.session_id = call.caller.session_id;
  record.address = Plain(call.address, kAddressSize);
  record.method = Cut(call.method, kMethodSize);
  record.object = Cut(entry.object, kObjectSize);
  record.result = static_cast<int>(entry.result);
  record.details = DetailsOf(call, request);
  record.request_id = Cut(call.request_id, kRequestIdSize);
  // What the database keeps of a time is what the seal must speak of.
  record.time = absl::FromUnixMicros(absl::ToUnixMicros(record.time));
  record.seal = SealOf(key_, record);
  return record;
}

absl::Status Trail::AppendAll(db::Transaction& transaction, std::vector<Record> records) {
  std::vector<db::Value> values;
  values.reserve(records.size() * kRecordColumns);
  for (Record& record : records) AppendValues(values, std::move(record));
  return db::InsertRows(transaction, kInsert, kRow, kRecordColumns, values);
}

absl::Status Trail::Write(db::Transaction& transaction, const rpc::Call& call, const Entry& entry,
                          const Message* request) const {
  std::vector<Record> records;
  records.push_back(RecordOf(call, entry, request));
  if (auto written = AppendAll(transaction, std::move(records)); !written.ok()) return written;
  call.audited = true;
  return absl::OkStatus();
}

absl::Status Trail::Append(db::Transaction& transaction, const rpc::Call& call, const Entry& entry) const {
  return Write(transaction, call, entry, nullptr);
}

absl::Status Trail::Conclude(db::Transaction& transaction, const rpc::Call& call, const Message& request,
                             const Message* answer) const {
  if (call.audited) return absl::OkStatus();
  if (transaction.changed()) return Write(transaction, call, {.object = ObjectOf(request, answer)}, &request);
  call.audited = true;
  return absl::OkStatus();
}

}  // namespace wenming::audit
