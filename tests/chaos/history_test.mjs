// The checker of the chaos tests finds what it is there for: each fault alone, in an otherwise sound final state.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, finalFaults, overbooked } from './history.mjs';

const registration = (name, volunteer, shift, state, position = 0) =>
  ({ name, volunteer, shift, state, waitlistPosition: String(position) });

// Two shifts at the same time: one with two places and two people waiting, one with a single place.
function sound() {
  const rosters = [
    {
      shift: { name: 'A', capacity: 2, takenCount: 2, waitlistedCount: 2 },
      roster: [
        registration('a1', 'v1', 'A', 'STATE_CONFIRMED'), registration('a2', 'v2', 'A', 'STATE_OFFERED', 1),
        registration('a3', 'v3', 'A', 'STATE_WAITLISTED', 2), registration('a4', 'v4', 'A', 'STATE_WAITLISTED', 3),
      ],
    },
    { shift: { name: 'B', capacity: 1, takenCount: 1, waitlistedCount: 0 }, roster: [registration('b1', 'v5', 'B', 'STATE_CONFIRMED')] },
  ];
  const history = new History();
  for (const { roster } of rosters) {
    for (const one of roster) history.signedUp(one.volunteer, one.shift, `request-${one.name}`, one);
  }
  return { history, rosters, a: rosters[0], b: rosters[1] };
}

const CASES = [
  ['one more confirmed than there are places', /has 3 people for 2 places/,
    ({ a }) => { a.roster[2].state = 'STATE_CONFIRMED'; }],
  ['an acknowledged sign-up that is gone', /a4 was acknowledged .* and is gone/, ({ a }) => { a.roster.pop(); }],
  ['a sign-up that nobody was told of', /x was made for nobody/,
    ({ a }) => { a.roster.push(registration('x', 'v9', 'A', 'STATE_CANCELLED')); }],
  ['a repeat that got another registration', /repeated with x/,
    ({ history }) => { history.signedUp('v1', 'A', 'request-a1', registration('x', 'v1', 'A', 'STATE_CONFIRMED')); }],
  ['an answer about somebody else', /was answered with x of v2/,
    ({ history }) => { history.signedUp('v1', 'A', 'request-x', registration('x', 'v2', 'A', 'STATE_CONFIRMED')); }],
  ['a place lost by itself', /was told STATE_CONFIRMED, it is STATE_CANCELLED/, ({ a }) => { a.roster[0].state = 'STATE_CANCELLED'; }],
  ['a waiting list out of order', /a3 still waits at 2 while 3 was served/,
    ({ a }) => { a.roster[1].state = 'STATE_CANCELLED'; a.roster[3].state = 'STATE_OFFERED'; }],
  ['a position given twice', /position twice/, ({ a }) => { a.roster[3].waitlistPosition = '2'; }],
  ['a free place while people wait', /1 free places while 2 wait/, ({ a }) => { a.roster[1].state = 'STATE_LAPSED'; }],
  ['a count that is not the roster', /counts 1 taken places, its roster 2/, ({ a }) => { a.shift.takenCount = 1; }],
  ['somebody twice on a roster', /on the roster of A twice/, ({ a }) => { a.roster[3].volunteer = 'v3'; }],
  ['somebody at two places at once', /two shifts at the same time/, ({ b }) => { b.roster[0].volunteer = 'v1'; }],
];

test('a sound final state has no faults', () => {
  const { history, rosters } = sound();
  assert.deepEqual(finalFaults(history, rosters), []);
});

for (const [title, pattern, spoil] of CASES) {
  test(`${title} is found`, () => {
    const state = sound();
    spoil(state);
    const faults = finalFaults(state.history, state.rosters);
    assert.ok(faults.some((fault) => pattern.test(fault)), `found only ${JSON.stringify(faults)}`);
  });
}

test('an overbooked roster is found at any moment', () => {
  const { a } = sound();
  assert.deepEqual(overbooked(a.shift, a.roster), []);
  assert.equal(overbooked({ ...a.shift, capacity: 1 }, a.roster).length, 1);
});
