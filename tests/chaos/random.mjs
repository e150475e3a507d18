// Reproducible randomness: the same seed makes the same choices.

// A function that draws the next number in [0, 1) (mulberry32).
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const pick = (random, items) => items[Math.floor(random() * items.length)];

export function shuffled(random, items) {
  const order = [...items];
  for (let i = order.length - 1; i > 0; --i) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

// WENMING_SEED, or a new one each time; a failing run is repeated with the one it printed.
export function chosenSeed() {
  const seed = process.env.WENMING_SEED ? Number(process.env.WENMING_SEED) : Date.now() % 2 ** 31;
  console.log(`seed ${seed} (./wenming test --seed ${seed} chaos repeats the choices)`);
  return seed;
}
