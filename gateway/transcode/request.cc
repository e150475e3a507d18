#include "gateway/transcode/request.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/text.h"
#include "gateway/transcode/json_reader.h"
#include "gateway/transcode/query.h"
#include "gateway/transcode/text_value.h"
#include "gateway/transcode/utf8.h"
#include "google/protobuf/arena.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

bool IsHttpBody(const pb::Descriptor& type) { return type.full_name() == "google.api.HttpBody"; }

bool IsJson(std::string_view content_type) {
  absl::string_view media_type = ToAbsl(content_type.substr(0, content_type.find(';')));
  media_type = absl::StripAsciiWhitespace(media_type);
  return media_type.empty() || absl::EqualsIgnoreCase(media_type, "application/json") ||
         absl::EndsWithIgnoreCase(media_type, "+json");
}

// The message that holds the last field of the path, made where it is missing.
pb::Message& Holder(pb::Message& message, const FieldPath& path) {
  pb::Message* holder = &message;
  for (size_t i = 0; i + 1 < path.fields.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, path.fields[i]);
  }
  return *holder;
}

class Builder {
 public:
  Builder(const Binding& binding, const RequestParts& parts, const TypeSource& types)
      : binding_(binding), parts_(parts), types_(types), message_(*binding.method->request->New(&arena_)) {}

  absl::StatusOr<std::string> Run() {
    ReadBody();
    if (violations_.empty()) FillUpdateMask();
    ReadQuery(parts_.query, binding_, message_, violations_);
    for (size_t i = 0; i < binding_.variables.size(); ++i) {
      PutVariable(binding_.variables[i], parts_.path_values[i]);
    }
    if (violations_.empty()) FillRequestId();
    if (violations_.empty()) FillEtag();
    if (!violations_.empty()) return errors::InvalidFields(violations_);
    return message_.SerializeAsString();
  }

 private:
  void Fail(std::string field, Problem problem) {
    violations_.push_back({std::move(field), problem.reason, std::move(problem.metadata)});
  }

  void ReadBody() {
    if (binding_.body == Binding::Body::kNone) {
      if (!parts_.body.empty()) Fail("body", Expected("此接口不接受请求体", "this method takes no body"));
      return;
    }
    if (binding_.body == Binding::Body::kWhole) return ReadBodyInto(message_, "");
    const FieldDescriptor& field = *binding_.body_field;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated()) {
      return ReadBodyInto(*message_.GetReflection()->MutableMessage(&message_, &field), field.name());
    }
    if (!parts_.body.empty()) ReadJsonInto({.field = &field}, message_);
  }

  void ReadBodyInto(pb::Message& target, std::string prefix) {
    if (IsHttpBody(*target.GetDescriptor())) {
      if (!IsUtf8(parts_.content_type)) return Fail("Content-Type", {type::REASON_INVALID_UTF8, {}});
      const auto& type = *target.GetDescriptor();
      target.GetReflection()->SetString(&target, type.FindFieldByNumber(1), std::string(parts_.content_type));
      target.GetReflection()->SetString(&target, type.FindFieldByNumber(2), std::string(parts_.body));
      return;
    }
    if (!parts_.body.empty()) ReadJsonInto({.prefix = std::move(prefix)}, target);
  }

  void ReadJsonInto(JsonReadOptions options, pb::Message& target) {
    if (!IsJson(parts_.content_type)) {
      return Fail("Content-Type", Expected("应为 application/json", "application/json is expected"));
    }
    if (binding_.update_mask != nullptr) options.set_fields = &set_fields_;
    violations_ = ReadJson(parts_.body, types_, options, target);
  }

  // The path's own fields and the etag are conditions of the change, not part of it.
  void FillUpdateMask() {
    if (binding_.update_mask == nullptr || QueryNames(parts_.query, binding_.update_mask->name())) return;
    auto* mask = message_.GetReflection()->MutableMessage(&message_, binding_.update_mask);
    Slot paths(*mask, *mask->GetDescriptor()->FindFieldByNumber(1));
    size_t put = 0;
    for (std::string& path : set_fields_) {
      bool in_path = std::any_of(binding_.variables.begin(), binding_.variables.end(), [&](const FieldPath& variable) {
        return variable.name == absl::StrCat(binding_.body_field->name(), ".", path);
      });
      if (in_path || path == "etag") continue;
      paths.Put(std::move(path));
      ++put;
    }
    if (put == 0) Fail(binding_.body_field->name(), Expected("没有要修改的字段", "it holds no field to change"));
  }

  void PutVariable(const FieldPath& path, const std::string& value) {
    pb::Message& holder = Holder(message_, path);
    const FieldDescriptor& field = *path.fields.back();
    const auto* reflection = holder.GetReflection();
    bool differs = field.type() == FieldDescriptor::TYPE_STRING && reflection->HasField(holder, &field) &&
                   reflection->GetString(holder, &field) != value;
    if (differs) return Fail(path.name, Expected("与地址中的值不一致", "it differs from the value in the path"));
    if (auto problem = PutText(Slot(holder, field), value)) Fail(path.name, *std::move(problem));
  }

  void FillRequestId() {
    if (binding_.request_id == nullptr || parts_.idempotency_key.empty()) return;
    if (!IsUtf8(parts_.idempotency_key)) return Fail("Idempotency-Key", {type::REASON_INVALID_UTF8, {}});
    const auto* reflection = message_.GetReflection();
    if (reflection->GetString(message_, binding_.request_id).empty()) {
      reflection->SetString(&message_, binding_.request_id, std::string(parts_.idempotency_key));
    }
  }

  void FillEtag() {
    if (parts_.etag.empty()) return;
    if (binding_.etag.fields.empty()) {
      // Going on without the condition is what the caller wanted to prevent.
      return Fail("If-Match", Expected("此接口不支持条件请求", "this method takes no condition"));
    }
    pb::Message& holder = Holder(message_, binding_.etag);
    const FieldDescriptor& field = *binding_.etag.fields.back();
    const std::string given = holder.GetReflection()->GetString(holder, &field);
    if (!given.empty() && given != parts_.etag) {
      return Fail(binding_.etag.name, Expected("与 If-Match 不一致", "it differs from If-Match"));
    }
    holder.GetReflection()->SetString(&holder, &field, std::string(parts_.etag));
  }

  const Binding& binding_;
  const RequestParts& parts_;
  const TypeSource& types_;
  pb::Arena arena_;
  pb::Message& message_;
  std::vector<errors::FieldViolation> violations_;
  std::vector<std::string> set_fields_;
};

}  // namespace

absl::StatusOr<std::string> MakeRequest(const Binding& binding, const RequestParts& parts, const TypeSource& types) {
  return Builder(binding, parts, types).Run();
}

}  // namespace wenming::gateway
