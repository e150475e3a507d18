// The page's parts, filled from a Recent. Texts are set as text, so that nothing a process says can become markup.

import { Chart } from './charts.mjs';
import { KEPT_SECONDS } from './figures.mjs';
import { number, percent, runbookOf, time } from './words.mjs';

const element = (tag, className, ...content) => {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
};
const moment = (seconds) => (seconds === null ? '–' : new Date(seconds * 1000).toLocaleString('sv').slice(5, 16));

// One tile of the first row: a name, a large number, and what belongs to it.
const tile = (id, name, value, more, grave = false) => {
  const made = element('div', `card tile${grave ? ' grave' : ''}`, element('span', 'name', name), element('strong', '', value),
    element('span', 'more', more));
  made.dataset.tile = id;
  return made;
};

function tiles(words, recent) {
  const point = recent.points.at(-1);
  const minutes = Math.max(1, Math.round(Math.min(recent.seconds, KEPT_SECONDS) / 60));
  const total = (name, value) => tile(name, words[name], value, words.lastMinutes(minutes));
  return [
    tile('requests', words.requests, number(point.requests), `HTTP ${number(point.http)} · gRPC ${number(point.grpc)}`),
    tile('failedShare', words.failedShare, percent(point.failedShare ?? 0), words.of(number(point.failed)), point.failed > 0),
    tile('latency', words.latency, time(point.p50), `p95 ${time(point.p95)} · p99 ${time(point.p99)}`),
    tile('atHand', words.atHand, number(point.atHand),
      `${words.refused(number(point.refused))} · ${words.cached(percent(point.cached))}`, point.refused > 0),
    total('signUps', number(recent.total('signUps'))),
    total('checkIns', number(recent.total('checkIns'))),
    total('hours', number(recent.total('minutes') / 60)),
  ];
}

function tableRow(words, row, alone) {
  const pool = row.open === null ? '–' : `${number(row.inUse)}/${number(row.open)} (${number(row.waiting)})`;
  const cells = [row.version ?? '–', moment(row.since), number(row.requests), number(row.failed), time(row.p99), number(row.atHand),
    number(row.queue), pool, time(row.outbox), time(row.lag), number(row.parked)];
  const name = element('th', '', row.target, ...(alone ? [] : [element('small', '', ` ${row.instance}`)]));
  name.scope = 'row';
  name.title = row.instance;
  const made = element('tr', row.state, name, element('td', 'state', words[row.state]), ...cells.map((text) => element('td', '', text)));
  made.dataset.target = row.target;
  return made;
}

function table(words, rows) {
  const names = ['service', 'state', 'version', 'since', 'requests', 'failed', 'p99', 'atHand', 'queue', 'pool', 'outbox', 'lag', 'parked'];
  const head = names.map((name) => Object.assign(element('th', '', words[name]), { scope: 'col', title: words[`${name}Hint`] ?? '' }));
  const alone = ({ target }) => rows.filter((row) => row.target === target).length === 1;
  const body = rows.map((row) => tableRow(words, row, alone(row)));
  return element('table', '', element('thead', '', element('tr', '', ...head)), element('tbody', '', ...body));
}

function verdict(words, problems) {
  const lines = problems.map((problem) => element('li', '', words.alerts[problem.alert](problem),
    element('small', '', ` ${words.runbook} ${runbookOf(problem.alert, words)}`)));
  const said = element('strong', '', lines.length === 0 ? words.fine : words.needed(lines.length));
  return lines.length === 0 ? [said] : [said, element('ul', '', ...lines)];
}

// Leaves what is the same as it stands: what was selected stays so, and nobody is read it again.
function replace(part, ...content) {
  const made = element('div', '', ...content);
  if (part.innerHTML !== made.innerHTML) part.replaceChildren(...made.childNodes);
}

// In their order; what each shows stands in #showCharts.
const CHARTS = { Requests: number, Latency: time, Pool: number, Waits: number, Lag: time, Business: number };

export class View {
  #parts = Object.fromEntries(['verdict', 'tiles', 'services', 'charts'].map((id) => [id, document.getElementById(id)]));
  #charts = Object.fromEntries(Object.entries(CHARTS).map(([name, format]) => [name, new Chart(this.#parts.charts, format)]));

  /** @param {import('./figures.mjs').Recent} recent one with a point */
  show(words, recent) {
    const problems = recent.problems();
    this.#parts.verdict.className = problems.length === 0 ? 'card fine' : 'card grave';
    replace(this.#parts.verdict, ...verdict(words, problems));
    replace(this.#parts.tiles, ...tiles(words, recent));
    replace(this.#parts.services, table(words, recent.rows()));
    this.#showCharts(words, recent.points);
  }

  #showCharts(words, points) {
    const times = points.map((point) => point.time);
    const line = (name) => points.map((point) => point[name]);
    const each = (name) => new Map(Object.keys(points.at(-1).services)
      .map((target) => [target, points.map(({ services }) => services[target]?.[name] ?? null)])
      .filter(([, values]) => values.some((value) => value !== null)));
    const show = (name, series) => this.#charts[name].show(words[`chart${name}`], series, times);
    show('Requests', new Map([['HTTP', line('http')], ['gRPC', line('grpc')], [words.seriesFailed, line('failed')]]));
    show('Latency', new Map(['p50', 'p95', 'p99'].map((name) => [name, line(name)])));
    show('Pool', each('inUse'));
    show('Waits', each('waits'));
    show('Lag', each('lag'));
    show('Business', new Map(['signUps', 'checkIns'].map((name) => [words[name], line(name)])));
  }
}
