#include "activity_svc/notices/notice.h"

#include "absl/strings/str_cat.h"
#include "activity_svc/names.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using N = v1::Notice;

struct Words {
  const char* zh;
  const char* en;
};

Words OutcomeWords(v1::Appeal::Outcome outcome) {
  switch (outcome) {
    case v1::Appeal::OUTCOME_UPHELD:
      return {"申诉成立", "the appeal is upheld"};
    case v1::Appeal::OUTCOME_AMENDED:
      return {"申诉部分成立", "the record is amended"};
    case v1::Appeal::OUTCOME_REJECTED:
      return {"维持原记录", "the record stands"};
    default:
      return {"", ""};
  }
}

std::string Chinese(const Notice& n) {
  const std::string what = absl::StrCat("“", n.activity_title, "”");
  switch (n.kind) {
    case N::KIND_HOURS_SETTLED:
      return absl::StrCat(what, "的服务时长 ", n.minutes, " 分钟已入账");
    case N::KIND_HOURS_REVERSED:
      return absl::StrCat(what, "的服务时长 ", n.minutes, " 分钟已冲正：", n.reason);
    case N::KIND_APPEAL_DECIDED:
      return absl::StrCat(what, "的时长申诉已处理：", OutcomeWords(n.outcome).zh, "，认定 ", n.minutes, " 分钟；",
                          n.reason);
    default:
      return what;
  }
}

std::string English(const Notice& n) {
  const std::string what = absl::StrCat("\"", n.activity_title, "\"");
  switch (n.kind) {
    case N::KIND_HOURS_SETTLED:
      return absl::StrCat(n.minutes, " minutes of ", what, " are in your record of hours");
    case N::KIND_HOURS_REVERSED:
      return absl::StrCat(n.minutes, " minutes of ", what, " were taken back: ", n.reason);
    case N::KIND_APPEAL_DECIDED:
      return absl::StrCat("Your appeal about ", what, " was decided: ", OutcomeWords(n.outcome).en, ", ", n.minutes,
                          " minutes count; ", n.reason);
    default:
      return what;
  }
}

}  // namespace

std::string TextOf(const Notice& notice, errors::Language language) {
  return language == errors::Language::kChinese ? Chinese(notice) : English(notice);
}

v1::Notice ToProto(const Notice& notice, errors::Language language) {
  v1::Notice proto;
  proto.set_name(ids::ResourceName("notices", notice.id));
  proto.set_kind(notice.kind);
  proto.set_source(ids::ResourceName(notice.source == HourSource::kRegistration ? "registrations" : "supplements",
                                     notice.source_id));
  proto.set_activity(ids::ResourceName("activities", notice.activity_id));
  proto.set_activity_title(notice.activity_title);
  proto.set_minutes(notice.minutes);
  proto.set_outcome(notice.outcome);
  proto.set_reason(notice.reason);
  proto.set_text(TextOf(notice, language));
  *proto.mutable_create_time() = ToProto(notice.create_time);
  if (notice.read_time) *proto.mutable_read_time() = ToProto(*notice.read_time);
  return proto;
}

}  // namespace wenming::activity
