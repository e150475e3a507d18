// Sixty-four clients that sign up, repeat themselves, cancel, accept and decline, in an order that a seed decides. What they
// are told goes into the history; an answer that is not definite is asked for again.

const GONE = ['STATE_CANCELLED', 'STATE_LATE_CANCELLED', 'STATE_LAPSED'];

// One volunteer at one shift: the registration it holds there, as far as it was told.
class Place {
  constructor(self, volunteer, shift) {
    Object.assign(this, { self, volunteer, shift, requests: [], name: null });
  }
}

export class Client {
  // `volunteers`: [{ name, self }]; `shifts`: what they may sign up for, the first most of all.
  constructor({ id, volunteers, shifts, random, history, outage }) {
    Object.assign(this, { id, random, history, outage });
    this.places = volunteers.map(({ name, self }) => shifts.map((shift) => new Place(self, name, shift)));
    this.issued = 0;
  }

  async act() {
    const own = this.places[Math.floor(this.random() * this.places.length)];
    const place = own[this.random() < 0.75 ? 0 : 1];
    const dice = this.random();
    if (place.requests.length > 0 && dice < 0.2) return this.#repeat(place);
    if (place.name === null) return this.#signUp(place, dice < 0.4);
    if (dice < 0.4) return this.#cancel(place);
    return this.#look(place, dice < 0.85);
  }

  #send(place, path, body) {
    return this.outage.insist(() => place.self.send('POST', path, body));
  }

  // Signs up; `twice` sends the same request two times at once, as an impatient thumb does.
  async #signUp(place, twice) {
    const requestId = `chaos-${this.id}-${++this.issued}`;
    const answers = await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => this.#request(place, requestId)));
    const registration = answers.find((answer) => answer !== null);
    if (registration === undefined) return;
    place.name = registration.name;
    place.requests.push(requestId);
  }

  async #request(place, requestId) {
    const exchange = await this.#send(place, `/v1/${place.shift}/registrations`, { requestId });
    if (exchange.status === 200) {
      this.history.signedUp(place.volunteer, place.shift, requestId, exchange.answer);
      return exchange.answer;
    }
    this.history.count(`refused ${exchange.answer.reason}`);
    return null;
  }

  #repeat(place) {
    return this.#request(place, place.requests[Math.floor(this.random() * place.requests.length)]);
  }

  async #cancel(place) {
    await this.#move(place, 'cancel', 'cancelled');
  }

  // A refused move, or one whose first answer was lost, is followed by a look at what is true.
  async #move(place, verb, what) {
    const { status, answer } = await this.#send(place, `/v1/${place.name}:${verb}`, {});
    if (status !== 200) return this.#look(place, null);
    this.#learn(place, answer, what);
  }

  // Looks at the registration; `accept` says what to do with an offer, null leaves it.
  async #look(place, accept) {
    const { answer } = await this.outage.insist(() => place.self.send('GET', `/v1/${place.name}`));
    this.#learn(place, answer, 'looked');
    if (answer.state !== 'STATE_OFFERED' || accept === null) return;
    await this.#move(place, accept ? 'acceptOffer' : 'declineOffer', accept ? 'accepted' : 'declined');
  }

  #learn(place, registration, what) {
    this.history.isNow(registration, what);
    if (GONE.includes(registration.state)) place.name = null;
  }
}
