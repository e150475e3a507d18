#include "volunteer_svc/volunteers/reveals.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors/errors.h"
#include "volunteer_svc/volunteers/guardians.h"
#include "volunteer_svc/volunteers/texts.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"

namespace wenming::volunteer {
namespace {

using Request = v1::RevealVolunteerRequest;

// Shorter ones are years, amounts and numbers of houses; and in groups, as phones are written, dates with their hour.
constexpr int kLongNumber = 7, kLongInGroups = 11;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A number from its first digit on.
struct Digits {
  size_t end;                  // behind the last digit
  int count = 0, longest = 0;  // in all, and in its longest group

  bool MayIdentify() const { return longest >= kLongNumber || count >= kLongInGroups; }
};

// Between two groups may stand one space or hyphen.
Digits DigitsFrom(std::string_view text, size_t begin) {
  Digits digits{.end = begin};
  int group = 0;
  for (size_t i = begin; i < text.size(); ++i) {
    if (IsDigit(text[i])) {
      ++digits.count;
      digits.longest = std::max(digits.longest, ++group);
      digits.end = i + 1;
    } else if ((text[i] == ' ' || text[i] == '-') && digits.end == i) {
      group = 0;
    } else {
      break;
    }
  }
  return digits;
}

}  // namespace

absl::Status CheckReveal(const Request& request) {
  for (const int field : request.fields()) {
    if (field == Request::FIELD_UNSPECIFIED || !Request::Field_IsValid(field)) {
      return errors::InvalidField("fields", type::REASON_UNKNOWN_VALUE);
    }
  }
  return absl::OkStatus();
}

bool WithoutConsent(v1::RevealPurpose purpose) {
  return purpose == v1::REVEAL_PURPOSE_EMERGENCY || purpose == v1::REVEAL_PURPOSE_APPEAL ||
         purpose == v1::REVEAL_PURPOSE_LEGAL_DUTY;
}

void NoteReveal(const rpc::Call& call, const Request& request) {
  std::vector<std::string> fields;
  for (const int field : request.fields()) fields.push_back(Request::Field_Name(static_cast<Request::Field>(field)));
  call.Note("fields", absl::StrJoin(fields, ","));
  call.Note("purpose", v1::RevealPurpose_Name(request.purpose()));
  call.Note("reason", ReasonForTheLog(request.reason()));
}

std::string ReasonForTheLog(std::string_view reason) {
  std::string text(Trimmed(reason));
  for (size_t begin = 0; begin < text.size();) {
    const Digits digits = DigitsFrom(text, begin);
    if (digits.MayIdentify()) std::replace_if(text.begin() + begin, text.begin() + digits.end, IsDigit, '*');
    begin = digits.end + 1;
  }
  return text;
}

v1::RevealVolunteerResponse Revealed(const VolunteerRecord& record, const std::optional<Guardian>& guardian,
                                     const Request& request) {
  const v1::Volunteer full = ToFullProto(record);
  v1::RevealVolunteerResponse response;
  v1::Volunteer& shown = *response.mutable_volunteer();
  shown.set_name(full.name());
  shown.set_number(full.number());
  for (const int field : request.fields()) {
    switch (field) {
      case Request::FIELD_DISPLAY_NAME:
        shown.set_display_name(full.display_name());
        break;
      case Request::FIELD_ID_NUMBER:
        shown.set_id_type(full.id_type());
        shown.set_id_number(full.id_number());
        break;
      case Request::FIELD_PHONE:
        shown.set_phone(full.phone());
        break;
      case Request::FIELD_BIRTH_DATE:
        *shown.mutable_birth_date() = full.birth_date();
        break;
      case Request::FIELD_RESIDENCE:
        shown.set_residence(full.residence());
        break;
      case Request::FIELD_GUARDIAN:
        if (guardian) *response.mutable_guardian() = ToFullProto(*guardian);
        break;
      default:
        break;
    }
  }
  return response;
}

}  // namespace wenming::volunteer
