// How one volunteer came by 99 hours before: nine shifts of eleven hours, each signed up for, attended and settled.

import { attend, draft, move, signUp } from '../activities.mjs';
import { inCounty } from '../calendar.mjs';
import { until } from '../waiting.mjs';

const SHIFTS = 9;
export const WATCH_MINUTES = SHIFTS * 11 * 60;

const watch = (theme, day) => ({
  title: '冬季森林防火值守',
  content: '在进山路口值守，劝返携带火种人员，登记过往车辆。',
  method: 'METHOD_HELP',
  themes: [theme],
  place: '霍山路口',
  shifts: Array.from({ length: SHIFTS }, (_, i) => ({
    post: '值守', capacity: 3,
    startTime: day(i + 1, '07:00').toISOString(), endTime: day(i + 1, '18:00').toISOString(),
  })),
});

export async function watchForFire(story) {
  const { teller, session, staff, station, center, day, seed, people: [hero] } = story;
  const { head, approver, leader } = staff;
  teller.step('一位志愿者先前值守九天，共 99 小时 · One of them has stood watch before, for 99 hours');
  const { themes } = await session.get(`/v1/${center}/themes`);
  const { activity, shifts } = await draft(head, station, watch(themes[2].key, day));
  await move(head, activity.name, 'SUBMIT');
  await move(approver, activity.name, 'PUBLISH');
  for (const [i, shift] of shifts.entries()) {
    const { name } = await signUp(hero.self, shift.name);
    await attend(leader, hero.self, name, shift, `phone-${seed}-0`);
    const evening = day(i + 1, '19:30');
    await leader.at(evening).post(`/v1/${shift.name}:end`);
    await leader.at(evening).post(`/v1/${shift.name}:confirm`);
    await head.at(evening).post(`/v1/${shift.name}:publicize`);
    await approver.at(day(i + 9, '08:00')).post(`/v1/${shift.name}:settle`);
  }
  teller.note(`${inCounty(day(1, '07:00'))} 至 ${inCounty(day(SHIFTS, '18:00'))}，每班签到、签退、认定、公示七日后结算`);
  const path = `/v1/${hero.name}/hourAccount`;
  await until('the hours of the watch to arrive', async () => Number((await hero.self.get(path)).entryCount) >= SHIFTS);
  const account = await teller.ask(hero.self, 'GET', path, undefined, ['balanceMinutes', 'entryCount', 'star', 'nextStarMinutes']);
  teller.proves('99 小时入账，还差一小时得一星 · 99 hours, an hour short of the first star',
    Number(account.balanceMinutes) === WATCH_MINUTES && account.star === 0 && Number(account.nextStarMinutes) === 6000, account);
}
