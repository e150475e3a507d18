// What stands in the tables, in the form that the checker takes: names as the API gives them, times in microseconds.

import fs from 'node:fs';
import { atOneMoment, nameOf, query } from './database.mjs';
import { hourEvent } from './hour_events.mjs';

// The names of an enum of a message, by their numbers, as the contract says them: what the columns of states hold.
export function enumOf(file, message, name) {
  const text = fs.readFileSync(new URL(`../../protos/wenming/activity/v1/${file}.proto`, import.meta.url), 'utf8');
  const [, body] = new RegExp(`^message ${message} \\{.*?\\benum ${name} \\{(.*?)\\}`, 'ms').exec(text);
  const names = [];
  for (const [, value, number] of body.matchAll(/^\s*(\w+) = (\d+);/gm)) names[Number(number)] = value;
  return names;
}

const bare = (names) => names.map((name) => name.replace('STATE_', ''));
const STATES = enumOf('registrations', 'Registration', 'State');
const SHIFT_STATES = bare(enumOf('shifts', 'Shift', 'State'));
const PRESENCE_STATES = bare(enumOf('attendance', 'Attendance', 'State'));
const HANDOVER_STATES = bare(enumOf('handovers', 'Handover', 'State'));
const APPEAL_STATES = enumOf('appeals', 'Appeal', 'State');
const OUTCOMES = enumOf('appeals', 'Appeal', 'Outcome');

const number = (text) => (text === 'NULL' ? null : Number(text));
const registration = (id) => nameOf('registrations', id);
const volunteer = (id) => nameOf('volunteers', id);
const shift = (id) => nameOf('shifts', id);
const time = (micros) => new Date(number(micros) / 1000).toISOString();

const SHIFTS = 'SELECT id, start_time, end_time, capacity, waitlist_capacity, taken_count, waitlisted_count, state FROM wenming_activity.shifts';
const REGISTRATIONS = 'SELECT id, shift_id, volunteer_id, state, waitlist_position, offer_expire_time, start_time, end_time, '
  + 'update_time FROM wenming_activity.registrations';
const PRESENCES = 'SELECT registration_id, shift_id, volunteer_id, state, minutes, check_in_time, check_out_time '
  + 'FROM wenming_activity.attendances';
const HANDOVERS = 'SELECT id, registration_id, shift_id, giver_id, taker_id, wanted_shift_id, state, expire_time, update_time '
  + 'FROM wenming_activity.handovers';
const APPEALS = 'SELECT registration_id, volunteer_id, state, claimed_check_in_time, claimed_check_out_time FROM wenming_activity.appeals';
// Each move leads to a later state.
const APPEAL_MOVES = 'SELECT registration_id, from_state, to_state, outcome FROM wenming_activity.appeal_moves ORDER BY registration_id, to_state';
const EVENTS = 'SELECT event_cursor, payload_type, HEX(payload) FROM wenming_activity.events '
  + "WHERE payload_type LIKE 'wenming.activity.v1.Hours%' ORDER BY event_cursor";
const ACCOUNTS = 'SELECT volunteer_id, sequence, balance_minutes, HEX(head_hash) FROM wenming_volunteer.hour_accounts';
const PARKED = "SELECT 'activity_svc', consumer, event_cursor FROM wenming_activity.parked_events "
  + "UNION ALL SELECT 'volunteer_svc', SUBSTRING_INDEX(consumer, '/', 1), event_cursor FROM wenming_volunteer.parked_events";

const toShift = ([id, start, end, capacity, waitlistCapacity, taken, waitlisted, state]) => ({
  name: shift(id), start: number(start), end: number(end), capacity: number(capacity), waitlistCapacity: number(waitlistCapacity),
  taken: number(taken), waitlisted: number(waitlisted), state: SHIFT_STATES[state],
});
const toRegistration = ([id, shiftId, volunteerId, state, position, expire, start, end, update]) => ({
  name: registration(id), shift: shift(shiftId), volunteer: volunteer(volunteerId), state: STATES[state],
  position: number(position), offerExpire: number(expire), start: number(start), end: number(end), updateTime: number(update),
});

// The shifts and registrations as they are committed now: { time, shifts, registrations }.
export async function readMoment(socket) {
  const [shifts, registrations] = await atOneMoment(socket, [SHIFTS, REGISTRATIONS]);
  return { time: Date.now() * 1000, shifts: shifts.map(toShift), registrations: registrations.map(toRegistration) };
}

// The columns of the ledger in the order of the table, each text in hexadecimal digits.
async function readEntries(socket) {
  const columns = await query(socket, 'SELECT column_name, data_type FROM information_schema.columns '
    + "WHERE table_schema = 'wenming_volunteer' AND table_name = 'hour_entries' ORDER BY ordinal_position");
  const selected = columns.map(([name, type]) => (/char|binary|text|blob/.test(type) ? `HEX(${name})` : name));
  const rows = await query(socket, `SELECT ${selected.join(', ')} FROM wenming_volunteer.hour_entries ORDER BY volunteer_id, sequence`);
  return rows.map((row) => {
    const raw = Object.fromEntries(columns.map(([name], i) => [name, row[i]]));
    return {
      volunteer: volunteer(raw.volunteer_id), registration: registration(raw.registration_id), sequence: number(raw.sequence),
      revision: number(raw.revision), minutes: number(raw.minutes), balance: number(raw.balance_minutes),
      start: number(raw.start_time), end: number(raw.end_time), raw,
    };
  });
}

const toHandover = ([id, given, shiftId, giver, taker, wanted, state, expire, update]) => ({
  name: nameOf('handovers', id), registration: registration(given), shift: shift(shiftId), giver: volunteer(giver),
  taker: volunteer(taker), wanted: shift(wanted), state: HANDOVER_STATES[state], expireTime: number(expire), updateTime: number(update),
});

// Appeals with their moves, as the API tells them.
function toAppeals(rows, moveRows) {
  const moves = new Map();
  for (const [id, from, to, outcome] of moveRows) {
    if (!moves.has(id)) moves.set(id, []);
    moves.get(id).push({ from: APPEAL_STATES[from], to: APPEAL_STATES[to], outcome: OUTCOMES[outcome] });
  }
  return rows.map(([id, volunteerId, state, claimedIn, claimedOut]) => ({
    registration: registration(id), volunteer: volunteer(volunteerId), state: APPEAL_STATES[state], claimedCheckInTime: time(claimedIn),
    claimedCheckOutTime: time(claimedOut), moves: moves.get(id) ?? [],
  }));
}

// Everything the checker looks at in the end. The stack is at rest.
export async function readTables(socket) {
  const [presences, events, accounts, parked, handovers, appeals, appealMoves] =
    await atOneMoment(socket, [PRESENCES, EVENTS, ACCOUNTS, PARKED, HANDOVERS, APPEALS, APPEAL_MOVES]);
  return {
    ...(await readMoment(socket)),
    handovers: handovers.map(toHandover),
    appeals: toAppeals(appeals, appealMoves),
    presences: presences.map(([id, shiftId, volunteerId, state, minutes, checkIn, checkOut]) => ({
      registration: registration(id), shift: shift(shiftId), volunteer: volunteer(volunteerId), state: PRESENCE_STATES[state],
      minutes: number(minutes), checkInTime: time(checkIn), checkOutTime: checkOut === 'NULL' ? null : time(checkOut),
    })),
    events: events.map(([cursor, type, payload]) => hourEvent(Number(cursor), type, Buffer.from(payload, 'hex'))),
    parked: parked.map(([by, from, cursor]) => ({ by, from, cursor: number(cursor) })),
    accounts: accounts.map(([id, sequence, balance, hash]) => ({
      volunteer: volunteer(id), sequence: number(sequence), balance: number(balance), hash,
    })),
    entries: await readEntries(socket),
  };
}
