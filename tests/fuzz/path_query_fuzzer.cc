// The target of a request, as it finds a route and fills the request message. A line of its own before it is the
// method, one behind it the Idempotency-Key.

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/catalog/catalog.h"
#include "gateway/routes/percent.h"
#include "gateway/routes/router.h"
#include "gateway/transcode/binding.h"
#include "gateway/transcode/request.h"
#include "tests/fuzz/check.h"
#include "tests/gateway/testdata/library.pb.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;

void Gather(const pb::FileDescriptor& file, std::set<std::string>& seen, pb::FileDescriptorSet& set) {
  if (!seen.insert(file.name()).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) Gather(*file.dependency(i), seen, set);
  file.CopyTo(set.add_file());
}

// The library with its routes.
struct World {
  World() {
    pb::FileDescriptorSet set;
    std::set<std::string> seen;
    Gather(*testdata::Book::descriptor()->file(), seen, set);
    auto made = Catalog::Make({.sets = {set}, .packages = {"wenming.gateway.testdata"}});
    fuzz::Check(made.ok(), "the library has a catalog");
    catalog = *std::move(made);
    Router::Builder builder;
    for (const Method& method : catalog->methods()) {
      auto compiled = CompileBindings(method);
      fuzz::Check(compiled.ok(), "its routes compile");
      for (Binding& binding : *compiled) {
        // A page has the route of what it shows.
        if (builder.Add(binding.http_method, binding.path, static_cast<uint32_t>(bindings.size())).ok()) {
          bindings.push_back(std::move(binding));
        }
      }
    }
    router = std::make_unique<Router>(std::move(builder).Build());
  }
  std::unique_ptr<const Catalog> catalog;
  std::vector<Binding> bindings;
  std::unique_ptr<Router> router;
};

std::string_view Line(std::string_view& input) {
  const size_t end = input.find('\n');
  const std::string_view line = input.substr(0, end);
  input = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  return line;
}

void Run(std::string_view input) {
  static const World world;
  const std::string_view method = Line(input);
  const std::string_view target = Line(input);
  const std::string_view key = Line(input);
  const std::string_view path = target.substr(0, target.find('?'));
  const std::string_view query = path.size() == target.size() ? std::string_view() : target.substr(path.size() + 1);

  for (const auto mode : {PercentMode::kSegment, PercentMode::kSegments, PercentMode::kQuery}) {
    const auto decoded = PercentDecode(query, mode);
    fuzz::Check(!decoded || decoded->size() <= query.size(), "decoding makes nothing longer");
  }
  const auto match = world.router->Match(method, path);
  const auto* found = std::get_if<Router::Found>(&match);
  if (found == nullptr) return;
  const Binding& binding = world.bindings.at(found->route);
  fuzz::Check(found->values.size() == binding.variables.size(), "each variable has its value");
  for (const auto& value : found->values) fuzz::Check(!value.empty(), "no variable is empty");

  const RequestParts parts{
      .path_values = found->values, .query = query, .content_type = {}, .body = {}, .idempotency_key = key};
  const auto message = MakeRequest(binding, parts, *world.catalog);
  if (!message.ok()) {
    fuzz::Check(message.status().code() == absl::StatusCode::kInvalidArgument, "only the caller is to blame");
    return;
  }
  const std::unique_ptr<pb::Message> read(binding.method->request->New());
  fuzz::Check(read->ParseFromString(*message), "the request can be read by the service");
  const auto again = MakeRequest(binding, parts, *world.catalog);
  const std::unique_ptr<pb::Message> same(binding.method->request->New());
  fuzz::Check(again.ok() && same->ParseFromString(*again), "the same request is taken again");
}

}  // namespace
}  // namespace wenming::gateway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wenming::gateway::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
