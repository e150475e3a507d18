import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectorsOf, withoutFilters } from './promql.mjs';

test('selectors are names with their labels, without ranges, functions and lists of labels', () => {
  const table = [
    ['up', ['up']],
    ['sum by (job, le) (rate(a_bucket{x="y",code=~"5.."}[5m])) > 0', ['a_bucket{x="y",code=~"5.."}']],
    ['sum(a{l="1"}) or 0 * sum(b)', ['a{l="1"}', 'b']],
    ['w:x:ratio1h > 14.4 * 0.001 and on () w:x:rate1h * 3600 >= 10', ['w:x:ratio1h', 'w:x:rate1h']],
    ['histogram_quantile(0.99, sum by (le) (a)) and a', ['a']],
    ['absent(up{job="gateway"})', ['up{job="gateway"}']],
    ['sum(a) / sum by (job) (b{state="open"} > 0)', ['a', 'b{state="open"}']],
  ];
  for (const [expr, selectors] of table) assert.deepEqual(selectorsOf(expr), selectors, expr);
});

test('comparisons answer instead of leaving out', () => {
  assert.equal(withoutFilters('a{x!="y"} > 1 and b == bool 0'), 'a{x!="y"} > bool 1 and b == bool 0');
  assert.equal(withoutFilters('a / (b > 0)'), 'a / (b > bool 0)');
});
