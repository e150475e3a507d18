#include "gateway/docs/comments.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gateway/text.h"

namespace wenming::gateway::docs {
namespace {

namespace pb = google::protobuf;
using Path = pb::RepeatedField<int>;

// A place in a file, as SourceCodeInfo numbers it: pairs of field number and index. The full name of what stands there;
// empty for what has none, such as an option.
class Names {
 public:
  explicit Names(const Path& path) : path_(path) {}

  std::string In(const pb::FileDescriptorProto& file) {
    std::string scope = file.package();
    switch (Next()) {
      case pb::FileDescriptorProto::kMessageTypeFieldNumber:
        return InMessages(file.message_type(), scope);
      case pb::FileDescriptorProto::kEnumTypeFieldNumber:
        return InEnums(file.enum_type(), scope);
      case pb::FileDescriptorProto::kServiceFieldNumber: {
        const auto& service = file.service(Next());
        std::string name = Join(scope, service.name());
        if (AtEnd()) return name;
        return Next() == pb::ServiceDescriptorProto::kMethodFieldNumber ? Leaf(service.method(), name) : "";
      }
      default:
        return "";
    }
  }

 private:
  bool AtEnd() const { return at_ >= path_.size(); }
  int Next() { return AtEnd() ? -1 : path_.Get(at_++); }

  static std::string Join(const std::string& scope, const std::string& name) {
    return scope.empty() ? name : absl::StrCat(scope, ".", name);
  }

  template <typename List>
  std::string Leaf(const List& list, const std::string& scope) {
    const auto& item = list.Get(Next());
    return AtEnd() ? Join(scope, item.name()) : "";
  }

  // A value of an enum is named as a sibling of the enum.
  template <typename List>
  std::string InEnums(const List& list, const std::string& scope) {
    const auto& item = list.Get(Next());
    if (AtEnd()) return Join(scope, item.name());
    return Next() == pb::EnumDescriptorProto::kValueFieldNumber ? Leaf(item.value(), scope) : "";
  }

  template <typename List>
  std::string InMessages(const List& list, const std::string& scope) {
    const auto& message = list.Get(Next());
    std::string name = Join(scope, message.name());
    switch (Next()) {
      case -1:
        return name;
      case pb::DescriptorProto::kFieldFieldNumber:
        return Leaf(message.field(), name);
      case pb::DescriptorProto::kNestedTypeFieldNumber:
        return InMessages(message.nested_type(), name);
      case pb::DescriptorProto::kEnumTypeFieldNumber:
        return InEnums(message.enum_type(), name);
      default:
        return "";
    }
  }

  const Path& path_;
  int at_ = 0;
};

std::string Clean(const std::string& comment) {
  std::vector<absl::string_view> lines = absl::StrSplit(absl::StripAsciiWhitespace(comment), '\n');
  for (auto& line : lines) {
    line = absl::StripTrailingAsciiWhitespace(line);
    if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace

Comments::Comments(const std::vector<pb::FileDescriptorSet>& sets) {
  for (const auto& set : sets) {
    for (const auto& file : set.file()) {
      for (const auto& location : file.source_code_info().location()) {
        std::string text = Clean(location.leading_comments());
        if (text.empty()) text = Clean(location.trailing_comments());
        if (text.empty()) continue;
        std::string name = Names(location.path()).In(file);
        if (!name.empty()) by_name_.emplace(std::move(name), std::move(text));
      }
    }
  }
}

std::string_view Comments::Of(std::string_view full_name) const {
  auto found = by_name_.find(ToAbsl(full_name));
  return found == by_name_.end() ? std::string_view() : std::string_view(found->second);
}

std::string FirstSentence(std::string_view text) {
  size_t end = text.find("\n\n");
  std::string sentence(text.substr(0, end));
  for (char& c : sentence) {
    if (c == '\n') c = ' ';
  }
  if (size_t stop = sentence.find(". "); stop != std::string::npos) sentence.erase(stop);
  if (!sentence.empty() && sentence.back() == '.') sentence.pop_back();
  return sentence;
}

}  // namespace wenming::gateway::docs
