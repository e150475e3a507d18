// Reads what /ops/metrics answers: of each process the values of its series at one moment.

/**
 * What /ops/metrics answers: {time: seconds, instances: [{target, instance, up, samples: {'name{label="value"}': number}}]}.
 * @typedef {{time: number, instances: {target: string, instance: string, up: boolean, samples: Record<string, number>}[]}} Report
 * @typedef {{key: string, labels: Record<string, string>, value: number}} Sample
 * @typedef {{target: string, instance: string, up: boolean, families: Map<string, Sample[]>}} Instance
 * @typedef {{time: number, instances: Instance[]}} Moment
 */

const known = new Map();

// Series keep their names, so each is taken apart once.
function seriesOf(key) {
  let series = known.get(key);
  if (series !== undefined) return series;
  const labels = {};
  for (const [, label, value] of key.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
    labels[label] = value.replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter));
  }
  series = { name: key.replace(/\{.*$/s, ''), labels };
  known.set(key, series);
  return series;
}

/**
 * The report with its samples by the name of their family.
 * @param {Report} report
 * @returns {Moment}
 */
export function momentOf(report) {
  const instances = report.instances.map(({ target, instance, up, samples }) => {
    const families = new Map();
    for (const [key, value] of Object.entries(samples)) {
      const { name, labels } = seriesOf(key);
      if (!families.has(name)) families.set(name, []);
      families.get(name).push({ key, labels, value });
    }
    return { target, instance, up, families };
  });
  return { time: report.time, instances };
}

const fits = (labels, match) => Object.entries(match).every(([label, wanted]) =>
  (wanted instanceof RegExp ? wanted.test(labels[label] ?? '') : labels[label] === wanted));

/**
 * The samples of a family whose labels fit: a text means equal, a RegExp found.
 * @param {Instance} instance
 * @param {string} name
 * @param {Record<string, string | RegExp>} match
 * @returns {Sample[]}
 */
export function samplesOf(instance, name, match = {}) {
  return (instance.families.get(name) ?? []).filter(({ labels }) => fits(labels, match));
}

/**
 * The value that the share q of all observations does not exceed, as Prometheus' histogram_quantile has it: within a bucket
 * observations are taken to lie evenly. null where there are none.
 * @param {number} q
 * @param {Map<number, number>} buckets how many observations were at most the key; the last key is Infinity
 */
export function quantile(q, buckets) {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (!(total > 0)) return null;
  const rank = q * total;
  let [low, below] = [0, 0];
  for (const [bound, count] of sorted) {
    if (count >= rank && count > below) return bound === Infinity ? low : low + (bound - low) * ((rank - below) / (count - below));
    [low, below] = [bound, count];
  }
  return low;
}

/**
 * What some processes have done between two moments. Of one that was restarted in between all counts since its start;
 * one that is missing at either moment, or was not up, counts as not there.
 */
export class Span {
  #pairs;
  #now;

  /**
   * @param {Moment} then
   * @param {Moment} now
   * @param {(instance: Instance) => boolean} belongs
   */
  constructor(then, now, belongs = () => true) {
    this.time = now.time;
    this.seconds = now.time - then.time;
    this.#now = now.instances.filter((instance) => instance.up && belongs(instance));
    this.#pairs = this.#now.flatMap((after) => {
      const before = then.instances.find(({ target, instance }) => target === after.target && instance === after.instance);
      return before?.up ? [{ before, after }] : [];
    });
  }

  // Whether there is anything to compare.
  get empty() { return this.#pairs.length === 0 || !(this.seconds > 0); }

  // By how much each series of a counter has grown: [labels, growth]…
  #growth(name, match) {
    return this.#pairs.flatMap(({ before, after }) => {
      const earlier = isSameProcess(before, after) ? new Map(samplesOf(before, name).map(({ key, value }) => [key, value])) : new Map();
      return samplesOf(after, name, match).map(({ key, labels, value }) => {
        const was = earlier.get(key) ?? 0;
        return /** @type {const} */ ([labels, value >= was ? value - was : value]);
      });
    });
  }

  // By how much counters have grown, added up; null where there is nothing to compare.
  increase(name, match = {}) {
    return this.empty ? null : this.#growth(name, match).reduce((sum, [, growth]) => sum + growth, 0);
  }

  // The same a second.
  rate(name, match = {}) {
    const increase = this.increase(name, match);
    return increase === null ? null : increase / this.seconds;
  }

  // The buckets of histograms with the same bounds, added up: the Map that quantile takes.
  buckets(names, match = {}) {
    const buckets = new Map();
    for (const name of this.empty ? [] : names) {
      for (const [{ le }, growth] of this.#growth(`${name}_bucket`, match)) {
        const bound = le === '+Inf' ? Infinity : Number(le);
        buckets.set(bound, (buckets.get(bound) ?? 0) + growth);
      }
    }
    return buckets;
  }

  // Gauges as they are now: all values with their labels, and their sum; null where there are none.
  values(name, match = {}) { return this.#now.flatMap((instance) => samplesOf(instance, name, match)); }
  sum(name, match = {}) {
    const values = this.values(name, match);
    return values.length === 0 ? null : values.reduce((sum, { value }) => sum + value, 0);
  }
}

const START = 'process_start_time_seconds';
const startOf = (instance) => samplesOf(instance, START)[0]?.value;
const isSameProcess = (before, after) => startOf(before) === startOf(after);
