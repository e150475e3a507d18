// What the clients asked and what they were told: the one format that the checker replays.
//
// An operation is
//   { client, kind, volunteer?, shift?, registration?, handover?, requestId?, body?, at?,   who asked for what; `at`: the time
//                                        the call carried, in ms since 1970, where it carried one
//     begin, end,           ms on one clock: what ends before another begins happened before it
//     endTime,              ms since 1970 at the end
//     outcome,              'ok': it has taken place; 'failed': it has not; 'unknown': nobody told
//     status, reason?, answer? }
// with resource names as the API gives them. `kind` is one of KINDS.

import { until } from '../../tools/story/waiting.mjs';

export const KINDS = [
  'signUp', 'cancel', 'accept', 'decline', 'look',  // a volunteer and his registration
  'propose', 'takeOver', 'refuse', 'withdraw',  // a handover: by the giver, the taker, the taker, the giver
  'excuse', 'end', 'confirm', 'publicize', 'settle',  // staff and a registration or a shift
  'appeal', 'decide', 'reverse',  // hours contested by the volunteer, decided and taken back by staff
];

// No answer, a server's error and "busy" leave open what happened.
function outcomeOf(status) {
  if (status === 200) return 'ok';
  return status >= 400 && status < 500 && ![408, 429, 499].includes(status) ? 'failed' : 'unknown';
}

// What stands for an exchange whose answer was lost on the way; a fault of ours is thrown on.
function noAnswer(error) {
  if (error.message !== 'fetch failed' && error.name !== 'TimeoutError' && error.message !== 'terminated') throw error;
  return { status: 0, answer: null };
}

export class History {
  operations = [];

  // Records what became of `send`, which resolves with an exchange of Session.send; resolves with the operation.
  async record(facts, send) {
    if (!KINDS.includes(facts.kind)) throw new Error(`there is no kind of operation "${facts.kind}"`);
    const operation = { ...facts, begin: performance.now() };
    const { status, answer } = await send().catch(noAnswer);
    const outcome = outcomeOf(status);
    Object.assign(operation, { end: performance.now(), endTime: Date.now(), outcome, status });
    if (outcome === 'ok') operation.answer = answer;
    else if (answer?.reason) operation.reason = answer.reason;
    this.operations.push(operation);
    return operation;
  }

  // How often each kind ended in which way: { "signUp ok": 17, "signUp failed SHIFT_FULL": 3, … }.
  get counts() {
    const counts = {};
    for (const { kind, outcome, reason } of this.operations) {
      const what = [kind, outcome, outcome === 'failed' ? reason : ''].filter(Boolean).join(' ');
      counts[what] = (counts[what] ?? 0) + 1;
    }
    return counts;
  }

  // Waits a while until each of `whats`, as counts has them, has happened; who needs them looks at counts afterwards.
  async seek(whats) {
    const seen = () => { const { counts } = this; return whats.every((what) => counts[what] > 0); };
    await until(whats.join(', '), seen).catch(() => {});
  }
}
