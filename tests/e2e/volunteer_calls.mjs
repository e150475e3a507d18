// What volunteers ask for while processes are restarted: skills that change, and places that are taken and given back.

import assert from 'node:assert/strict';
import { draft, move } from '../../tools/story/activities.mjs';
import { calendarFrom } from '../../tools/story/calendar.mjs';
import { actAs } from '../../tools/story/people.mjs';
import { mapWide, onceKnown } from '../../tools/story/waiting.mjs';
import { field, unary } from './grpc_client.mjs';

const GET_SHIFT = '/wenming.activity.v1.ShiftsService/GetShift';

// Publishes an activity of station1 with one shift and resolves with its name.
async function openShift(stack) {
  const [head, institute] = await Promise.all(['station1', 'institute1'].map((login) => stack.enter(login)));
  const at = calendarFrom(new Date());
  const shifts = [{ post: '值守', startTime: at(5, '09:00'), endTime: at(5, '11:00'), capacity: 10 }];
  const plan = { title: '升级演练', content: '换版本时照常报名', method: 'METHOD_HELP', themes: ['policy'], place: '广场', shifts };
  const made = await onceKnown('the station to be known', () => draft(head, stack.account('station1').unit_name, plan));
  await move(head, made.activity.name, 'SUBMIT');
  await move(institute, made.activity.name, 'PUBLISH');
  return made.shifts[0].name;
}

export class VolunteerCalls {
  skill = 0;    // the number in the one that was acknowledged last
  states = {};  // of registrations, as they were acknowledged, by name

  // Those of each of the demo's volunteers, who all want places in one shift.
  static async ofAll(stack, client) {
    const [center, shift] = await Promise.all([stack.enter('center'), openShift(stack)]);
    const volunteers = await center.list(`/v1/${stack.account('center').unit_name}/volunteers`, 'volunteers');
    return mapWide(volunteers, volunteers.length, async ({ name }) => {
      const self = await actAs(stack.session, name);
      await onceKnown('the volunteer to be known', () => self.get('/v1/shifts:mine'));
      return Object.assign(new VolunteerCalls(), { client, name, self, shift, edge: stack.record.grpc });
    });
  }

  readProfile = () => this.#call('GET', this.name);

  changeSkills = async () => {
    const next = this.skill + 1;
    await this.#call('PATCH', this.name, { body: { skills: [`第${next}项`] } });
    this.skill = next;
  };

  readShiftByGrpc = async () => {
    const { status, message } = await unary(this.edge, GET_SHIFT, field(1, this.shift));
    assert.equal(status, 0, message);
  };

  takePlace = async () => {
    const key = `new-place-${Object.keys(this.states).length}`;
    const { name, state } = await this.#call('POST', `${this.shift}/registrations`, { key, body: {} });
    this.states[name] = state;
    this.states[name] = (await this.#call('POST', `${name}:cancel`, { body: {} })).state;
  };

  async skills() {
    return (await this.self.get(`/v1/${this.name}`)).skills;
  }

  // The states of all registrations that are there, by name.
  async registrations() {
    const own = await this.self.list('/v1/registrations:mine', 'registrations');
    return Object.fromEntries(own.map(({ name, state }) => [name, state]));
  }

  #call(method, target, more) {
    return this.client.call(method, `/v1/${target}`, { token: this.self.token, ...more });
  }
}
