// Invariant 1: a shift never has more confirmed people than its capacity. Its counters say what its rows say.

export const HOLDS = ['STATE_CONFIRMED', 'STATE_OFFERED', 'STATE_ATTENDED', 'STATE_PARTIAL', 'STATE_ABSENT'];

// Of one moment: what was committed at the same time.
export function placeFaults({ shifts, registrations }) {
  return shifts.flatMap((shift) => {
    const rows = registrations.filter((row) => row.shift === shift.name);
    const held = rows.filter(({ state }) => HOLDS.includes(state)).length;
    const waiting = rows.filter(({ state }) => state === 'STATE_WAITLISTED').length;
    const faults = [];
    if (held > shift.capacity) faults.push(`${shift.name} has ${held} people for ${shift.capacity} places`);
    if (shift.taken !== held) faults.push(`${shift.name} counts ${shift.taken} taken places, its rows are ${held}`);
    if (shift.waitlisted !== waiting) faults.push(`${shift.name} counts ${shift.waitlisted} waiting, its rows are ${waiting}`);
    return faults;
  });
}
