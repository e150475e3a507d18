// Lines over the last quarter of an hour, drawn by uPlot.

import { KEPT_SECONDS } from './figures.mjs';

const HEIGHT = 150;
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const element = (tag, className, text = '') => Object.assign(document.createElement(tag), { className, textContent: text });
const clock = (seconds) => new Date(seconds * 1000).toTimeString().slice(0, 5);

export class Chart {
  #plot = null;
  #figure = element('figure', 'card chart');
  #title = element('span', 'title');
  #legend = element('span', 'legend');
  #place = element('div', 'plot');
  #format;
  #names = [];
  #data = [];

  /**
   * @param {HTMLElement} parent
   * @param {((value: number | null) => string) & {least: number}} format with the least that the upper end of the axis is
   */
  constructor(parent, format) {
    this.#format = format;
    const caption = element('figcaption', '');
    caption.append(this.#title, this.#legend);
    this.#figure.append(caption, this.#place);
    parent.append(this.#figure);
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#place);
  }

  /**
   * @param {string} title
   * @param {Map<string, (number | null)[]>} series by their names, as long as the times
   * @param {number[]} times in seconds
   */
  show(title, series, times) {
    this.#title.textContent = title;
    const names = [...series.keys()];
    this.#data = [times, ...series.values()];
    if (this.#plot === null || names.join('\n') !== this.#names.join('\n')) this.#make(names);
    else this.#plot.setData(this.#data);
    this.#tell(null);
  }

  #size() { return { width: Math.max(this.#place.clientWidth, 100), height: HEIGHT }; }

  #make(names) {
    this.#plot?.destroy();
    this.#names = names;
    this.#legend.replaceChildren(...names.map((_, i) => element('span', `line${i + 1}`)));
    const grid = { stroke: () => css('--rule'), width: 1 };
    const axis = { stroke: () => css('--faint'), grid, ticks: { show: false }, font: '11px system-ui, sans-serif' };
    this.#plot = new uPlot({
      ...this.#size(),
      legend: { show: false },
      cursor: { y: false, drag: { x: false } },
      scales: {
        x: { range: (_, low, high) => [high - KEPT_SECONDS, high] },
        y: { range: (_, low, high) => [0, Math.max(high * 1.1, this.#format.least)] },
      },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map(clock), size: 26 },
        { ...axis, values: (_, ticks) => ticks.map(this.#format), size: 58 },
      ],
      series: [{}, ...names.map((_, i) => ({ stroke: () => css(`--line${i + 1}`), width: 1.5, points: { show: false } }))],
      hooks: { setCursor: [({ cursor: { idx } }) => this.#tell(idx)] },
    }, this.#data, this.#place);
  }

  // Says the values at that place, or the last ones.
  #tell(index) {
    const at = index ?? this.#data[0].length - 1;
    [...this.#legend.children].forEach((label, i) => {
      label.textContent = `${this.#names[i]} ${this.#format(this.#data[i + 1][at] ?? null)}`;
    });
  }
}
