#include "activity_svc/notices/notice.h"

#include "absl/strings/str_cat.h"
#include "activity_svc/calendars/working_days.h"
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

// What it is about: "“义诊”（2026-05-02 09:00）", the time being that of a shift.
std::string What(const Notice& n) {
  const std::string title = absl::StrCat("“", n.activity_title, "”");
  return n.shift_start_time ? absl::StrCat(title, "（", ChineseTime(*n.shift_start_time), "）") : title;
}

std::string EnglishWhat(const Notice& n) {
  const std::string title = absl::StrCat("\"", n.activity_title, "\"");
  return n.shift_start_time ? absl::StrCat(title, " (", ChineseTime(*n.shift_start_time), ")") : title;
}

std::string Due(const Notice& n) { return n.due_time ? ChineseTime(*n.due_time) : std::string(); }

std::string Chinese(const Notice& n) {
  const std::string what = What(n);
  switch (n.kind) {
    case N::KIND_HOURS_SETTLED:
      return absl::StrCat(what, "的服务时长 ", n.minutes, " 分钟已入账");
    case N::KIND_HOURS_REVERSED:
      return absl::StrCat(what, "的服务时长 ", n.minutes, " 分钟已冲正：", n.reason);
    case N::KIND_APPEAL_DECIDED:
      return absl::StrCat(what, "的时长申诉已处理：", OutcomeWords(n.outcome).zh, "，认定 ", n.minutes, " 分钟；",
                          n.reason);
    case N::KIND_PLACE_OFFERED:
      return absl::StrCat(what, "有名额了，为您保留到 ", Due(n), "，请在此之前确认");
    case N::KIND_OFFER_LAPSED:
      if (!n.reason.empty()) {
        return absl::StrCat(what, "已暂停，您回到候补名单的原位置，恢复后优先为您保留名额：", n.reason);
      }
      return absl::StrCat(what, "为您保留的名额未按时确认，已失效");
    case N::KIND_SHIFT_CANCELLED:
      return absl::StrCat(what, "已取消，您的报名随之取消：", n.reason);
    case N::KIND_PLACE_LOST:
      return absl::StrCat("您在", what, "的报名已取消：", n.reason);
    case N::KIND_EXCUSED:
      return absl::StrCat(what, "已为您登记请假：", n.reason);
    case N::KIND_ABSENT:
      return absl::StrCat("您在", what, "被记为缺席；如有异议，公示开始后可以申诉");
    case N::KIND_HOURS_CORRECTED:
      return absl::StrCat("您在", what, "的考勤已更正，认定 ", n.minutes, " 分钟：", n.reason,
                          "；如有异议，公示开始后可以申诉");
    case N::KIND_HANDOVER_PROPOSED:
      return absl::StrCat("有人想请您接手或互换", what, "的名额，请在 ", Due(n), " 之前答复");
    case N::KIND_HANDOVER_ACCEPTED:
      return absl::StrCat("您在", what, "的名额已由对方接手");
    case N::KIND_HANDOVER_DECLINED:
      return absl::StrCat("对方没有接受您转让", what, "名额的请求");
    case N::KIND_HANDOVER_WITHDRAWN:
      return absl::StrCat("对方撤回了请您接手或互换", what, "名额的请求");
    case N::KIND_HANDOVER_LAPSED:
      return absl::StrCat("您转让", what, "名额的请求未得到答复，已失效");
    default:
      return what;
  }
}

std::string English(const Notice& n) {
  const std::string what = EnglishWhat(n);
  switch (n.kind) {
    case N::KIND_HOURS_SETTLED:
      return absl::StrCat(n.minutes, " minutes of ", what, " are in your record of hours");
    case N::KIND_HOURS_REVERSED:
      return absl::StrCat(n.minutes, " minutes of ", what, " were taken back: ", n.reason);
    case N::KIND_APPEAL_DECIDED:
      return absl::StrCat("Your appeal about ", what, " was decided: ", OutcomeWords(n.outcome).en, ", ", n.minutes,
                          " minutes count; ", n.reason);
    case N::KIND_PLACE_OFFERED:
      return absl::StrCat("There is a place for you in ", what, ", held until ", Due(n), ": accept it before");
    case N::KIND_OFFER_LAPSED:
      if (!n.reason.empty()) {
        return absl::StrCat(what, " is suspended; you are back on the waiting list where you were, and the first to be",
                            " offered a place when it goes on: ", n.reason);
      }
      return absl::StrCat("The place that was held for you in ", what, " was not accepted in time and is gone");
    case N::KIND_SHIFT_CANCELLED:
      return absl::StrCat(what, " was cancelled, and your sign-up with it: ", n.reason);
    case N::KIND_PLACE_LOST:
      return absl::StrCat("Your sign-up for ", what, " was cancelled: ", n.reason);
    case N::KIND_EXCUSED:
      return absl::StrCat("You are excused from ", what, ": ", n.reason);
    case N::KIND_ABSENT:
      return absl::StrCat("You are counted as absent from ", what, "; you can appeal once the hours are public");
    case N::KIND_HOURS_CORRECTED:
      return absl::StrCat("Your presence in ", what, " was corrected, ", n.minutes, " minutes count: ", n.reason,
                          "; you can appeal once the hours are public");
    case N::KIND_HANDOVER_PROPOSED:
      return absl::StrCat("Somebody asks you to take over or swap a place in ", what, ": answer before ", Due(n));
    case N::KIND_HANDOVER_ACCEPTED:
      return absl::StrCat("Your place in ", what, " was taken over");
    case N::KIND_HANDOVER_DECLINED:
      return absl::StrCat("Your request to hand over your place in ", what, " was declined");
    case N::KIND_HANDOVER_WITHDRAWN:
      return absl::StrCat("The request to take over or swap a place in ", what, " was withdrawn");
    case N::KIND_HANDOVER_LAPSED:
      return absl::StrCat("Your request to hand over your place in ", what, " was not answered and has lapsed");
    default:
      return what;
  }
}

const char* CollectionOf(NoticeSource source) {
  switch (source) {
    case NoticeSource::kRegistration:
      return "registrations";
    case NoticeSource::kSupplement:
      return "supplements";
    case NoticeSource::kHandover:
      return "handovers";
  }
  return "";
}

}  // namespace

std::string TextOf(const Notice& notice, errors::Language language) {
  return language == errors::Language::kChinese ? Chinese(notice) : English(notice);
}

v1::Notice ToProto(const Notice& notice, errors::Language language) {
  v1::Notice proto;
  proto.set_name(ids::ResourceName("notices", notice.id));
  proto.set_kind(notice.kind);
  proto.set_source(ids::ResourceName(CollectionOf(notice.source), notice.source_id));
  proto.set_activity(ids::ResourceName("activities", notice.activity_id));
  proto.set_activity_title(notice.activity_title);
  proto.set_minutes(notice.minutes);
  proto.set_outcome(notice.outcome);
  proto.set_reason(notice.reason);
  proto.set_text(TextOf(notice, language));
  *proto.mutable_create_time() = ToProto(notice.create_time);
  if (notice.read_time) *proto.mutable_read_time() = ToProto(*notice.read_time);
  if (notice.shift_start_time) *proto.mutable_shift_start_time() = ToProto(*notice.shift_start_time);
  if (notice.due_time) *proto.mutable_due_time() = ToProto(*notice.due_time);
  return proto;
}

}  // namespace wenming::activity
