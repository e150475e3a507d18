// Makes the stream of activity_svc what a consumer must be able to bear: events that come again, late, in another order of
// the volunteers than they were made in, or that cannot be applied. All of it is written where the sequencer writes, while
// it cannot, so that each replica's consumer reads it as it reads everything.

import { query } from '../../tools/local/database.mjs';
import { pick } from './random.mjs';

const EVENTS = 'wenming_activity.events';
const LOCK = 'SELECT head FROM wenming_activity.event_heads WHERE stream = 1 FOR UPDATE;';

const NOBODY = 'volunteers/none';  // whose poison is

const hourCursors = (socket) =>
  query(socket, `SELECT event_cursor FROM ${EVENTS} WHERE payload_type LIKE '%.Hours%' AND event_key <> '${NOBODY}'`).map(([cursor]) => cursor);

// Appends events at the end of the stream; `values` selects center, key, type, payload and time. The cursor of the last.
function append(socket, selections) {
  const steps = selections.map((values) => `UPDATE wenming_activity.event_heads SET head = head + 1 WHERE stream = 1;
    INSERT INTO ${EVENTS} (event_cursor, center_id, event_key, payload_type, payload, record_time)
    SELECT h.head, v.* FROM wenming_activity.event_heads h, (${values}) v WHERE h.stream = 1;`);
  const rows = query(socket, `START TRANSACTION; ${LOCK} ${steps.join('\n')} SELECT head FROM wenming_activity.event_heads; COMMIT;`);
  return Number(rows.at(-1)[0]);
}

// Says some old facts once more.
export function repeatEvents(socket, random) {
  const cursors = hourCursors(socket);
  if (cursors.length === 0) return;
  append(socket, Array.from({ length: 20 }, () =>
    `SELECT center_id, event_key, payload_type, payload, record_time FROM ${EVENTS} WHERE event_cursor = ${pick(random, cursors)}`));
}

// A fact of nobody, or bytes that are no fact; its cursor.
export function poisonEvent(socket, random) {
  const bytes = Array.from({ length: 12 }, () => Math.floor(256 * random()).toString(16).padStart(2, '0')).join('');
  // Field 1 with a wire type that does not exist: never a message, whatever follows.
  return append(socket, [`SELECT center_id, '${NOBODY}' AS event_key, 'wenming.activity.v1.HoursSettled' AS payload_type, `
    + `X'0F${bytes}' AS payload, 0 AS record_time FROM wenming_activity.activities LIMIT 1`]);
}

// The consumers (a pattern) find their cursors where they were some time ago, as after a backup was restored.
export function turnBack(socket, consumers, random) {
  query(socket, `UPDATE wenming_volunteer.event_cursors SET event_cursor = FLOOR(event_cursor * ${random()}) WHERE consumer LIKE '${consumers}'`);
}

// Puts what nobody has read into another order, but for the events of one key; how many got another place. It is one of the
// orders that the sequencer could have chosen.
export function reorderUnread(socket, consumers, random) {
  const rows = query(socket, `SELECT event_cursor, center_id, HEX(event_key), HEX(payload_type), HEX(payload), record_time FROM ${EVENTS} `
    + `WHERE event_cursor > (SELECT MAX(event_cursor) FROM wenming_volunteer.event_cursors WHERE consumer LIKE '${consumers}') ORDER BY event_cursor`);
  const queues = new Map();
  for (const row of rows) queues.set(row[2], [...(queues.get(row[2]) ?? []), row]);
  const order = rows.map(() => {
    const queue = pick(random, [...queues.values()].filter(({ length }) => length > 0));
    return queue.shift();
  });
  const moved = rows.map(([cursor], i) => [cursor, order[i]]).filter(([cursor, row]) => row[0] !== cursor);
  if (moved.length === 0) return 0;
  const updates = moved.map(([cursor, [, center, key, type, payload, time]]) => `UPDATE ${EVENTS} SET center_id = ${center}, event_key = X'${key}', `
    + `payload_type = X'${type}', payload = X'${payload}', record_time = ${time} WHERE event_cursor = ${cursor};`);
  query(socket, `START TRANSACTION; ${LOCK} ${updates.join('\n')} COMMIT;`);
  return moved.length;
}
