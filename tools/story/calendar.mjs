// Times of the day in the county, which lives by UTC+8 without summer time.

const OFFSET_MS = 8 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;
export const MINUTE_MS = 60 * 1000;
export const HOUR_MS = 60 * MINUTE_MS;

// A function (days, "08:30") → Date, counted in whole days from the county's date at `now`.
export function calendarFrom(now) {
  const midnight = Math.floor((now.getTime() + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;
  return (days, clock) => {
    const [hours, minutes] = clock.split(':').map(Number);
    return new Date(midnight + days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS);
  };
}

export const later = (time, milliseconds) => new Date(time.getTime() + milliseconds);

// "11-24 08:30" in the county.
export const inCounty = (time) => later(time, OFFSET_MS).toISOString().slice(5, 16).replace('T', ' ');
