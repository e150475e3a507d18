// Items by a key of theirs: a Map from key to the items in their order.
export function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
}

export const placeOf = ({ volunteer, shift }) => `${volunteer} in ${shift}`;
