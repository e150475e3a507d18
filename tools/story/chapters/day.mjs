// The day itself: the rotating code, the fence, a phone without network, a forgotten check-out.

import { FAR_AWAY, attend, checkCode, evidence } from '../activities.mjs';
import { MINUTE_MS, later } from '../calendar.mjs';
import { mapWide } from '../waiting.mjs';

const PRESENCE = ['state', 'checkInMeans', 'checkInDistanceMetres', 'minutes', 'grade'];
const phone = ({ seed }, i) => `phone-${seed}-${i}`;

// Who did what: story.people by their part in it.
export function cast({ people }) {
  const [hero, farAway, offline, forgetful, gone, absent, ...others] = people.slice(0, 31);
  return { hero, farAway, offline, forgetful, gone, absent, others };
}

async function comeAndGo(story) {
  const { teller, staff: { leader }, morning } = story;
  const { farAway } = cast(story);
  const opening = new Date(morning.startTime);
  teller.step('当天扫码签到：动态码、电子围栏 · On the day they scan the rotating code, inside the fence');
  const { code } = await teller.ask(leader.at(opening), 'GET', `/v1/${morning.name}/checkCode`, undefined, ['code', 'expireTime']);
  const next = await checkCode(leader.at(later(opening, MINUTE_MS)), morning.name);
  teller.proves('签到码会变 · the code changes', next !== code, { code, next });

  const path = `/v1/${farAway.registration}:checkIn`;
  const refusal = await teller.refused(farAway.self.at(opening), 'POST', path,
    { evidence: evidence(code, phone(story, 1), { location: FAR_AWAY }) }, 'OUTSIDE_FENCE',
    '不在现场不能签到 · from a kilometre away it is refused');
  teller.proves('并告知距离和范围 · and told how far', /1[01]\d\d/.test(refusal.message) && refusal.message.includes('300'), refusal.message);
  await teller.refused(farAway.self.at(later(opening, 10 * MINUTE_MS)), 'POST', path, { evidence: evidence(code, phone(story, 1)) },
    'WRONG_CODE', '转发的旧码无效 · a code that was photographed and passed on is stale');
  const seen = await teller.ask(farAway.self.at(opening), 'POST', path, { evidence: evidence(code, phone(story, 1)) }, PRESENCE);
  teller.proves('在现场签到成功 · at the place it works', seen.state === 'STATE_CHECKED_IN', seen);
  const closing = new Date(morning.endTime);
  const last = await checkCode(leader.at(closing), morning.name);
  const left = await teller.ask(farAway.self.at(closing), 'POST', `/v1/${farAway.registration}:checkOut`,
    { evidence: evidence(last, phone(story, 1)) }, PRESENCE);
  teller.proves('两端扫码为 A 级，180 分钟 · both ends scanned: grade A, 180 minutes',
    left.grade === 'GRADE_A' && left.minutes === 180, left);
}

async function everybodyElse(story) {
  const { teller, people, staff: { leader }, morning, afternoon } = story;
  const { hero, forgetful, others } = cast(story);
  await mapWide([hero, ...others], 4, (one) => attend(leader, one.self, one.registration, morning, phone(story, people.indexOf(one))));
  await mapWide(others.filter(({ afternoon: second }) => second), 4, (one) =>
    attend(leader, one.self, one.afternoon, afternoon, phone(story, people.indexOf(one))));
  teller.note(`…另外 ${others.length + 1} 人相同 · and ${others.length + 1} more alike`);
  const opening = new Date(morning.startTime);
  const code = await checkCode(leader.at(opening), morning.name);
  await forgetful.self.at(opening).post(`/v1/${forgetful.registration}:checkIn`, { evidence: evidence(code, phone(story, 3)) });
}

async function closeForgotten(story) {
  const { teller, staff: { leader }, morning, afternoon, day } = story;
  const { forgetful } = cast(story);
  teller.step('一人忘记签退 · One forgets to check out');
  await teller.refused(leader.at(day(12, '11:00')), 'POST', `/v1/${morning.name}:end`, {}, 'SHIFT_NOT_ENDED',
    '班次未到点不能结束 · a shift does not end before its time');
  const ended = await teller.ask(leader.at(day(12, '13:30')), 'POST', `/v1/${morning.name}:end`, {}, ['state']);
  const attendances = await leader.list(`/v1/${morning.name}/attendances`, 'attendances');
  const flagged = attendances.filter((attendance) => attendance.flagged);
  teller.note(JSON.stringify(flagged.map(({ maskedName, state, checkOutMeans }) => ({ maskedName, state, checkOutMeans }))));
  teller.proves('到点自动签退并标记，不漏记也不暗记 · closed at the planned end and flagged, neither lost nor silently counted',
    ended.state === 'STATE_ENDED' && flagged.length === 1 && flagged[0].registration === forgetful.registration
      && flagged[0].state === 'STATE_AUTO_CLOSED', flagged);
  await leader.at(day(12, '17:00')).post(`/v1/${afternoon.name}:end`);
}

async function uploadLater(story) {
  const { teller, staff: { leader }, morning, day } = story;
  const { offline } = cast(story);
  teller.step('一人在村里没有网络，晚上补传 · One had no network in the village, and sends it in the evening');
  let presence;
  for (const [end, verb] of [[later(new Date(morning.startTime), 5 * MINUTE_MS), 'checkIn'], [new Date(morning.endTime), 'checkOut']]) {
    const code = await checkCode(leader.at(end), morning.name);
    presence = await teller.ask(offline.self.at(day(12, '20:00')), 'POST', `/v1/${offline.registration}:${verb}`,
      { evidence: evidence(code, phone(story, 2), { captureTime: end }) }, PRESENCE);
  }
  teller.proves('当时的码证明当时在场，175 分钟 · the code of that moment proves the time: 175 minutes',
    presence.checkInMeans === 'MEANS_CODE_OFFLINE' && presence.minutes === 175, presence);
}

export async function onTheDay(story) {
  await comeAndGo(story);
  await everybodyElse(story);
  await closeForgotten(story);
  await uploadLater(story);
}
