#include "gateway/routes/router.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "gateway/routes/percent.h"
#include "gateway/text.h"

namespace wenming::gateway {
namespace {

using Kind = PathTemplate::Segment::Kind;
using Segments = absl::InlinedVector<std::string_view, 16>;

// More segments than any template has are only ever an attack.
constexpr size_t kMaxSegments = 64;

// False when the path has no leading slash or too many segments.
bool Split(std::string_view path, Segments& segments) {
  if (path.empty() || path.front() != '/') return false;
  path.remove_prefix(1);
  while (segments.size() < kMaxSegments) {
    size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace

// The routes that end at one place of the trie with one verb.
struct Router::End {
  struct Entry {
    std::string method;
    PathTemplate path;
    uint32_t route;
  };
  std::vector<Entry> entries;
};

struct Router::Node {
  absl::flat_hash_map<std::string, std::unique_ptr<Node>> literals;
  std::unique_ptr<Node> one;
  absl::flat_hash_map<std::string, End> ends;       // by verb
  absl::flat_hash_map<std::string, End> rest_ends;  // after a "**", by verb
};

// One walk through the trie for one reading of the path (with or without a verb).
class Router::Search {
 public:
  Search(std::string_view method, const Segments& segments, std::string_view verb)
      : method_(method), segments_(segments), verb_(verb) {}

  // The best route of the method; on the way `allow` collects the methods of the other fitting routes.
  const End::Entry* Run(const Node& node, size_t depth, std::vector<std::string>& allow) const {
    if (depth == segments_.size()) {
      if (const End::Entry* entry = Pick(node.ends, allow)) return entry;
      return Pick(node.rest_ends, allow);
    }
    std::string_view segment = segments_[depth];
    if (const Node* next = Literal(node, segment)) {
      if (const End::Entry* entry = Run(*next, depth + 1, allow)) return entry;
    }
    if (node.one != nullptr && !segment.empty()) {
      if (const End::Entry* entry = Run(*node.one, depth + 1, allow)) return entry;
    }
    if (std::any_of(segments_.begin() + depth, segments_.end(), [](auto text) { return text.empty(); })) {
      return nullptr;
    }
    return Pick(node.rest_ends, allow);
  }

 private:
  static const Node* Literal(const Node& node, std::string_view segment) {
    if (node.literals.empty()) return nullptr;
    auto found = node.literals.end();
    if (segment.find('%') == std::string_view::npos) {
      found = node.literals.find(ToAbsl(segment));
    } else if (auto decoded = PercentDecode(segment, PercentMode::kSegments)) {
      found = node.literals.find(*decoded);
    }
    return found == node.literals.end() ? nullptr : found->second.get();
  }

  const End::Entry* Pick(const absl::flat_hash_map<std::string, End>& ends, std::vector<std::string>& allow) const {
    auto end = ends.find(ToAbsl(verb_));
    if (end == ends.end()) return nullptr;
    const End::Entry* any = nullptr;
    for (const End::Entry& entry : end->second.entries) {
      if (entry.method == method_) return &entry;
      if (entry.method == "*") {
        any = &entry;
      } else {
        allow.push_back(entry.method);
      }
    }
    return any;
  }

  std::string_view method_;
  const Segments& segments_;
  std::string_view verb_;
};

namespace {

// The text of segments [begin, end), slashes included; they are neighbours in the same path.
std::string_view Join(const Segments& segments, size_t begin, size_t end) {
  if (begin >= end) return {};
  const char* first = segments[begin].data();
  const char* last = segments[end - 1].data() + segments[end - 1].size();
  return {first, static_cast<size_t>(last - first)};
}

Router::Result Bind(const PathTemplate& path, uint32_t route, const Segments& segments) {
  Router::Found found{route, {}};
  found.values.reserve(path.variables.size());
  bool has_rest = !path.segments.empty() && path.segments.back().kind == Kind::kRest;
  for (const auto& variable : path.variables) {
    size_t end = has_rest && variable.end == path.segments.size() ? segments.size() : variable.end;
    auto value = PercentDecode(Join(segments, variable.begin, end),
                               variable.multi ? PercentMode::kSegments : PercentMode::kSegment);
    if (!value) return Router::Malformed{variable.field_path};
    found.values.push_back(*std::move(value));
  }
  return found;
}

}  // namespace

Router::Router(std::unique_ptr<Node> root, absl::flat_hash_set<std::string> verbs)
    : root_(std::move(root)), verbs_(std::move(verbs)) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Router::Result Router::Match(std::string_view method, std::string_view path) const {
  Segments segments;
  if (!Split(path, segments)) return Unknown{};
  std::vector<std::string> allow;

  std::string_view& last = segments.back();
  std::string_view whole = last;
  size_t colon = last.rfind(':');
  if (colon != std::string_view::npos && verbs_.contains(ToAbsl(last.substr(colon + 1)))) {
    std::string_view verb = last.substr(colon + 1);
    last = last.substr(0, colon);
    if (const End::Entry* entry = Search(method, segments, verb).Run(*root_, 0, allow)) {
      return Bind(entry->path, entry->route, segments);
    }
    last = whole;
  }
  if (allow.empty()) {
    if (const End::Entry* entry = Search(method, segments, {}).Run(*root_, 0, allow)) {
      return Bind(entry->path, entry->route, segments);
    }
  }
  if (allow.empty()) return Unknown{};
  std::sort(allow.begin(), allow.end());
  allow.erase(std::unique(allow.begin(), allow.end()), allow.end());
  return OtherMethod{std::move(allow)};
}

namespace {

// What stands at a place of a template; nothing behind its end.
std::optional<Kind> KindAt(const PathTemplate& path, size_t place) {
  if (place < path.segments.size()) return path.segments[place].kind;
  const bool goes_on = !path.segments.empty() && path.segments.back().kind == Kind::kRest;
  return goes_on ? std::optional(Kind::kRest) : std::nullopt;
}

// Whether some path fits both, and each is closer to it than the other somewhere.
bool Ambiguous(const PathTemplate& a, const PathTemplate& b) {
  if (a.verb != b.verb) return false;
  bool a_closer = false;
  bool b_closer = false;
  for (size_t place = 0;; ++place) {
    const auto in_a = KindAt(a, place);
    const auto in_b = KindAt(b, place);
    if (in_a == in_b && (!in_a || *in_a == Kind::kRest)) break;
    // "**" may stand for nothing.
    if (!in_a || !in_b) {
      if ((in_a ? *in_a : *in_b) != Kind::kRest) return false;
      (in_a ? b_closer : a_closer) = true;
      break;
    }
    if (*in_a == Kind::kLiteral && *in_b == Kind::kLiteral && a.segments[place].literal != b.segments[place].literal) {
      return false;
    }
    a_closer = a_closer || *in_a < *in_b;
    b_closer = b_closer || *in_b < *in_a;
  }
  return a_closer && b_closer;
}

}  // namespace

Router::Builder::Builder() : root_(std::make_unique<Node>()) {}
Router::Builder::~Builder() = default;

absl::Status Router::Builder::Add(std::string_view method, PathTemplate path, uint32_t route) {
  Node* node = root_.get();
  auto* ends = &node->ends;
  for (const auto& segment : path.segments) {
    if (segment.kind == Kind::kRest) {
      ends = &node->rest_ends;
      break;
    }
    auto& child = segment.kind == Kind::kOne ? node->one : node->literals[segment.literal];
    if (child == nullptr) child = std::make_unique<Node>();
    node = child.get();
    ends = &node->ends;
  }
  End& end = (*ends)[path.verb];
  for (const auto& other : end.entries) {
    if (other.method == method) {
      return absl::AlreadyExistsError(
          absl::StrCat("two routes fit the same requests: ", other.method, " ", other.path.text, " and ", path.text));
    }
  }
  for (const Added& other : added_) {
    const bool both = method == other.method || method == "*" || other.method == "*";
    if (!both || !Ambiguous(path, other.path)) continue;
    return absl::AlreadyExistsError(absl::StrCat("of two routes neither is closer to a request that both fit: ",
                                                 other.method, " ", other.path.text, " and ", path.text));
  }
  added_.push_back({std::string(method), path});
  if (!path.verb.empty()) verbs_.insert(path.verb);
  end.entries.push_back({std::string(method), std::move(path), route});
  return absl::OkStatus();
}

Router Router::Builder::Build() && { return Router(std::move(root_), std::move(verbs_)); }

}  // namespace wenming::gateway
