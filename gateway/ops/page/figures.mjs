// What the page shows, from what the processes say: a point every few seconds, and what of it needs somebody.

import { Span, momentOf, quantile, samplesOf } from './samples.mjs';

export const KEPT_SECONDS = 15 * 60;
// Rates are those of this time; shorter, and single requests make them jump.
const WINDOW_SECONDS = 15;
const PULSE_SECONDS = 6;

const HTTP = 'http_server_requests_total';
const EDGE = 'grpc_edge_handled_total';
const RPC = 'grpc_server_handled_total';
const UNARY = { grpc_type: 'unary' };  // a stream lasts as long as its client likes
const HTTP_SECONDS = 'http_server_request_duration_seconds';
const EDGE_SECONDS = 'grpc_edge_handling_seconds';
const RPC_SECONDS = 'grpc_server_handling_seconds';
const LONG = 0.5;

// Those that fail by our fault, as k8s/monitoring/rules has it.
const HTTP_FAILED = { code: /^5(?!01|05)/ };
const EDGE_FAILED = { grpc_code: /^(UNKNOWN|DEADLINE_EXCEEDED|INTERNAL|UNAVAILABLE|DATA_LOSS)$/ };
const RPC_FAILED = { ...UNARY, grpc_code: /^(Unknown|DeadlineExceeded|Internal|Unavailable|DataLoss)$/ };

const add = (a, b) => (a === null || b === null ? null : a + b);
const share = (part, whole) => (part === null || !(whole > 0) ? null : part / whole);
const isGateway = (instance) => instance.families.has('gateway_in_flight');

// Answers at the fronts, and of those the ones that failed or took long.
function fronts(span) {
  const requests = add(span.increase(HTTP), span.increase(EDGE));
  const failed = add(span.increase(HTTP, HTTP_FAILED), span.increase(EDGE, EDGE_FAILED));
  const buckets = span.buckets([HTTP_SECONDS]);
  const timed = buckets.get(Infinity) ?? 0;
  return { requests, failed, timed, slow: timed - (buckets.get(LONG) ?? timed) };
}

// Of each source the largest value; replicas share what it tells of.
function bySource(span, name) {
  const most = new Map();
  for (const { labels: { source }, value } of span.values(name)) most.set(source, Math.max(most.get(source) ?? -Infinity, value));
  return [...most.values()];
}

// The seconds since the earliest of these times; null where there are none. Processes tell every second or two, and are asked
// every few: so much is nothing.
function ageOf(span, times) {
  if (times.length === 0) return null;
  const age = span.time - Math.min(...times);
  return age < PULSE_SECONDS ? 0 : age;
}

const sumOf = (values) => (values.length === 0 ? null : values.reduce(add));

// The figures of some processes of a service, or of one.
function serviceOf(span) {
  const requests = [span.rate(HTTP), span.rate(EDGE), span.rate(RPC, UNARY)].reduce(add);
  const failed = [span.rate(HTTP, HTTP_FAILED), span.rate(EDGE, EDGE_FAILED), span.rate(RPC, RPC_FAILED)].reduce(add);
  const times = span.buckets([HTTP_SECONDS, EDGE_SECONDS]);
  const atHand = span.sum('gateway_in_flight');
  const started = span.sum('grpc_server_started_total', UNARY);
  const queue = span.sum('wenming_rpc_queue_length');
  const waiting = span.sum('wenming_db_connections', { state: 'waiting' });
  return {
    requests,
    failed,
    p99: quantile(0.99, times.size > 0 ? times : span.buckets([RPC_SECONDS], UNARY)),
    atHand: atHand ?? (started === null ? null : started - (span.sum(RPC, UNARY) ?? 0)),
    queue,
    waits: add(queue, waiting),
    inUse: span.sum('wenming_db_connections', { state: 'in_use' }),
    open: span.sum('wenming_db_connections', { state: 'open' }),
    waiting,
    outbox: ageOf(span, bySource(span, 'wenming_outbox_level_time_seconds')),
    lag: ageOf(span, bySource(span, 'wenming_events_level_time_seconds')),
    ahead: sumOf(bySource(span, 'wenming_events_ahead')),
    parked: sumOf(bySource(span, 'wenming_events_parked')),
  };
}

// [name, figures] of each service, its processes together.
const servicesOf = (then, now) => [...new Set(now.instances.map(({ target }) => target))]
  .map((target) => [target, serviceOf(new Span(then, now, (one) => one.target === target))]);

function pointOf(then, now) {
  const all = new Span(then, now);
  const front = new Span(then, now, isGateway);
  const times = front.buckets([HTTP_SECONDS, EDGE_SECONDS]);
  const { requests, failed } = fronts(front);
  const aMinute = (rate) => (rate === null ? null : rate * 60);
  return {
    time: now.time,
    http: front.rate(HTTP),
    grpc: front.rate(EDGE),
    requests: front.empty ? null : requests / front.seconds,
    failed: front.empty ? null : failed / front.seconds,
    failedShare: share(failed, requests),
    p50: quantile(0.5, times),
    p95: quantile(0.95, times),
    p99: quantile(0.99, times),
    atHand: front.sum('gateway_in_flight'),
    refused: front.rate('gateway_refused_total'),
    cached: share(front.increase('gateway_cache_requests_total', { outcome: 'hit' }), front.increase('gateway_cache_requests_total')),
    signUps: aMinute(all.rate('wenming_registrations_total', { outcome: /^(confirmed|waitlisted)$/ })),
    checkIns: aMinute(all.rate('wenming_check_ins_total')),
    services: Object.fromEntries(servicesOf(then, now)),
  };
}

// What has been done since the report before.
function stepOf(before, now) {
  const all = new Span(before, now);
  return {
    time: now.time,
    ...fronts(new Span(before, now, isGateway)),
    signUps: all.increase('wenming_registrations_total', { outcome: /^(confirmed|waitlisted)$/ }),
    checkIns: all.increase('wenming_check_ins_total'),
    minutes: all.increase('wenming_hours_credited_minutes_total'),
    eventFailures: all.increase('wenming_events_failures_total'),
    outboxFailures: all.increase('wenming_outbox_failures_total'),
    limited: all.increase('gateway_refused_total', { limit: /^(in_flight|streams|held_bytes)$/ }),
    connectionsLost: all.increase('wenming_db_connections_lost_total'),
    statementFailures: all.increase('wenming_db_statement_failures_total'),
    logInsRefused: all.increase('wenming_staff_log_ins_total', { outcome: 'refused' }),
    auditFailures: add(all.increase('wenming_audit_failures_total'), all.increase('wenming_audit_refusals_dropped_total')),
  };
}

// The reports of the last seconds, and of the last quarter of an hour what was made of them.
export class Recent {
  #moments = [];
  #steps = [];
  points = [];

  /** @param {import('./samples.mjs').Report} report later than those before; one of the same time changes nothing */
  add(report) {
    const now = momentOf(report);
    const last = this.#moments.at(-1);
    if (last && now.time <= last.time) return;
    if (last) this.#steps.push(stepOf(last, now));
    this.#moments.push(now);
    // One that is as old as the window stays, and the one before the last whatever its age.
    while (this.#moments.length > 2 && this.#moments[1].time <= now.time - WINDOW_SECONDS) this.#moments.shift();
    if (last) this.points.push(pointOf(this.#moments[0], now));
    const kept = ({ time }) => time > now.time - KEPT_SECONDS;
    this.#steps = this.#steps.filter(kept);
    this.points = this.points.filter(kept);
  }

  // What was done in all of the time that is kept, or in the last seconds of it; 0 where nothing is known.
  total(name, seconds = KEPT_SECONDS) {
    const since = this.#moments.at(-1)?.time - seconds;
    return this.#steps.filter(({ time }) => time > since).reduce((sum, step) => sum + (step[name] ?? 0), 0);
  }

  // The seconds that total() is about.
  get seconds() { return this.#steps.length === 0 ? 0 : this.#moments.at(-1).time - this.points[0].time; }

  // One row for each process, as it is now.
  rows() {
    const now = this.#moments.at(-1);
    return (now?.instances ?? []).map((one) => {
      const first = (name) => samplesOf(one, name)[0];
      const isIt = ({ target, instance }) => target === one.target && instance === one.instance;
      const span = new Span(this.#moments[0], now, isIt);
      return {
        target: one.target,
        instance: one.instance,
        state: !one.up ? 'down' : first('wenming_ready')?.value === 0 ? 'notReady' : 'ready',
        version: first('wenming_build_info')?.labels.version ?? null,
        since: first('process_start_time_seconds')?.value ?? null,
        clockAhead: first('wenming_clock_ahead_seconds')?.value ?? 0,
        unconnected: samplesOf(one, 'gateway_backend_connections').filter(({ value }) => value === 0)
          .map(({ labels }) => labels.backend),
        ...serviceOf(span),
      };
    });
  }

  #services() { return this.#moments.length === 0 ? [] : servicesOf(this.#moments[0], this.#moments.at(-1)); }

  // Whether the calls of a service have waited for connections for as long as a minute.
  #waitsAllTheTime(target) {
    const recent = this.points.filter(({ time }) => time > this.points.at(-1).time - 60);
    return recent.length >= 10 && recent.every(({ services }) => services[target]?.waiting > 0);
  }

  /**
   * What needs somebody now: {alert, …values}. An alert is called as in k8s/monitoring/rules, whose thresholds these are, as
   * far as a quarter of an hour tells; docs/runbooks says what to do. Two it cannot know: ServiceMissing, for it asks those
   * that it was told of, and ServiceFull, for methods are added up before they come here.
   */
  problems() {
    const found = [];
    const say = (alert, condition, values = {}) => { if (condition) found.push({ alert, ...values }); };
    for (const row of this.rows()) {
      const { target, instance } = row;
      say('ServiceDown', row.state === 'down', { target, instance });
      say('ServiceNotReady', row.state === 'notReady', { target, instance });
      say('ClockDiffers', Math.abs(row.clockAhead) > 30, { target, instance, seconds: row.clockAhead });
      for (const backend of row.unconnected) say('BackEndUnconnected', true, { target, backend });
      say('QueueLong', row.queue > 256, { target, count: row.queue });
    }
    for (const [target, { outbox, lag, ahead, parked }] of this.#services()) {
      say('OutboxLate', outbox > 60, { target, seconds: outbox });
      say('EventsLate', lag > 60, { target, seconds: lag });
      say('EventsAhead', ahead > 0, { target, count: ahead });
      say('EventParked', parked > 0, { target, count: parked });
      say('DatabasePoolExhausted', this.#waitsAllTheTime(target), { target });
    }
    const [failed, slow] = [this.total('failed'), this.total('slow')];
    say('RequestsFail', failed >= 10 && failed > 14.4 * 0.001 * this.total('requests'), { count: failed });
    say('AnswersSlow', slow >= 10 && slow > 14.4 * 0.01 * this.total('timed'), { count: slow });
    say('EventsFail', this.total('eventFailures') > 5, { count: this.total('eventFailures') });
    say('OutboxFails', this.total('outboxFailures') > 5, { count: this.total('outboxFailures') });
    const [limited, lost, refused] = [this.total('limited', 300), this.total('connectionsLost', 300), this.total('logInsRefused', 600)];
    say('LimitsRefuse', limited > 300, { count: limited });
    say('DatabaseConnectionsLost', lost > 5, { count: lost });
    say('DatabaseStatementsFail', this.total('statementFailures', 300) > 150, { count: this.total('statementFailures', 300) });
    say('LogInsRefused', refused > 100, { count: refused });
    say('AuditFails', this.total('auditFailures') > 0, { count: this.total('auditFailures') });
    return found;
  }
}
