#include "gateway/docs/openapi.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/docs/field_traits.h"
#include "gateway/docs/json_out.h"
#include "gateway/docs/operation.h"
#include "gateway/docs/path_text.h"
#include "gateway/docs/schemas.h"

namespace wenming::gateway::docs {
namespace {

using google::protobuf::ServiceDescriptor;

constexpr char kIntroduction[] =
    "Every method over HTTP with JSON, and over gRPC by its name.\n\n"
    "- JSON is that of proto3: 64-bit numbers are strings, bytes are base64, NaN and the infinities are strings.\n"
    "- A PATCH changes the fields that its body holds. A client without PATCH sends POST with "
    "`X-HTTP-Method-Override: PATCH`.\n"
    "- `Idempotency-Key` fills the request id: a repetition with the same one changes nothing.\n"
    "- `Accept-Language: en` turns the messages of refusals from Chinese to English.\n\n"
    "In the examples `$TOKEN` is an access token, `$EDGE` the address of the gRPC edge and `$PROTOSET` the file that "
    "the "
    "gateway was given as `--descriptors`; words in capitals in a path are yours to fill.";

// The methods that a path item of OpenAPI has.
std::string PathItemKey(const std::string& http_method) {
  static constexpr const char* kKnown[] = {"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"};
  bool known = std::find(std::begin(kKnown), std::end(kKnown), http_method) != std::end(kKnown);
  if (known) return absl::AsciiStrToLower(http_method);
  return absl::StrCat("x-", http_method == "*" ? "any-method" : http_method);
}

class Document {
 public:
  Document(const Catalog& catalog, const std::vector<Binding>& bindings, const Comments& comments)
      : catalog_(catalog), bindings_(bindings), comments_(comments), schemas_(comments) {}

  std::string Write() {
    out_.BeginObject();
    out_.Text("openapi", "3.1.0");
    Info();
    out_.BeginArray("servers");
    out_.BeginObject();
    out_.Text("url", "/");
    out_.EndObject();
    out_.EndArray();
    Tags();
    Paths();
    out_.BeginObject("components");
    out_.BeginObject("schemas");
    schemas_.Components(out_);
    ErrorSchema();
    out_.EndObject();
    ErrorResponse();
    SecuritySchemes();
    out_.EndObject();
    out_.EndObject();
    return out_.Result();
  }

 private:
  void Info() {
    std::vector<std::string> packages;
    for (const auto& method : catalog_.methods()) {
      const std::string& package = method.descriptor->file()->package();
      if (std::find(packages.begin(), packages.end(), package) == packages.end()) packages.push_back(package);
    }
    out_.BeginObject("info");
    out_.Text("title", absl::StrJoin(packages, ", "));
    out_.Text("version", "1");
    out_.Text("description", kIntroduction);
    out_.EndObject();
  }

  // The services in their order, with the methods that have no route.
  void Tags() {
    std::vector<const ServiceDescriptor*> services;
    std::map<const ServiceDescriptor*, std::vector<std::string>> without_route;
    for (const auto& method : catalog_.methods()) {
      const auto* service = method.descriptor->service();
      if (std::find(services.begin(), services.end(), service) == services.end()) services.push_back(service);
      bool routed = std::any_of(bindings_.begin(), bindings_.end(),
                                [&](const Binding& binding) { return binding.method == &method; });
      if (!routed) without_route[service].push_back(absl::StrCat("`", method.descriptor->name(), "`"));
    }
    out_.BeginArray("tags");
    for (const auto* service : services) {
      std::string text(comments_.Of(service->full_name()));
      const auto& only = without_route[service];
      if (!only.empty()) {
        absl::StrAppend(&text, text.empty() ? "" : "\n\n", "Over gRPC only: ", absl::StrJoin(only, ", "), ".");
      }
      out_.BeginObject();
      out_.Text("name", service->full_name());
      if (!text.empty()) out_.Text("description", text);
      out_.EndObject();
    }
    out_.EndArray();
  }

  void Paths() {
    std::vector<std::string> order;
    std::map<std::string, std::map<std::string, Route>> paths;
    for (const Binding& binding : bindings_) {
      std::string text = DescribePath(binding.path).text;
      if (paths.find(text) == paths.end()) order.push_back(text);
      Route& route = paths[text][PathItemKey(binding.http_method)];
      // Of two bindings of a route the one that answers with a file is the page of the other.
      if (route.json != nullptr && IsHttpBody(binding.method->descriptor->output_type())) {
        route.page = &binding;
      } else {
        route.page = std::exchange(route.json, &binding);
      }
    }
    out_.BeginObject("paths");
    for (const std::string& path : order) {
      out_.BeginObject(path);
      for (const auto& [key, route] : paths[path]) {
        out_.Key(key);
        WriteOperation(route, OperationId(*route.json), comments_, schemas_, out_);
      }
      out_.EndObject();
    }
    out_.EndObject();
  }

  // "UnitsService_GetUnit"; with the package where two services share a name; numbered for additional bindings.
  std::string OperationId(const Binding& binding) {
    const auto& method = *binding.method->descriptor;
    std::string id = absl::StrCat(method.service()->name(), "_", method.name());
    auto [owner, is_new] = owners_.emplace(id, &method);
    if (owner->second != &method) id = absl::StrCat(method.service()->full_name(), "_", method.name());
    std::string unique = id;
    for (int n = 2; !ids_.insert(unique).second; ++n) unique = absl::StrCat(id, "_", n);
    return unique;
  }

  void Member(const char* name, const char* type, const char* description) {
    out_.BeginObject(name);
    out_.Text("type", type);
    out_.Text("description", description);
    out_.EndObject();
  }

  void ErrorSchema() {
    out_.BeginObject("Error");
    out_.Text("type", "object");
    out_.BeginObject("properties");
    Member("code", "string", "The canonical code: `NOT_FOUND`.");
    Member("reason", "string", "Why, as a stable value for programs.");
    Member("message", "string", "Why, for people.");
    Member("requestId", "string", "To name when asking for help; also in X-Request-Id.");
    out_.BeginObject("details");
    out_.Text("type", "array");
    out_.Text("description", "google.rpc error details: ErrorInfo, BadRequest with the fields, RetryInfo and others.");
    out_.BeginObject("items");
    out_.Text("type", "object");
    out_.BeginObject("properties");
    Member("@type", "string", "The type of the detail.");
    out_.EndObject();
    out_.EndObject();
    out_.EndObject();
    out_.EndObject();
    out_.BeginArray("required");
    for (const char* name : {"code", "reason", "message", "requestId", "details"}) out_.Text(name);
    out_.EndArray();
    out_.EndObject();
  }

  void ErrorResponse() {
    out_.BeginObject("responses");
    out_.BeginObject("Error");
    out_.Text("description", "Refused or failed.");
    out_.BeginObject("content");
    out_.BeginObject("application/json");
    out_.BeginObject("schema");
    out_.Text("$ref", "#/components/schemas/Error");
    out_.EndObject();
    out_.EndObject();
    out_.EndObject();
    out_.EndObject();
    out_.EndObject();
  }

  void SecuritySchemes() {
    out_.BeginObject("securitySchemes");
    out_.BeginObject("bearer");
    out_.Text("type", "http");
    out_.Text("scheme", "bearer");
    out_.EndObject();
    out_.EndObject();
  }

  const Catalog& catalog_;
  const std::vector<Binding>& bindings_;
  const Comments& comments_;
  Schemas schemas_;
  JsonOut out_;
  std::map<std::string, const google::protobuf::MethodDescriptor*> owners_;
  absl::flat_hash_set<std::string> ids_;
};

}  // namespace

std::string OpenApi(const Catalog& catalog, const std::vector<Binding>& bindings, const Comments& comments) {
  return Document(catalog, bindings, comments).Write();
}

}  // namespace wenming::gateway::docs
