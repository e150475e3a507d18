// A week of activities around today: what has been, what people can sign up for, and what is still being planned.

import { PLACE, attend, draft, move, signUp } from './activities.mjs';
import { HOUR_MS, calendarFrom, later } from './calendar.mjs';
import { actAs } from './people.mjs';
import { Refused } from './session.mjs';
import { mapWide, onceKnown } from './waiting.mjs';

// day: from today; state: how far it gets; people: how many sign up. Approved by the institute above the station.
const WEEK = [
  { day: -3, from: '09:00', hours: 2, at: 'station1', method: 'TEACH', theme: 0, title: '乡村振兴政策宣讲', people: 8, state: 'PUBLICISED' },
  { day: -2, from: '14:00', hours: 3, at: 'station2', method: 'HELP', theme: 2, title: '敬老助残上门服务', people: 6, state: 'CONFIRMED' },
  { day: -1, from: '09:00', hours: 2, at: 'station3', method: 'ENJOY', theme: 3, title: '广场文化活动', people: 6, state: 'ENDED' },
  { day: 1, from: '09:00', hours: 2, at: 'station1', method: 'TEACH', theme: 1, title: '全会精神宣讲', people: 12, state: 'PUBLISHED' },
  { day: 2, from: '15:00', hours: 2, at: 'station2', method: 'HELP', theme: 5, title: '老年人智能手机课堂', people: 10, state: 'PUBLISHED' },
  { day: 3, from: '09:00', hours: 3, at: 'station3', method: 'HELP', theme: 4, title: '村容村貌清洁日', people: 9, state: 'PUBLISHED' },
  { day: 4, from: '19:00', hours: 2, at: 'station1', method: 'CELEBRATE', theme: 3, title: '民俗文化进社区', people: 0, state: 'PUBLISHED' },
  { day: 5, from: '09:30', hours: 2, at: 'station2', method: 'APPRAISE', theme: 2, title: '星级文明户评议', people: 0, state: 'SUBMITTED' },
  { day: 6, from: '09:00', hours: 3, at: 'station3', method: 'TEACH', theme: 5, title: '冬小麦田间管理讲座', people: 0, state: 'DRAFT' },
];
const APPROVER = { station1: 'institute1', station2: 'institute1', station3: 'institute2' };
const STAGES = ['DRAFT', 'SUBMITTED', 'PUBLISHED', 'ENDED', 'CONFIRMED', 'PUBLICISED'];
const PLACES = 20;

// A move that was made when the week was loaded before is refused then; that is as good.
async function unlessDone(action) {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Refused) || error.reason !== 'MOVE_NOT_ALLOWED') throw error;
  }
}

const describe = (plan, themes, start) => ({
  title: plan.title,
  content: `${plan.title}，欢迎志愿者报名参加。`,
  method: `METHOD_${plan.method}`,
  themes: [themes[plan.theme].key],
  place: '村（社区）文化活动中心',
  location: PLACE,
  shifts: [{
    post: '志愿服务', capacity: PLACES, waitlistCapacity: 5,
    startTime: start.toISOString(), endTime: later(start, plan.hours * HOUR_MS).toISOString(),
  }],
});

// Signs people up; what is past may have been ended by the platform meanwhile, and then takes nobody any more.
async function takeSignUps(session, volunteers, shift, key) {
  const registrations = await mapWide(volunteers, 4, async (volunteer, i) => {
    const self = await actAs(session, volunteer.name);
    try {
      const { name } = await onceKnown('the volunteer to be known', () => signUp(self, shift.name, `${key}-sign-up-${i}`));
      return { self, name };
    } catch (error) {
      if (error instanceof Refused && error.status < 500) return null;
      throw error;
    }
  });
  return registrations.filter((registration) => registration !== null);
}

async function holdAndSettle(head, approver, shift, registrations, stage, key) {
  await mapWide(registrations, 4, ({ self, name }, i) =>
    unlessDone(() => attend(head, self, name, shift, `${key}-phone-${i}`)));
  const over = later(new Date(shift.endTime), HOUR_MS);
  for (const [needed, verb, staff] of [['ENDED', 'end', head], ['CONFIRMED', 'confirm', head], ['PUBLICISED', 'publicize', approver]]) {
    if (STAGES.indexOf(stage) < STAGES.indexOf(needed)) return;
    await unlessDone(() => staff.at(over).post(`/v1/${shift.name}:${verb}`));
  }
}

async function carryOut(plan, { session, staff, themes, people, calendar, key }) {
  const reached = (state) => STAGES.indexOf(plan.state) >= STAGES.indexOf(state);
  const start = calendar(plan.day, plan.from);
  const then = plan.day > 0 ? session : session.at(later(start, -24 * HOUR_MS));
  const head = then.as(staff.get(plan.at).token);
  const approver = then.as(staff.get(APPROVER[plan.at]).token);
  const { bindings } = await head.get('/v1/staff:me');
  const made = await onceKnown('the station to be known', () => draft(head, bindings[0].unit, describe(plan, themes, start), key));
  if (reached('SUBMITTED')) await unlessDone(() => move(head, made.activity.name, 'SUBMIT'));
  if (reached('PUBLISHED')) await unlessDone(() => move(approver, made.activity.name, 'PUBLISH'));
  const registrations = await takeSignUps(then, people, made.shifts[0], key);
  if (reached('ENDED')) await holdAndSettle(head, approver, made.shifts[0], registrations, plan.state, key);
  return registrations.length;
}

// Resolves with [nothing, outcome in words]. `people`: registered volunteers; each signs up at most once.
export async function planWeek({ session, staff, county, people, seed, now }) {
  const { themes } = await session.get(`/v1/${county.center.name}/themes`);
  const calendar = calendarFrom(now);
  const date = calendar(0, '12:00').toISOString().slice(0, 10);
  const rest = people.filter((person) => person !== null);
  const plans = WEEK.map((plan, i) => ({ plan, key: `demo-${seed}-${date}-${i}`, people: rest.splice(0, plan.people) }));
  const counts = await mapWide(plans, 3, ({ plan, key, people: own }) =>
    carryOut(plan, { session, staff, themes, people: own, calendar, key }));
  return [undefined, `${WEEK.length} planned, ${counts.reduce((sum, count) => sum + count, 0)} sign-ups`];
}
