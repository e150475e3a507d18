// A small world for the access tests: five places with one of everything that a method can be about, and a caller of every
// kind. Everybody comes with a forged token, so that no log-in stands between the question and its answer.
//
//   C center ── U institute ── B station (moved under S later)      O institute of another center
//            └─ S institute

import assert from 'node:assert/strict';
import { query } from '../../tools/local/database.mjs';
import { paths } from '../../tools/local/services.mjs';
import { attend, draft, move, signUp } from '../../tools/story/activities.mjs';
import { consentDocuments, register } from '../../tools/story/people.mjs';
import { onceKnown, until } from '../../tools/story/waiting.mjs';
import { ageOf, generateVolunteers } from '../../tools/volunteers.mjs';
import { Forger, idText } from '../e2e/forger.mjs';

export const PLACES = ['C', 'U', 'B', 'S', 'O'];
// Below each place, itself included.
export const BELOW = { C: ['C', 'U', 'B', 'S'], U: ['U', 'B'], B: ['B'], S: ['S'], O: ['O'] };

const UNITS = [
  ['C', 'CENTER', ''], ['U', 'INSTITUTE', 'C'], ['S', 'INSTITUTE', 'C'], ['B', 'STATION', 'U'], ['D', 'POINT', 'B'],
  ['SB', 'STATION', 'S'],
];
const OTHER_UNITS = [['X', 'CENTER', ''], ['O', 'INSTITUTE', 'X'], ['OB', 'STATION', 'O']];
const rowOf = ([code, level, parent]) => `W-${code},${level},${parent && `W-${parent}`},${code},,`;
const csvOf = (rows) => Buffer.from(['code,level,parent_code,name,division_code,opened_date', ...rows.map(rowOf), ''].join('\n'))
  .toString('base64');

// The thumbprint of the certificate that the back ends here would show at the edge.
export const CERTIFICATE = 'A'.repeat(43);
export const BACK_ENDS = ['backend_reader', 'backend_check_code'];

const PLAN = {
  title: '读书会', content: '共读一本书', method: 'METHOD_TEACH', themes: ['policy'], place: '农家书屋',
  shifts: ['1', '2', '3'].map((day) => ({
    post: '领读', startTime: `2031-05-0${day}T01:00:00Z`, endTime: `2031-05-0${day}T03:00:00Z`, capacity: 5 })),
};

export class World {
  #people;
  #staff = 0;
  #sessions = 0;
  #made = new Map();

  constructor(stack) {
    this.stack = stack;
    this.socket = stack.record.database.socket;
    this.forger = new Forger(paths(stack.runDir).keys, { aud: 'wenming', jti: 'a-token-of-the-test' });
    this.units = {};
    this.at = Object.fromEntries(PLACES.map((place) => [place, {}]));
    const service = this.#token('activity_svc', 'services/activity_svc', '0', { sid: undefined });
    this.callers = { anonymous: stack.session, service };
    const people = generateVolunteers(2000, 7);
    this.#people = { adult: people.filter((one) => ageOf(one) >= 18), minor: people.filter((one) => ageOf(one) < 18) };
  }

  #token(service, sub, ctr, change = {}) {
    const { forger } = this;
    forger.now = Math.floor(Date.now() / 1000) - 30;
    const sid = idText(++this.#sessions);
    const session = this.stack.session.as(forger.token({
      header: forger.header({ kid: forger.kid(service) }), by: service,
      payload: forger.payload({ iss: `wenming/${service}`, sub, ctr, sid, exp: forger.now + 3600, ...change }),
    }));
    this.#made.set(session.token, [service, sub, ctr, change]);
    return session;
  }

  // The same caller in another session, for methods that end one.
  anew(caller) { return caller.token ? this.#token(...this.#made.get(caller.token)) : caller; }

  asStaff(name, place) { return this.#token('org_svc', name, place ? this.centerOf(place) : '0'); }
  // What a back end's call to a service carries behind the edge.
  asBackEnd(role) {
    const session = this.#token('org_svc', this.backEnds[role], this.centerOf('U'), { sid: undefined, 'x5t#S256': CERTIFICATE });
    return { authorization: `Bearer ${session.token}`, 'x-wenming-client-certificate': CERTIFICATE };
  }
  asVolunteer(name, place) { return this.#token('volunteer_svc', name, this.centerOf(place)); }
  centerOf(place) {
    const text = (place === 'O' ? this.units.X : this.units.C).split('/')[1];
    return String([...text].reduce((id, c) => id * 32n + BigInt('0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(c)), 0n));
  }

  async #import(rows) {
    const { errors } = await onceKnown('the directory', () =>
      this.callers.system_admin.post('/v1/units:import', { csv: csvOf(rows) }));
    assert.deepEqual(errors, []);
    const unitsOf = async (query) => (await this.stack.session.get(`/v1/units?${query}`)).units;
    const root = await until('the center', async () =>
      (await unitsOf('level=LEVEL_CENTER')).find(({ code }) => code === `W-${rows[0][0]}`));
    const units = [root, ...await unitsOf(`parent=${encodeURIComponent(root.name)}&subtree=true`)];
    for (const [code] of rows) this.units[code] = units.find((unit) => unit.code === `W-${code}`).name;
  }

  // A new account with the role at the place ('' is the platform); its resource name.
  async hire(creator, role, place) {
    const username = `world${++this.#staff}`;
    const binding = { role, ...(place && { unit: this.units[place] }) };
    const { name } = await onceKnown(`${place} to be known`, () =>
      creator.post('/v1/staff', { username, displayName: '测试', password: 'Correct-Horse-7', binding }));
    return name;
  }

  async #join(role, creator, place) {
    return this.asStaff(await this.hire(this.callers[creator], role, place), place);
  }

  async build() {
    const [[admin]] = query(this.socket, "SELECT id FROM wenming_org.staff WHERE username = 'admin'");
    this.callers.system_admin = this.asStaff(`staff/${idText(admin)}`, '');
    await this.#import(UNITS);
    await this.#import(OTHER_UNITS);
    Object.assign(this.callers, {
      security_admin: await this.#join('security_admin', 'system_admin', ''),
      center_admin: await this.#join('center_admin', 'system_admin', 'C'),
      other_admin: this.asStaff(await this.hire(this.callers.system_admin, 'center_admin', 'X'), 'O'),
    });
    this.callers.unit_admin = await this.#join('unit_admin', 'center_admin', 'U');
    this.callers.team_leader = await this.#join('team_leader', 'center_admin', 'U');
    this.callers.auditor = await this.#join('auditor', 'security_admin', 'U');
    this.callers.sibling_admin = await this.#join('unit_admin', 'center_admin', 'S');
    this.teams = { C: await this.#specialTeam('center_admin', 'C'), X: await this.#specialTeam('other_admin', 'X') };
    for (const place of PLACES) await this.#furnish(place);
    this.callers.volunteer = this.asVolunteer(this.at.U.volunteer, 'U');
    this.backEnds = {};
    for (const role of BACK_ENDS) this.backEnds[role] = await this.#enlist(this.callers.center_admin, 'U', role);
  }

  // A new back end with the role at the place; its resource name.
  async #enlist(creator, place, role) {
    const client = { displayName: '后台', certificate: CERTIFICATE, roles: [role] };
    return (await creator.post(`/v1/${this.units[place]}/clients`, { client })).name;
  }

  // The team of a center that its squads belong to.
  async #specialTeam(admin, center) {
    let parent;
    for (const tier of ['GENERAL', 'SPECIAL']) {
      const team = { code: `T-${center}-${tier}`, tier: `TIER_${tier}`, unit: this.units[center], displayName: tier };
      if (parent) team.parent = parent;
      ({ name: parent } = await onceKnown('the center to be known', () => this.callers[admin].post('/v1/teams', team)));
    }
    return parent;
  }

  // One of everything at the place; what begins with "spare" is for methods that end things.
  async #furnish(place) {
    const here = this.at[place];
    const admin = this.callers[place === 'O' ? 'other_admin' : 'center_admin'];
    const unit = this.units[place];
    here.unit = unit;
    for (const [i, name] of ['team', 'spareTeam'].entries()) {
      const team = {
        code: `T-${place}-${i}`, tier: 'TIER_SQUAD', parent: this.teams[place === 'O' ? 'X' : 'C'], unit, displayName: `${place}队`,
      };
      ({ name: here[name] } = await admin.post('/v1/teams', team));
    }
    for (const name of ['staff', 'spareStaff']) here[name] = await this.hire(admin, 'team_leader', place);
    for (const name of ['client', 'spareClient']) here[name] = await this.#enlist(admin, place, BACK_ENDS[0]);
    for (const [name, kind] of [['volunteer', 'adult'], ['spareVolunteer', 'adult'], ['minor', 'minor']]) {
      const { name: person, number } = await register(admin, unit, this.#people[kind].pop());
      here[name] = person;
      here[`${name}Number`] = number;
    }
    const { activity, shifts } = await onceKnown(`${place} to be known`, () => draft(admin, unit, PLAN));
    here.activity = activity.name;
    [here.shift, here.spareShift] = shifts.map((shift) => shift.name);
    here.document = (await consentDocuments(admin, unit)).get('KIND_PERSONAL_DATA');
    for (const step of ['SUBMIT', 'PUBLISH']) await move(admin, here.activity, step);
    ({ name: here.registration } = await onceKnown('the volunteer to be known', () =>
      signUp(this.asVolunteer(here.volunteer, place), here.shift)));
    const spare = this.asVolunteer(here.spareVolunteer, place);
    const { name: spareRegistration } = await onceKnown('the other to be known', () => signUp(spare, here.spareShift));
    const propose = (who, registration, takerNumber) =>
      who.post(`/v1/${registration}/handovers`, { handover: { takerNumber } });
    ({ name: here.handover } = await propose(this.asVolunteer(here.volunteer, place), here.registration, here.spareVolunteerNumber));
    ({ name: here.askedHandover } = await propose(spare, spareRegistration, here.volunteerNumber));
    const wish = { accessRequest: { purpose: 'REVEAL_PURPOSE_CONTACT', reason: '联系监护人' } };
    ({ name: here.accessRequest } = await admin.post(`/v1/${here.minor}/accessRequests`, wish));
    const join = { membership: { team: here.team } };
    ({ name: here.membership } = await onceKnown('the team to be known', () =>
      admin.post(`/v1/${here.volunteer}/memberships`, join)));
    here.certificate = await this.#certify(place, admin, shifts[2]);
  }

  // A certificate of two hours that were served, confirmed, public for a week and settled.
  async #certify(place, admin, shift) {
    const { volunteer } = this.at[place];
    const self = this.asVolunteer(volunteer, place);
    const registration = await signUp(self, shift.name);
    const evening = admin.at(new Date('2031-05-03T04:00:00Z'));
    // Before he is on the record: whoever is gets no supplement.
    this.at[place].supplement = await this.#supplement(place, admin, evening, shift);
    await attend(admin, self, registration.name, shift, `phone-${place}`);
    for (const verb of ['end', 'confirm', 'publicize']) await evening.post(`/v1/${shift.name}:${verb}`);
    const afterwards = new Date('2031-05-20T01:00:00Z');
    await admin.at(afterwards).post(`/v1/${shift.name}:settle`);
    await until('the hours to arrive', async () => Number((await self.get(`/v1/${volunteer}/hourAccount`)).balanceMinutes) > 0);
    ({ name: this.at[place].certificateBatch } = await admin.at(afterwards)
      .post(`/v1/${this.units[place]}/certificates:batchCreate`, { volunteers: [volunteer] }));
    return (await self.at(afterwards).post(`/v1/${volunteer}/certificates`)).name;
  }

  // A request for hours that are not on the record; its deadline needs the year's calendar.
  async #supplement(place, admin, evening, shift) {
    const calendar = { year: 2031, notice: '测试', days: [{ date: { year: 2031, month: 1, day: 1 }, title: '元旦' }] };
    await admin.post(`/v1/${this.units[place]}/calendar:import`, { calendar });
    const supplement = {
      volunteer: this.at[place].volunteer, startTime: shift.startTime, endTime: shift.endTime, reason: '手机丢失',
      evidence: '合影', evidenceReference: '档案 1',
    };
    return (await evening.post(`/v1/${shift.name}/supplements`, { supplement })).name;
  }

  // Names that nobody may see who does not reach their place.
  secretsOf(place) {
    const { staff, spareStaff, client, spareClient, volunteer, spareVolunteer, minor, registration, membership, accessRequest, certificate, supplement } = this.at[place];
    return [staff, spareStaff, client, spareClient, volunteer, spareVolunteer, minor, registration, membership, accessRequest, certificate, supplement];
  }
}
