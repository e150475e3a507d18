#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"

namespace wenming::gateway {

// Finds message types by name, for google.protobuf.Any. Thread-safe.
class TypeSource {
 public:
  virtual ~TypeSource() = default;
  // The default instance of "google.rpc.ErrorInfo", or null when the type is not known.
  virtual const google::protobuf::Message* FindMessage(std::string_view full_name) const = 0;
};

// A method that the gateway forwards.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  const google::protobuf::Message* request = nullptr;  // default instances
  const google::protobuf::Message* response = nullptr;
  std::string path;         // "/wenming.org.v1.UnitsService/GetUnit"
  size_t backend = 0;       // index into CatalogOptions::packages
  int max_age_seconds = 0;  // for how long an answer may be kept; 0: not at all
  // Whether a call may be made twice: a GET, or what says so by its idempotency_level.
  bool idempotent = false;
  int request_id_field = 0;  // by which the service knows a call again (AIP-155); 0: it has none

  bool streams() const { return descriptor->client_streaming() || descriptor->server_streaming(); }
};

// Whose services are served.
enum class AccessMode {
  kOurs,  // every method must carry (wenming.type.access); those for services only are left out
  kNone,  // foreign services, whose methods must not carry it
};

struct CatalogOptions {
  std::vector<google::protobuf::FileDescriptorSet> sets;
  // Packages that have a back end; "wenming.org" covers "wenming.org.v1", the longest one wins.
  std::vector<std::string> packages;
  AccessMode access = AccessMode::kOurs;
};

// Every method the gateway serves, from descriptor sets. Immutable and thread-safe.
class Catalog final : public TypeSource {
 public:
  // A file that comes in several sets counts once. INVALID_ARGUMENT when a set lacks an import or contradicts itself;
  // FAILED_PRECONDITION when a method breaks the access mode, naming it.
  static absl::StatusOr<std::unique_ptr<const Catalog>> Make(const CatalogOptions& options);

  const std::vector<Method>& methods() const { return methods_; }
  // Packages with services for callers from outside, for which there is no back end.
  const std::vector<std::string>& unserved_packages() const { return unserved_; }
  // By "/package.Service/Method"; null when it is unknown or not for callers from outside.
  const Method* Find(std::string_view path) const;
  const google::protobuf::Message* FindMessage(std::string_view full_name) const override;

 private:
  Catalog() = default;
  absl::Status Load(const CatalogOptions& options);
  absl::Status AddFile(const google::protobuf::FileDescriptor& file, const CatalogOptions& options);
  absl::Status AddMethod(const google::protobuf::MethodDescriptor& method, size_t backend, AccessMode access);

  google::protobuf::DescriptorPool pool_;
  mutable google::protobuf::DynamicMessageFactory factory_;  // GetPrototype is thread-safe
  std::vector<Method> methods_;
  std::vector<std::string> unserved_;
  absl::flat_hash_map<std::string, size_t> by_path_;
};

// Reads a file made by `protoc --include_imports --descriptor_set_out`. NOT_FOUND or INVALID_ARGUMENT with the path.
absl::StatusOr<google::protobuf::FileDescriptorSet> ReadDescriptorSet(const std::string& path);

}  // namespace wenming::gateway
