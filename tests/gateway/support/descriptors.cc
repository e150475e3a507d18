#include "tests/gateway/support/descriptors.h"

#include <gtest/gtest.h>

#include <utility>

namespace wenming::gateway {

google::protobuf::FileDescriptorSet TestDescriptors(std::string_view only_service) {
  auto set = ReadDescriptorSet(GATEWAY_TEST_DESCRIPTORS);
  if (!set.ok()) {
    ADD_FAILURE() << set.status();
    return {};
  }
  for (auto& file : *set->mutable_file()) {
    if (file.package() != "wenming.gateway.broken") continue;
    auto all = std::exchange(*file.mutable_service(), {});
    for (auto& service : all) {
      if (service.name() == only_service) *file.add_service() = service;
    }
  }
  return *std::move(set);
}

std::unique_ptr<const Catalog> LibraryCatalog() {
  auto catalog = Catalog::Make({.sets = {TestDescriptors()}, .packages = {"wenming.gateway.testdata"}});
  if (!catalog.ok()) {
    ADD_FAILURE() << catalog.status();
    return nullptr;
  }
  return *std::move(catalog);
}

Binding LibraryBinding(const Catalog& catalog, std::string_view method, size_t n) {
  const Method* found = catalog.Find("/wenming.gateway.testdata.Library/" + std::string(method));
  if (found == nullptr) {
    ADD_FAILURE() << method << " is not in the catalog";
    return {};
  }
  return CompileBindings(*found)->at(n);
}

}  // namespace wenming::gateway
