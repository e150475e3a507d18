// As much of PromQL as it takes to ask what an expression is made of.

const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan']);
const withoutLabelLists = (expr) => expr.replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');

// The vector selectors of an expression: name{labels}, without its range.
export function selectorsOf(expr) {
  const bare = withoutLabelLists(expr).replace(/\[[^\]]*\]/g, ' ');
  const found = [];
  for (const [, name, labels = ''] of bare.matchAll(/(?<![\w:."])([a-zA-Z_:][\w:]*)(?![\w:])(?!\s*\()\s*(\{[^}]*\})?/g)) {
    if (!KEYWORDS.has(name.toLowerCase())) found.push(name + labels);
  }
  return [...new Set(found)];
}

// The same expression with comparisons that answer 0 or 1 instead of leaving out what does not hold, so that an alert that is
// silent answers too when there is anything for it to judge.
export const withoutFilters = (expr) => expr.replace(/\s(==|!=|>=|<=|>|<)\s+(?!bool\b)/g, ' $1 bool ');
