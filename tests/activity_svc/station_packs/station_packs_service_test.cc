#include "activity_svc/station_packs/station_packs_service.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "activity_svc/attendance/personal_code.h"
#include "activity_svc/names.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/crypto/digest.h"
#include "common/crypto/ed25519.h"
#include "common/db/transaction.h"
#include "google/protobuf/util/json_util.h"
#include "tests/activity_svc/attendance/attendance_fixture.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

class StationPacksTest : public PresenceTest {
 protected:
  StationPacksTest() : pass_(Issue(start_ - absl::Hours(1))->pass()) {}

  std::string ReasonOfOne(const v1::StationRecord& record, absl::Time now) {
    return UploadOne(pass_, record, now).reason();
  }
  v1::StationRecord Came(const std::string& id, uint64_t who, absl::Time time) const {
    return Record(id, who, A::END_IN, time, true);
  }
  v1::StationRecord Left(const std::string& id, uint64_t who, absl::Time time) const {
    return Record(id, who, A::END_OUT, time, true);
  }

  const std::string pass_;
  const absl::Time back_ = end_ + absl::Hours(5);  // there is network again
};

TEST_F(StationPacksTest, APackIsGenuineAndTellsNothingBeyondItsShift) {
  const absl::Time now = start_ - absl::Hours(2);
  EXPECT_EQ(ReasonOf(Issue(now, kStranger)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(Issue(start_ - absl::Hours(73))), type::REASON_OUTSIDE_WINDOW);
  EXPECT_EQ(ReasonOf(Issue(end_ + absl::Hours(2))), type::REASON_OUTSIDE_WINDOW);
  const auto pack = Issue(now);
  ASSERT_TRUE(pack.ok()) << pack.status();
  const std::string& pass = pack->pass();
  const size_t end = pass.rfind('.');
  const auto signature = crypto::FromBase64Url(pass.substr(end + 1));
  ASSERT_TRUE(signature.has_value());
  EXPECT_TRUE(crypto::Ed25519Verify(pack->public_key(), pass.substr(0, end), *signature));
  const auto opened = PassSigner(codes_.PackSeed()).Open(pass);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->contents_sha256(), crypto::Hex(crypto::Sha256(pack->contents())));
  EXPECT_EQ(opened->shift(), shift_.name());
  EXPECT_EQ(FromProto(opened->issue_time()), now);
  EXPECT_EQ(FromProto(opened->expire_time()), end_ + absl::Hours(1));

  v1::StationPackContents contents;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(pack->contents(), &contents).ok());
  EXPECT_EQ(contents.pack(), opened->pack());
  EXPECT_EQ(contents.fence_metres(), 300);
  EXPECT_EQ(FromProto(contents.check_in().from_time()), start_ - absl::Minutes(30));
  EXPECT_EQ(FromProto(contents.upload_until_time()), end_ + absl::Hours(72));
  ASSERT_EQ(contents.people_size(), 8);
  EXPECT_EQ(contents.people(0).masked_name(), "王*明");
  const std::string shown = CodeText(contents.check_code_key(), absl::StrCat("check_code ", CodeWindowOf(start_)));
  EXPECT_TRUE(codes_.Accepts(IdOf(shift_.name()), shown, start_));
  const auto code = ParsePersonalCode(Code(1, start_));
  EXPECT_TRUE(AcceptsPersonal(contents.people(0).personal_key(), *code, start_, true));
  // The same person's code at another shift says nothing to this pack, nor does the other shift's own code.
  const v1::Shift other = PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 2, 0);
  const uint64_t elsewhere = IdOf(SignUp(1, other.name())->name());
  const auto there =
      ParsePersonalCode(PersonalCodeAt(codes_.PersonalKey(elsewhere, 1), elsewhere, crypto::Sha256("phone-1"), start_));
  for (const auto& person : contents.people())
    EXPECT_FALSE(AcceptsPersonal(person.personal_key(), *there, start_, true));
  EXPECT_FALSE(codes_.Accepts(IdOf(other.name()), shown, start_));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending WHERE details LIKE '%" + opened->pack() + "%'"), 1);
}

TEST_F(StationPacksTest, WhatAStationRecordedComesInInAnyOrder) {
  ASSERT_TRUE(End(end_ + absl::Hours(1)).ok());
  const auto left = UploadOne(pass_, Left("record-0002", 1, end_), back_);
  EXPECT_TRUE(left.taken()) << left.reason();
  EXPECT_TRUE(List().empty());
  const auto came = UploadOne(pass_, Came("record-0001", 1, start_ + absl::Minutes(5)), back_);
  EXPECT_TRUE(came.taken()) << came.reason();
  EXPECT_TRUE(UploadOne(pass_, Came("record-0003", 2, start_), back_).taken());  // forgot to check out
  const auto list = List();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].state(), A::STATE_CHECKED_OUT);
  EXPECT_EQ(list[0].minutes(), 115);
  EXPECT_EQ(list[0].grade(), A::GRADE_B);
  const A::EndEvidence& evidence = list[0].check_in_evidence();
  EXPECT_EQ(evidence.means(), A::MEANS_STATION_CODE);
  EXPECT_EQ(evidence.pack(), PassSigner(codes_.PackSeed()).Open(pass_)->pack());
  EXPECT_NEAR(evidence.distance_metres(), 63, 3);
  ASSERT_EQ(evidence.unenforced_size(), 1);
  EXPECT_EQ(evidence.unenforced(0), A::UNENFORCED_SERVER_TIME);
  EXPECT_TRUE(list[1].flagged());
  EXPECT_EQ(metrics_.by_station.Value(), 2);
  // Somebody who came with network is seen leaving by the station only.
  EXPECT_TRUE(UploadOne(pass_, Left("record-0004", 3, end_), back_).taken());
}

TEST_F(StationPacksTest, AStationMaySeeSomebodyLeaveWhoCameByHimself) {
  const absl::Time now = start_ + absl::Minutes(90);
  EXPECT_TRUE(UploadOne(pass_, Left("record-0001", 1, now), now).taken());
  const auto in = Self(A::END_IN, 1, now);  // nothing is there yet, and the station's word is older than this
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->state(), A::STATE_CHECKED_OUT);
  EXPECT_EQ(ReasonOf(Self(A::END_IN, 2, now)), type::REASON_UNSPECIFIED);
  EXPECT_TRUE(UploadOne(pass_, Left("record-0002", 2, now), now).taken());
  EXPECT_EQ(List()[1].state(), A::STATE_CHECKED_OUT);
}

TEST_F(StationPacksTest, TwentyReplaysAtOnceAreOne) {
  const std::vector<v1::StationRecord> records = {Came("record-0001", 1, start_), Left("record-0002", 1, end_),
                                                  Record("record-0003", 2, A::END_IN, start_, false)};
  std::vector<std::string> answers(20);
  std::vector<std::thread> stations;
  for (std::string& answer : answers) {
    stations.emplace_back([&] {
      const auto response = Upload(pass_, records, back_);
      answer = response.ok() ? response->SerializeAsString() : response.status().ToString();
    });
  }
  for (std::thread& station : stations) station.join();
  const auto again = Upload(pass_, records, back_ + absl::Hours(1));
  ASSERT_TRUE(again.ok()) << again.status();
  for (const auto& result : again->results()) EXPECT_TRUE(result.taken()) << result.reason();
  for (const std::string& answer : answers) EXPECT_EQ(answer, again->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM station_records"), 3);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendances"), 2);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending WHERE details LIKE '%taken%'"), 1);
  EXPECT_EQ(metrics_.by_station.Value(), 2);
  EXPECT_EQ(ReasonOfOne(Came("record-0001", 3, start_), back_), "REQUEST_ID_REUSED");
  EXPECT_EQ(ReasonOfOne(Came("record-0001", 1, start_ + absl::Seconds(1)), back_), "REQUEST_ID_REUSED");
}

TEST_F(StationPacksTest, ForgedAndForeignPacksAreRefused) {
  const std::vector<v1::StationRecord> records = {Came("record-0001", 1, start_)};
  const auto refused = [&](const std::string& pass) {
    EXPECT_EQ(ReasonOf(Upload(pass, records, back_)), type::REASON_PACK_INVALID) << pass;
  };
  const size_t payload = pass_.find('.') + 1, signature = pass_.rfind('.') + 1;
  for (const std::string& pass : {std::string("none"), std::string(".."), pass_.substr(0, signature),
                                  pass_.substr(0, signature - 1), pass_ + "A", "x" + pass_, pass_ + ".x"}) {
    refused(pass);
  }
  for (const size_t at : {size_t{3}, payload + 20, signature + 10}) {
    std::string altered = pass_;
    altered[at] = altered[at] == 'A' ? 'B' : 'A';
    refused(altered);
  }
  // Signed by somebody else, or with no algorithm; for another shift, another center, or no pack at all.
  const auto genuine = PassSigner(codes_.PackSeed()).Open(pass_);
  ASSERT_TRUE(genuine.ok());
  refused(*PassSigner(CheckCodes("another secret, another code").PackSeed()).Sign(*genuine));
  refused(crypto::Base64Url(R"({"alg":"none"})") + pass_.substr(payload - 1, signature - payload + 1));
  const PassSigner signer(codes_.PackSeed());
  v1::StationPass other = *genuine;
  other.set_shift(PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 2, 0).name());
  refused(*signer.Sign(other));
  other = *genuine;
  other.set_center(ids::ResourceName("units", kOtherCenter));
  refused(*signer.Sign(other));
  other = *genuine;
  other.set_pack("x");
  refused(*signer.Sign(other));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM station_records"), 0);
  EXPECT_TRUE(UploadOne(pass_, records[0], back_).taken());
}

TEST_F(StationPacksTest, EachRuleHasItsReason) {
  EXPECT_EQ(ReasonOfOne(Came("record-0001", 1, start_ + absl::Hours(6)), back_), "PACK_INVALID");
  EXPECT_EQ(ReasonOfOne(Came("record-0001", 1, start_ + absl::Minutes(10)), start_), "TIME_ORDER");
  EXPECT_EQ(ReasonOfOne(Came("record-0001", 1, start_), end_ + absl::Hours(73)), "UPLOAD_TOO_LATE");
  EXPECT_EQ(ReasonOfOne(Came("record-0001", 1, end_ + absl::Minutes(1)), back_), "OUTSIDE_WINDOW");
  v1::StationRecord record = Came("record-0001", 1, start_);
  record.set_code(Code(1, start_ + absl::Minutes(2)));
  EXPECT_EQ(ReasonOfOne(record, back_), "PERSONAL_CODE");
  record.set_code(Code(2, start_));
  EXPECT_EQ(ReasonOfOne(record, back_), "PERSONAL_CODE");
  record.set_code("nonsense");
  EXPECT_EQ(ReasonOfOne(record, back_), "PERSONAL_CODE");
  record = Came("record-0001", 1, start_);
  record.mutable_location()->set_latitude(36.2636);
  EXPECT_EQ(ReasonOfOne(record, back_), "OUTSIDE_FENCE");
  record = Came("record-0001", 1, start_);
  record.set_registration(ids::ResourceName("registrations", 77));
  EXPECT_EQ(ReasonOfOne(record, back_), "NOT_FOUND");
  record.set_registration(SignUp(1, PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 2, 0).name())->name());
  EXPECT_EQ(ReasonOfOne(record, back_), "NO_PLACE");
  ASSERT_TRUE(Cancel(all_[7], now_).ok());
  EXPECT_EQ(ReasonOfOne(Came("record-0001", 8, start_), back_), "NO_PLACE");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM station_records"), 0);
  // A refusal is not kept: the record comes again when nothing stands against it any more.
  EXPECT_TRUE(UploadOne(pass_, Came("record-0001", 1, start_), back_).taken());
}

TEST_F(StationPacksTest, OnePhoneSpeaksForOnePersonAlsoWithoutNetwork) {
  v1::StationRecord first = Came("record-0002", 1, start_), second = Came("record-0001", 2, start_ + absl::Seconds(40));
  first.set_code(Code(1, start_, "one-phone"));
  second.set_code(Code(2, start_ + absl::Seconds(40), "one-phone"));
  const auto response = Upload(pass_, {second, first}, back_);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->results(0).reason(), "DEVICE_USED");
  EXPECT_TRUE(response->results(1).taken());
  // A phone that was only seen leaving so far is taken, too.
  EXPECT_TRUE(UploadOne(pass_, Left("record-0003", 3, end_), back_).taken());
  EXPECT_EQ(ReasonOf(ScanText(A::END_IN, Code(4, end_, "phone-3"), end_)), type::REASON_DEVICE_USED);
}

TEST_F(StationPacksTest, TheAnswerListsWhatNothingCouldEnforce) {
  using Rules = std::vector<int>;
  const auto rules = [](const auto& result) { return Rules(result.unenforced().begin(), result.unenforced().end()); };
  v1::StationRecord ticked = Record("record-0001", 1, A::END_IN, start_, false);
  ticked.clear_location();
  EXPECT_EQ(rules(UploadOne(pass_, ticked, back_)),
            (Rules{A::UNENFORCED_FENCE, A::UNENFORCED_CODE, A::UNENFORCED_SERVER_TIME, A::UNENFORCED_ONE_DEVICE}));
  v1::StationRecord vague = Came("record-0002", 2, start_);
  vague.set_accuracy_metres(800);
  EXPECT_EQ(rules(UploadOne(pass_, vague, back_)), (Rules{A::UNENFORCED_FENCE, A::UNENFORCED_SERVER_TIME}));
  // The station's clock is five minutes slow as it sends.
  v1::UploadStationRecordsRequest request;
  request.set_shift(shift_.name());
  request.set_pass(pass_);
  *request.mutable_sent_time() = ToProto(back_ - absl::Minutes(5));
  *request.add_records() = Came("record-0003", 3, start_);
  const auto skewed = station_packs_.UploadStationRecords(Staff(kHead, back_), request);
  ASSERT_TRUE(skewed.ok()) << skewed.status();
  EXPECT_EQ(rules(skewed->results(0)), (Rules{A::UNENFORCED_SERVER_TIME, A::UNENFORCED_CLOCK}));
  EXPECT_EQ(rules(List()[2].check_in_evidence()), (Rules{A::UNENFORCED_SERVER_TIME, A::UNENFORCED_CLOCK}));
  EXPECT_EQ(ReasonOf(station_packs_.UploadStationRecords(Staff(kStranger, back_), request)), type::REASON_PERMISSION);
}

TEST_F(StationPacksTest, TheLeadersWordStandsAndAConfirmedShiftIsClosed) {
  v1::RecordAttendancesRequest list;
  AddLine(list, all_[0].name(), start_ + absl::Minutes(30), end_);
  ASSERT_TRUE(RecordLines(list, end_).ok());
  EXPECT_TRUE(UploadOne(pass_, Came("record-0001", 1, start_), back_).taken());  // kept, without effect
  EXPECT_EQ(List()[0].minutes(), 90);
  EXPECT_EQ(List()[0].check_in_evidence().pack(), "");
  ASSERT_TRUE(End(end_).ok());
  v1::ConfirmShiftRequest confirm;
  confirm.set_name(shift_.name());
  ASSERT_TRUE(attendance_.ConfirmShift(Staff(kHead, back_), confirm).ok());
  EXPECT_EQ(ReasonOfOne(Came("record-0002", 2, start_), back_), "MOVE_NOT_ALLOWED");
  EXPECT_TRUE(UploadOne(pass_, Came("record-0001", 1, start_), back_).taken());
}

TEST_F(StationPacksTest, AShiftIsNotConfirmedOverTheHeadOfAStation) {
  const std::string second = Issue(start_)->pass();
  EXPECT_TRUE(UploadOne(pass_, Came("record-0001", 1, start_), start_ + absl::Hours(1)).taken());
  ASSERT_TRUE(End(end_).ok());
  v1::ConfirmShiftRequest confirm;
  confirm.set_name(shift_.name());
  confirm.add_vouched(all_[0].name());
  const auto try_at = [&](absl::Time now) { return attendance_.ConfirmShift(Staff(kHead, now), confirm); };
  EXPECT_EQ(ReasonOf(try_at(back_)), type::REASON_PACK_OUTSTANDING);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations WHERE state = 9"), 0);
  EXPECT_TRUE(UploadOne(pass_, Came("record-0002", 2, start_), back_).taken());
  EXPECT_EQ(ReasonOf(try_at(back_)), type::REASON_PACK_OUTSTANDING) << "the other station is silent";
  EXPECT_EQ(ReasonOf(try_at(end_ + absl::Hours(72))), type::REASON_PACK_OUTSTANDING);
  EXPECT_TRUE(UploadOne(second, Left("record-0003", 2, end_), end_ + absl::Hours(72)).taken());
  ASSERT_TRUE(try_at(end_ + absl::Hours(72)).ok());
  EXPECT_EQ(Get(all_[1]).state(), v1::Registration::STATE_ATTENDED);
}

TEST_F(StationPacksTest, OneMayConfirmWithoutAStationAndOnceItsTimeHasPassed) {
  const v1::Shift other = PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 2, 0);
  v1::IssueStationPackRequest issue;
  issue.set_shift(other.name());
  ASSERT_TRUE(station_packs_.IssueStationPack(Staff(kHead, start_), issue).ok());
  v1::EndShiftRequest end;
  end.set_name(other.name());
  ASSERT_TRUE(attendance_.EndShift(Staff(kHead, start_ + absl::Hours(6)), end).ok());
  v1::ConfirmShiftRequest confirm;
  confirm.set_name(other.name());
  const absl::Time late = start_ + absl::Hours(6 + 72);
  EXPECT_EQ(ReasonOf(attendance_.ConfirmShift(Staff(kHead, late), confirm)), type::REASON_PACK_OUTSTANDING);
  EXPECT_TRUE(attendance_.ConfirmShift(Staff(kHead, late + absl::Seconds(1)), confirm).ok());
  ASSERT_TRUE(End(end_).ok());
  confirm.set_name(shift_.name());
  EXPECT_EQ(ReasonOf(attendance_.ConfirmShift(Staff(kHead, back_), confirm)), type::REASON_PACK_OUTSTANDING);
  confirm.set_without_packs(true);
  EXPECT_TRUE(attendance_.ConfirmShift(Staff(kHead, back_), confirm).ok());
}

TEST_F(StationPacksTest, NobodyBringsInHisOwnHoursAndTheErasedLeaveNoPhone) {
  directory_.AddStaff(0x31, kCenter, {{"head", kStation}}, false, 3);
  v1::UploadStationRecordsRequest request;
  request.set_shift(shift_.name());
  request.set_pass(pass_);
  *request.mutable_sent_time() = ToProto(back_);
  *request.add_records() = Came("record-0001", 3, start_);
  *request.add_records() = Came("record-0002", 4, start_);
  const auto response = station_packs_.UploadStationRecords(Staff(0x31, back_), request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->results(0).reason(), "OWN_BENEFIT");
  EXPECT_TRUE(response->results(1).taken());
  volunteer::v1::VolunteerChanged changed;
  changed.set_volunteer_id(4);
  changed.set_erased(true);
  events::v1::Event event;
  event.set_center_id(kCenter);
  event.mutable_payload()->PackFrom(changed);
  ASSERT_TRUE(db::RunTransaction(database_.pool(), {}, [&](db::Transaction& tx) {
                return ApplyVolunteerEvent(tx, event);
              }).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM station_records WHERE device_hash IS NOT NULL OR distance >= 0"), 0);
}

}  // namespace
}  // namespace wenming::activity
