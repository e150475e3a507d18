// Reads HoursSettled and HoursReversed (protos/wenming/activity/v1/events.proto) from their bytes.

import { nameOf } from './database.mjs';

// The numbers of a message by field, other fields left out; null where the bytes are no message.
export function numbersOf(bytes) {
  const fields = new Map();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length && shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return null;
  };
  while (at < bytes.length) {
    const key = varint();
    if (key === null) return null;
    const [field, type] = [Number(key >> 3n), Number(key & 7n)];
    const value = type === 0 || type === 2 ? varint() : null;
    if (value === null || field === 0) return null;
    if (type === 0) fields.set(field, value);
    else at += Number(value);
    if (at > bytes.length) return null;
  }
  return fields;
}

// { cursor, kind: 'settled' | 'reversed' | 'unreadable', volunteer, registration, revision, minutes }.
export function hourEvent(cursor, type, bytes) {
  const fields = numbersOf(bytes);
  const settled = type.endsWith('.HoursSettled');
  if (fields === null || !fields.has(1) || !fields.has(2)) return { cursor, kind: 'unreadable' };
  const value = (field) => Number(fields.get(field) ?? 0n);
  return {
    cursor,
    kind: settled ? 'settled' : 'reversed',
    volunteer: nameOf('volunteers', fields.get(1)),
    registration: nameOf('registrations', fields.get(2)),
    revision: value(settled ? 16 : 3),
    minutes: settled ? value(12) : 0,
  };
}
