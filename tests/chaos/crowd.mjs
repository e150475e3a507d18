// Clients that sign up, repeat themselves, cancel, accept and decline, hand places over and take them over at either
// replica, in an order that a seed decides, as long as they are let. All that they ask and are told goes into the history.

import { setTimeout as pause } from 'node:timers/promises';
import { pick } from './random.mjs';

const HELD = ['STATE_CONFIRMED', 'STATE_WAITLISTED', 'STATE_OFFERED'];
const OFFER_MS = 2 * 3600 * 1000;  // how long an offer is held by default
// Who cancels "two hours ago" makes an offer that ends soon.
const HURRY_MS = OFFER_MS - 1500;
const AT_ONCE = 20;
const THOUGHT_MS = 150;  // at most, before the next act

// One volunteer at one shift: the registration it holds there, as far as it was told, and which handovers it was asked for.
class Place {
  constructor(volunteer, shift) {
    const { name: of, number, selves } = volunteer;
    Object.assign(this, { volunteer: of, number, selves, shift, requests: [], proposals: [], asked: [], name: null, state: null });
  }
}

export class Client {
  // `volunteers`: [{ name, number, selves }] with a session at each replica; `shifts`: what they may sign up for, the first
  // most of all; `crowd`: where each client puts its places, for the others to know whom to ask.
  constructor({ id, volunteers, shifts, random, history, crowd }) {
    Object.assign(this, { id, random, history, shifts, crowd });
    this.places = volunteers.map((volunteer) => shifts.map((shift) => new Place(volunteer, shift)));
    crowd.push(...this.places.flat());
    this.issued = 0;
  }

  async actUntil(isOver) {
    while (!isOver()) {
      await this.act();
      await pause(THOUGHT_MS * this.random());
    }
  }

  act() {
    const place = pick(this.random, this.places)[this.random() < 0.75 ? 0 : 1];
    const dice = this.random();
    if (place.requests.length > 0 && dice < 0.15) return this.#request(place, pick(this.random, place.requests));
    if (place.requests.length > 0 && dice < 0.2) return this.#reuse(place, pick(this.random, place.requests));
    if (place.asked.length > 0) return this.#answer(place, place.asked.pop(), 'taker', dice);
    if (dice < 0.25) return this.#lookForProposals(place);
    if (place.name === null) return this.#signUp(place, dice);
    if (place.state === 'STATE_OFFERED') return this.#move(place, dice < 0.75 ? 'accept' : 'decline');
    if (place.state === 'STATE_CONFIRMED' && dice < 0.55) return this.#propose(place);
    if (dice < 0.75) return this.#move(place, 'cancel');
    return this.#look(place);
  }

  // One attempt, at either replica. After an unknown end the next one comes a little later.
  async #attempt(place, facts, send) {
    const self = pick(this.random, place.selves);
    const op = await this.history.record({ client: this.id, volunteer: place.volunteer, ...facts }, () => send(self));
    if (op.outcome === 'unknown') await pause(20 + 60 * this.random());
    return op;
  }

  // Some send the request once, some two times, some of a hurry twenty times at once; who is told nothing mostly asks again.
  async #signUp(place, dice) {
    const requestId = `chaos-${this.id}-${++this.issued}`;
    const body = { requestId };
    place.requests.push({ body, shift: place.shift });
    const times = dice < 0.35 ? AT_ONCE : dice < 0.5 ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => this.#request(place, { body, shift: place.shift })));
  }

  async #request(place, { body, shift }) {
    for (let patience = 1 + Math.floor(6 * this.random()); patience > 0; --patience) {
      const facts = { kind: 'signUp', shift, requestId: body.requestId, body };
      const op = await this.#attempt(place, facts, (self) => self.send('POST', `/v1/${shift}/registrations`, body));
      if (op.outcome === 'unknown') continue;
      if (op.outcome === 'ok' && shift === place.shift && place.name === null) await this.#look(place, op.answer.name);
      else if (op.reason === 'ALREADY_SIGNED_UP' && place.name === null) await this.#find(place);
      return;
    }
  }

  // The id of an earlier request with another body: for another shift.
  #reuse(place, { body }) {
    return this.#request(place, { body, shift: this.shifts.find((shift) => shift !== place.shift) });
  }

  // What somebody finds out who was told that he has signed up already.
  async #find(place) {
    const mine = await pick(this.random, place.selves).send('GET', '/v1/registrations:mine?pageSize=1000').catch(() => null);
    const own = mine?.status === 200 ? mine.answer.registrations : [];
    const held = own.find(({ shift, state }) => shift === place.shift && HELD.includes(state));
    if (held) this.#learn(place, held);
  }

  async #look(place, name = place.name) {
    const facts = { kind: 'look', registration: name };
    const op = await this.#attempt(place, facts, (self) => self.send('GET', `/v1/${name}`));
    if (op.outcome === 'ok') this.#learn(place, op.answer);
  }

  // A move that was refused, or whose answer was lost, is followed by a look at what is true.
  async #move(place, kind) {
    const verb = { cancel: 'cancel', accept: 'acceptOffer', decline: 'declineOffer' }[kind];
    const at = kind === 'cancel' && this.random() < 0.5 ? Date.now() - HURRY_MS : undefined;
    const facts = { kind, registration: place.name, body: {}, ...(at && { at }) };
    const op = await this.#attempt(place, facts, (self) => (at ? self.at(new Date(at)) : self).send('POST', `/v1/${place.name}:${verb}`, {}));
    if (op.outcome === 'ok') this.#learn(place, op.answer);
    else await this.#look(place);
  }

  // Asks one who may stand in, or exchange his place in another shift; or asks again as before.
  async #propose(place) {
    const again = this.random() < 0.2 && place.proposals.length > 0;
    const proposal = again ? pick(this.random, place.proposals) : this.#newProposal(place);
    if (!proposal) return;
    const { registration, body, asked } = proposal;
    const facts = { kind: 'propose', registration, requestId: body.requestId, body };
    const send = (self) => self.send('POST', `/v1/${registration}/handovers`, body);
    const times = this.random() < 0.2 ? 2 : 1;
    const [op] = await Promise.all(Array.from({ length: times }, () => this.#attempt(place, facts, send)));
    if (op.outcome === 'ok' && !again) asked.asked.push(op.answer.name);
  }

  #newProposal(place) {
    const wanted = this.random() < 0.5 ? this.shifts.find((shift) => shift !== place.shift) : undefined;
    const here = new Set(this.crowd.filter(({ shift, name }) => shift === place.shift && name !== null).map(({ number }) => number));
    const may = ({ shift, state, number }) => number !== place.number && !here.has(number)
      && (wanted ? shift === wanted && state === 'STATE_CONFIRMED' : shift === place.shift);
    const asked = pick(this.random, this.crowd.filter(may));
    if (!asked) return null;
    const handover = { takerNumber: asked.number, ...(wanted && { wantedShift: wanted }) };
    const proposal = { asked, registration: place.name, body: { requestId: `handover-${this.id}-${++this.issued}`, handover } };
    place.proposals.push(proposal);
    return proposal;
  }

  // What nobody told of waits in the list.
  async #lookForProposals(place) {
    const listed = await pick(this.random, place.selves).send('GET', '/v1/handovers:mine?pageSize=20').catch(() => null);
    const waiting = listed?.status === 200 ? listed.answer.handovers.filter(({ state }) => state === 'STATE_PROPOSED') : [];
    const chosen = pick(this.random, waiting);
    if (!chosen) return;
    const role = chosen.giverNumber === place.number ? 'giver' : 'taker';
    await this.#answer(place, chosen.name, role, this.random());
  }

  // Mostly takes the place, or takes back what was proposed only sometimes; some twice at once.
  async #answer(place, handover, role, dice) {
    if (role === 'giver' && dice < 0.7) return;
    const [kind, verb] = role === 'giver' ? ['withdraw', 'withdraw'] : dice < 0.85 ? ['takeOver', 'accept'] : ['refuse', 'decline'];
    const send = (self) => self.send('POST', `/v1/${handover}:${verb}`, {});
    const times = this.random() < 0.3 ? 2 : 1;
    await Promise.all(Array.from({ length: times }, () => this.#attempt(place, { kind, handover, body: {} }, send)));
    const own = this.places.find(([{ volunteer }]) => volunteer === place.volunteer);
    for (const each of kind === 'takeOver' ? own : []) await this.#find(each);
  }

  #learn(place, { name, state }) {
    const held = HELD.includes(state);
    Object.assign(place, { name: held ? name : null, state: held ? state : null });
  }
}
