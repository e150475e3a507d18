// Forty people, thirty places: sign-ups, the waiting list, and a place that becomes free.

import { actAs, register } from '../people.mjs';
import { onceKnown } from '../waiting.mjs';
import { generateVolunteers } from '../../volunteers.mjs';

const PEOPLE = 40;
const PLACES = ['capacity', 'takenCount', 'waitlistedCount'];
const SPARE = 20;  // to draw from where an ID number is registered already

// Registers new people and logs them in; leaves story.people: [{ person, name, self }], `person` as it was drawn.
export async function gather(story) {
  const { teller, staff, station, session, seed } = story;
  teller.step('四十位志愿者注册并登录 · Forty volunteers register and log in');
  story.people = [];
  for (const person of generateVolunteers(PEOPLE + SPARE, seed)) {
    const volunteer = await register(staff.head, station, person);
    if (volunteer === null) continue;
    story.people.push({ person, name: volunteer.name, number: volunteer.number, shown: volunteer });
    if (story.people.length === PEOPLE) break;
  }
  const [first] = story.people;
  for (const one of story.people) {
    if (one !== first) one.self = await actAs(session, one.name);
  }
  const login = await teller.ask(session, 'POST', '/v1/auth:development', { volunteer: first.name }, ['volunteer.number', 'tokens.expireTime']);
  first.self = session.as(login.tokens.accessToken);
  teller.note(`…另外 ${PEOPLE - 1} 位相同 · and ${PEOPLE - 1} more alike`);
  const { idNumber, phone } = await teller.ask(first.self, 'GET', `/v1/${first.name}`, undefined,
    ['number', 'displayName', 'idNumber', 'phone', 'state']);
  teller.proves('四十人均已登录 · all forty are there', story.people.length === PEOPLE, story.people.length);
  teller.proves('证件号码和手机号只以掩码返回 · ID number and phone come back masked',
    idNumber !== first.person.idNumber && phone !== first.person.phone && idNumber.includes('*') && phone.includes('*'));
}

const request = ({ seed }, i) => ({ requestId: `story-${seed}-sign-up-${i + 1}` });

// Leaves the name of each one's registration in story.people[i].registration.
export async function signUp(story) {
  const { teller, people, morning } = story;
  const path = `/v1/${morning.name}/registrations`;
  teller.step('四十人依次报名三十个名额 · They sign up, as the mini-program does');
  const answers = [];
  for (const [i, one] of people.entries()) {
    const send = () => one.self.post(path, request(story, i));
    if (i === 0 || i === 30) await onceKnown('the volunteer to be known', send);
    const answer = i === 0 || i === 30
      ? await teller.ask(one.self, 'POST', path, request(story, i), ['name', 'maskedName', 'state', 'waitlistPosition'])
      : await onceKnown('the volunteer to be known', send);
    answers.push(answer);
    one.registration = answer.name;
  }
  const states = answers.map(({ state, waitlistPosition }) => `${state} ${waitlistPosition}`);
  teller.proves('前三十人有名额 · the first thirty have a place',
    states.slice(0, 30).every((state) => state === 'STATE_CONFIRMED 0'), states);
  teller.proves('后十人按先后候补，第 1 到第 10 位 · the last ten wait, in order',
    states.slice(30).every((state, i) => state === `STATE_WAITLISTED ${i + 1}`), states.slice(30));

  const again = await teller.ask(people[31].self, 'POST', path, request(story, 31), ['name', 'state', 'waitlistPosition']);
  const shift = await teller.ask(story.session, 'GET', `/v1/${morning.name}`, undefined, PLACES);
  teller.proves('同一请求重复提交，结果不变 · a repeated request changes nothing',
    again.name === people[31].registration && shift.takenCount === 30 && shift.waitlistedCount === 10, shift);
  await teller.refused(people[0].self, 'POST', path, {}, 'ALREADY_SIGNED_UP', '再次报名会说明原因 · a second sign-up says why not');
  for (const one of people.slice(6, 11)) {
    one.afternoon = (await one.self.post(`/v1/${story.afternoon.name}/registrations`)).name;
  }
}

export async function passOn(story) {
  const { teller, people } = story;
  const [gone, first, second] = [people[4], people[30], people[31]];
  teller.step('一人取消，候补第一位得到名额 · One cancels, the first of the waiting list takes the place');
  const cancelled = await teller.ask(gone.self, 'POST', `/v1/${gone.registration}:cancel`, { reason: '家中有事' }, ['state']);
  teller.proves('按时取消，没有不良记录 · cancelled in time', cancelled.state === 'STATE_CANCELLED', cancelled.state);
  const offered = await teller.ask(first.self, 'GET', `/v1/${first.registration}`, undefined,
    ['state', 'waitlistPosition', 'offerExpireTime']);
  teller.proves('名额留给候补第一位，有确认期限 · the place is held for the first, with a deadline',
    offered.state === 'STATE_OFFERED' && offered.offerExpireTime, offered);
  await teller.refused(second.self, 'POST', `/v1/${second.registration}:acceptOffer`, {}, 'MOVE_NOT_ALLOWED',
    '第二位不能抢先 · the second cannot jump the queue');
  const taken = await teller.ask(first.self, 'POST', `/v1/${first.registration}:acceptOffer`, {}, ['state']);
  const shift = await teller.ask(story.session, 'GET', `/v1/${story.morning.name}`, undefined, PLACES);
  teller.proves('第一位确认，名额仍是三十 · accepted, and still thirty places are taken',
    taken.state === 'STATE_CONFIRMED' && shift.takenCount === 30 && shift.waitlistedCount === 9, shift);
}
