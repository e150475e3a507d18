// The stage of the chaos tests: a stack with two replicas of each service, the second of which reach the database through a
// proxy that can cut COMMITs; the clients' sessions at both; and the final reckoning.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { query } from '../../tools/local/database.mjs';
import { draft, move } from '../../tools/story/activities.mjs';
import { actAs } from '../../tools/story/people.mjs';
import { mapWide, onceKnown, until } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';
import { SecondReplicas } from '../support/second_replicas.mjs';
import { findFaults } from './checker.mjs';
import { History } from './history.mjs';
import { ProxyThread } from './proxy_thread.mjs';
import { readMoment, readTables } from './tables.mjs';

const CALM_MS = 60000;
const LOOK_MS = 100;  // between two looks at the tables
// Commands of tools/stack that verify a chain.
const VERIFIERS = ['verify-audit', 'verify-ledger'];

export class World {
  // Starts everything; call stop() in the end. `random` is the nemesis's; the database is kept in `databaseFolder` where one
  // is given.
  static async start({ volunteers, random, databaseFolder }) {
    const world = new World();
    world.stack = await startStack({ volunteers, durable: true, databaseFolder });
    try {
      await world.#complete(random);
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  async #complete(random) {
    const { socket } = this.stack.record.database;
    this.proxy = new ProxyThread(socket, path.join(this.stack.directory, 'proxy.sock'));
    await this.proxy.start();
    this.second = new SecondReplicas(this.stack, this.proxy.socket);
    Object.assign(this, { random, sides: [this.stack, this.second], history: new History(), moments: [], poison: [], reordered: 0 });
    await this.second.revive();
  }

  async stop() {
    await this.second?.stop();
    await this.proxy?.stop();
    await this.stack.stop();
  }

  get socket() {
    return this.stack.record.database.socket;
  }

  // The same session at each replica.
  atBoth(session) {
    return this.sides.map((side) => side.session.as(session.token));
  }

  // Publishes an activity of station1 with these shifts; resolves with the shifts.
  async openActivity(shifts) {
    const [head, institute] = await Promise.all(['station1', 'institute1'].map((login) => this.stack.enter(login)));
    const plan = { title: '抢名额', content: '看谁报得上', method: 'METHOD_HELP', themes: ['policy'], place: '广场', shifts };
    const made = await onceKnown('the station to be known', () => draft(head, this.stack.account('station1').unit_name, plan));
    await move(head, made.activity.name, 'SUBMIT');
    await move(institute, made.activity.name, 'PUBLISH');
    return made.shifts;
  }

  // All volunteers of the demo, logged in and known to activity_svc: [{ name, number, self, selves }].
  async logInAll() {
    const center = await this.stack.enter('center');
    const people = await center.list(`/v1/${this.stack.account('center').unit_name}/volunteers`, 'volunteers');
    const volunteers = await mapWide(people, 16, async ({ name, number }) => {
      const self = await actAs(this.stack.session, name);
      return { name, number, self, selves: this.atBoth(self) };
    });
    const known = () => this.#count('SELECT COUNT(*) FROM wenming_activity.volunteers') >= volunteers.length;
    await until('the volunteers to be known', known);
    return volunteers;
  }

  // Sessions of the demo's staff at both replicas, by user name: { station1: [here, there], … }.
  async enterStaff(...logins) {
    const sessions = await Promise.all(logins.map((login) => this.stack.enter(login)));
    return Object.fromEntries(logins.map((login, i) => [login, this.atBoth(sessions[i])]));
  }

  // Enters the working days of a year, so that the deadlines of appeals are known in it.
  async openCalendar(year) {
    const center = await this.stack.enter('center');
    const days = [{ date: { year, month: 1, day: 1 }, working: false, title: '元旦' }];
    await center.post(`/v1/${this.stack.account('center').unit_name}/calendar:import`, { calendar: { year, notice: '演练', days } });
  }

  // Looks at the tables again and again until `isOver()`; while the database is down there is nothing to see.
  async observe(isOver) {
    while (!isOver()) {
      const moment = await readMoment(this.socket).catch(() => null);
      if (moment) this.moments.push(moment);
      await pause(LOOK_MS);
    }
  }

  // Everything runs, all events have arrived, offers whose time is over have lapsed, all records are chained.
  async calm() {
    await this.stack.revive();
    await this.second.revive();
    await until('the events to arrive', () => this.#count(`SELECT
      (SELECT COUNT(*) FROM wenming_activity.outbox) + (SELECT COUNT(*) FROM wenming_volunteer.outbox)
      + (SELECT head FROM wenming_activity.event_heads) - (SELECT MIN(event_cursor) FROM wenming_volunteer.event_cursors)
      + (SELECT head FROM wenming_volunteer.event_heads) - (SELECT MIN(event_cursor) FROM wenming_activity.event_cursors)`) === 0, CALM_MS);
    await until('the offers to lapse', () => this.#count('SELECT COUNT(*) FROM wenming_activity.registrations '
      + `WHERE offer_expire_time < ${Date.now() * 1000}`) === 0, CALM_MS);
    await until('the audit records to be chained', () => this.#count('SELECT (SELECT COUNT(*) FROM wenming_activity.audit_pending) '
      + '+ (SELECT COUNT(*) FROM wenming_volunteer.audit_pending) + (SELECT COUNT(*) FROM wenming_org.audit_pending)') === 0, CALM_MS);
  }

  // Everything that the checker takes; { operations, moments, tables, poison, verdicts }.
  async evidence() {
    const verdicts = [];
    for (const what of VERIFIERS) verdicts.push({ what, ...(await this.stack.verify(what)) });
    const { history: { operations }, moments, poison } = this;
    return { operations, moments, tables: await readTables(this.socket), poison, verdicts };
  }

  // The faults of the run; where there are any, the evidence is kept in a file, and `log` is told where.
  async reckon(log) {
    await this.calm();
    const evidence = await this.evidence();
    const faults = findFaults(evidence);
    if (faults.length > 0) {
      const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-history-')), 'evidence.json');
      fs.writeFileSync(file, JSON.stringify(evidence));
      log(`the history and the tables are in ${file}`);
    }
    return { evidence, faults };
  }

  #count(sql) {
    return Number(query(this.socket, sql)[0][0]);
  }
}
