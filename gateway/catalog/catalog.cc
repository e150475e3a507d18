#include "gateway/catalog/catalog.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/catalog/caching.h"
#include "gateway/text.h"
#include "google/api/annotations.pb.h"
#include "wenming/type/access.pb.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;

// Keeps the first complaint of the pool.
class FirstError : public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element, const pb::Message*, ErrorLocation,
                const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat(file, ": ", element, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::optional<size_t> BackendOf(const std::string& package, const std::vector<std::string>& packages) {
  std::optional<size_t> best;
  for (size_t i = 0; i < packages.size(); ++i) {
    bool covers = package == packages[i] || absl::StartsWith(package, absl::StrCat(packages[i], "."));
    if (covers && (!best || packages[i].size() > packages[*best].size())) best = i;
  }
  return best;
}

// Whether only other services may call the method.
bool ServiceOnly(const type::Access& access) {
  return access.audiences_size() > 0 && std::all_of(access.audiences().begin(), access.audiences().end(),
                                                    [](int audience) { return audience == type::AUDIENCE_SERVICE; });
}

bool HasOutsideMethod(const pb::ServiceDescriptor& service) {
  for (int i = 0; i < service.method_count(); ++i) {
    if (!ServiceOnly(service.method(i)->options().GetExtension(type::access))) return true;
  }
  return false;
}

bool IsIdempotent(const pb::MethodDescriptor& method) {
  if (method.options().idempotency_level() != pb::MethodOptions::IDEMPOTENCY_UNKNOWN) return true;
  const google::api::HttpRule& rule = method.options().GetExtension(google::api::http);
  return !rule.get().empty() || std::any_of(rule.additional_bindings().begin(), rule.additional_bindings().end(),
                                            [](const auto& binding) { return !binding.get().empty(); });
}

int RequestIdField(const pb::Descriptor& request) {
  const auto* field = request.FindFieldByName("request_id");
  const bool text = field != nullptr && field->type() == pb::FieldDescriptor::TYPE_STRING && !field->is_repeated();
  return text ? field->number() : 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const Catalog>> Catalog::Make(const CatalogOptions& options) {
  std::unique_ptr<Catalog> catalog(new Catalog);
  if (absl::Status status = catalog->Load(options); !status.ok()) return status;
  return catalog;
}

absl::Status Catalog::Load(const CatalogOptions& options) {
  std::vector<const pb::FileDescriptor*> files;
  for (const auto& set : options.sets) {
    for (pb::FileDescriptorProto file : set.file()) {
      if (pool_.FindFileByName(file.name()) != nullptr) continue;
      file.clear_source_code_info();
      FirstError error;
      const auto* built = pool_.BuildFileCollectingErrors(file, &error);
      if (built == nullptr) return absl::InvalidArgumentError(absl::StrCat("descriptor set: ", error.text()));
      files.push_back(built);
    }
  }
  for (const auto* file : files) {
    if (absl::Status status = AddFile(*file, options); !status.ok()) return status;
  }
  for (size_t i = 0; i < methods_.size(); ++i) by_path_.emplace(methods_[i].path, i);
  return absl::OkStatus();
}

absl::Status Catalog::AddFile(const pb::FileDescriptor& file, const CatalogOptions& options) {
  std::optional<size_t> backend = BackendOf(file.package(), options.packages);
  for (int i = 0; i < file.service_count(); ++i) {
    const auto& service = *file.service(i);
    if (!backend) {
      bool known = std::find(unserved_.begin(), unserved_.end(), file.package()) != unserved_.end();
      if (!known && HasOutsideMethod(service)) unserved_.push_back(file.package());
      continue;
    }
    for (int j = 0; j < service.method_count(); ++j) {
      if (absl::Status status = AddMethod(*service.method(j), *backend, options.access); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status Catalog::AddMethod(const pb::MethodDescriptor& method, size_t backend, AccessMode mode) {
  const type::Access& access = method.options().GetExtension(type::access);
  if (mode == AccessMode::kOurs) {
    if (access.audiences().empty()) {
      return absl::FailedPreconditionError(
          absl::StrCat(method.full_name(), " does not say who may call it: it lacks (wenming.type.access)"));
    }
    if (ServiceOnly(access)) {
      if (!method.options().HasExtension(google::api::http)) return absl::OkStatus();
      return absl::FailedPreconditionError(
          absl::StrCat(method.full_name(), " is for services only and must not have an HTTP route"));
    }
  } else if (method.options().HasExtension(type::access)) {
    return absl::FailedPreconditionError(
        absl::StrCat(method.full_name(), " carries (wenming.type.access), which --access=none would ignore"));
  }
  absl::StatusOr<int> max_age = MaxAgeSeconds(method, mode);
  if (!max_age.ok()) return max_age.status();
  methods_.push_back({.descriptor = &method,
                      .request = factory_.GetPrototype(method.input_type()),
                      .response = factory_.GetPrototype(method.output_type()),
                      .path = absl::StrCat("/", method.service()->full_name(), "/", method.name()),
                      .backend = backend,
                      .max_age_seconds = *max_age,
                      .idempotent = IsIdempotent(method),
                      .request_id_field = RequestIdField(*method.input_type())});
  return absl::OkStatus();
}

const Method* Catalog::Find(std::string_view path) const {
  auto found = by_path_.find(ToAbsl(path));
  return found == by_path_.end() ? nullptr : &methods_[found->second];
}

const pb::Message* Catalog::FindMessage(std::string_view full_name) const {
  std::string name(full_name);
  if (const auto* type = pool_.FindMessageTypeByName(name)) return factory_.GetPrototype(type);
  // The gateway's own errors carry google.rpc details, which a foreign descriptor set need not know.
  if (const auto* type = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(name)) {
    return pb::MessageFactory::generated_factory()->GetPrototype(type);
  }
  return nullptr;
}

absl::StatusOr<pb::FileDescriptorSet> ReadDescriptorSet(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read the descriptor set ", path));
  pb::FileDescriptorSet set;
  if (!set.ParseFromIstream(&file)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a descriptor set"));
  }
  return set;
}

}  // namespace wenming::gateway
