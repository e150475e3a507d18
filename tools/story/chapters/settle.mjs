// From the leader's word to the ledger: confirmed, in public for seven days, settled, credited once.

import { until } from '../waiting.mjs';
import { cast } from './day.mjs';
import { WATCH_MINUTES } from './fire_watch.mjs';

const accountOf = (one) => one.self.get(`/v1/${one.name}/hourAccount`);
const entriesOf = (one) => one.self.list(`/v1/${one.name}/hourEntries`, 'hourEntries');

async function confirm(story) {
  const { teller, staff: { leader }, morning, day } = story;
  const { forgetful, absent } = cast(story);
  const evening = leader.at(day(12, '21:00'));
  const path = `/v1/${morning.name}:confirm`;
  teller.step('队长认定考勤 · The leader confirms who was there');
  await teller.refused(evening, 'POST', path, {}, 'UNCONFIRMED_PRESENCE',
    '有标记的考勤须逐一表态 · a flagged presence needs a word');
  const shift = await teller.ask(evening, 'POST', path, { vouched: [forgetful.registration] }, ['state']);
  teller.proves('认定完成 · confirmed', shift.state === 'STATE_CONFIRMED', shift);
  const missed = await teller.ask(absent.self, 'GET', `/v1/${absent.registration}`, undefined, ['state']);
  teller.proves('没来的人记为缺席 · who did not come is absent', missed.state === 'STATE_ABSENT', missed.state);
  await evening.post(`/v1/${story.afternoon.name}:confirm`);
}

async function publicizeAndSettle(story) {
  const { teller, staff: { head, approver }, morning, afternoon, day } = story;
  teller.step('公示七日后结算 · Seven days in public, then settled');
  const shown = await teller.ask(head.at(day(12, '21:30')), 'POST', `/v1/${morning.name}:publicize`, {}, ['state', 'publicationEndTime']);
  teller.proves('时长进入公示 · the hours stand in public', shown.state === 'STATE_PUBLICISED', shown.state);
  await head.at(day(12, '21:30')).post(`/v1/${afternoon.name}:publicize`);
  await teller.refused(approver.at(day(15, '09:00')), 'POST', `/v1/${morning.name}:settle`, {}, 'PUBLICATION_RUNNING',
    '公示期内不能结算 · not before the period is over');
  const settled = await teller.ask(approver.at(story.afterwards), 'POST', `/v1/${morning.name}:settle`, {}, ['state']);
  teller.proves('公示期满，时长结算 · settled afterwards', settled.state === 'STATE_SETTLED', settled.state);
}

// The minutes each one must have, entry by entry, newest last.
function expected(story) {
  const { gone, absent, offline, hero, farAway, forgetful, others } = cast(story);
  const minutes = new Map([[gone, []], [absent, []], [offline, [175]], [farAway, [180]], [forgetful, [180]],
    [hero, [...Array(9).fill(660), 180]], ...others.map((one) => [one, one.afternoon ? [180, 120] : [180]])]);
  for (const waiting of story.people.slice(31)) minutes.set(waiting, []);
  return minutes;
}

async function credit(story) {
  const { teller, staff: { approver, head }, morning, afternoon, afterwards } = story;
  const { hero, others } = cast(story);
  teller.step('时长到达每个人的账本，恰好一次 · The hours reach every ledger, exactly once');
  const again = teller.show(await approver.at(afterwards).send('POST', `/v1/${morning.name}:settle`, {}), ['state']);
  teller.note('再次结算上午班次（应无影响），再结算下午班次 · settled again on purpose, then the afternoon after it');
  await approver.at(afterwards).post(`/v1/${afternoon.name}:settle`);
  const minutes = expected(story);
  await until('the hours to arrive', async () => {
    for (const [one, entries] of minutes) {
      if (Number((await accountOf(one)).entryCount) < entries.length) return false;
    }
    return true;
  });
  const wrong = [];
  for (const [one, entries] of minutes) {
    const account = await accountOf(one);
    const found = (await entriesOf(one)).map((entry) => Number(entry.minutes)).reverse();
    const sum = entries.reduce((total, entry) => total + entry, 0);
    const equal = JSON.stringify([...found].sort()) === JSON.stringify([...entries].sort()) && Number(account.balanceMinutes) === sum;
    if (!equal) wrong.push({ volunteer: one.number, expected: entries, found, balance: account.balanceMinutes });
  }
  const credited = [...minutes.values()].filter((entries) => entries.length > 0).length;
  teller.proves(`${credited} 人入账，缺席、取消和候补者没有；余额等于各笔之和 · ${credited} people are credited once, the others not at all`,
    wrong.length === 0, wrong);
  teller.proves('重复结算不产生新记录 · settling twice credits once', again.status === 200 || again.status === 400, again.status);
  const [sample] = await entriesOf(others[0]);
  teller.proves('每笔记录注明活动、地点、组织单位、负责人和证据等级 · each entry says what, where, who and how it is known',
    sample.activityTitle && sample.place && sample.unit === story.station && sample.personInCharge && sample.recorder
      && sample.grade === 'GRADE_A', sample);

  teller.step('满一百小时，获得一星 · A hundred hours: the first star');
  const account = await teller.ask(hero.self, 'GET', `/v1/${hero.name}/hourAccount`, undefined,
    ['balanceMinutes', 'entryCount', 'star', 'nextStarMinutes']);
  teller.proves('102 小时，一星志愿者 · 102 hours, star 1',
    Number(account.balanceMinutes) === WATCH_MINUTES + 180 && account.star === 1, account);
  for (const verb of ['START', 'END', 'REPORT', 'SETTLE']) {
    story.activity = await head.at(afterwards).post(`/v1/${story.activity.name}:move`, { move: `MOVE_${verb}` });
  }
  teller.proves('活动全部班次结算完毕 · the activity itself is settled', story.activity.state === 'STATE_SETTLED', story.activity.state);
}

export async function settle(story) {
  await confirm(story);
  await publicizeAndSettle(story);
  await credit(story);
}
