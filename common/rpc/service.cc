#include "common/rpc/service.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace wenming::rpc {

Service::Service(std::string_view full_name)
    : full_name_(full_name),
      descriptor_(google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name_)) {}

Method& Service::Add(std::string_view name, Where where, const Message& request) {
  const auto* method = descriptor_ == nullptr ? nullptr : descriptor_->FindMethodByName(std::string(name));
  if (method == nullptr || method->input_type() != request.GetDescriptor()) unknown_.emplace_back(name);
  methods_.push_back(Method{
      .descriptor = method, .request_prototype = &request, .where = where, .unary = {}, .async = {}, .stream = {}});
  return methods_.back();
}

absl::Status Service::CheckComplete() const {
  if (descriptor_ == nullptr) return absl::InternalError(absl::StrCat(full_name_, " is in no proto"));
  std::string faults;
  for (const std::string& name : unknown_) absl::StrAppend(&faults, " ", name, " (not in the proto)");
  for (int i = 0; i < descriptor_->method_count(); ++i) {
    const auto* method = descriptor_->method(i);
    const auto bound =
        std::count_if(methods_.begin(), methods_.end(), [method](const Method& m) { return m.descriptor == method; });
    if (bound != 1) absl::StrAppend(&faults, " ", method->name(), bound == 0 ? " (not bound)" : " (bound twice)");
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(full_name_, ":", faults));
}

}  // namespace wenming::rpc
