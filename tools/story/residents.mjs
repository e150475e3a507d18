// The volunteers of the demo: drawn from a seed, spread over the stations.

import { generateVolunteers } from '../volunteers.mjs';
import { consentDocuments, register } from './people.mjs';
import { mapWide } from './waiting.mjs';

const AT_ONCE = 16;

// Registers `count` people; the same seed means the same people and the same request ids, so that a repetition changes
// nothing. Resolves with [volunteers as the API gives them (null for those registered otherwise), outcome in words].
export async function registerVolunteers(staff, county, count, seed) {
  const people = generateVolunteers(count, seed);
  const documents = county.stations.length > 0 ? await consentDocuments(staff, county.stations[0].name) : new Map();
  let done = 0;
  const registered = await mapWide(people, AT_ONCE, async (person, i) => {
    const station = county.stations[i % county.stations.length].name;
    const volunteer = await register(staff, station, person, { requestId: `demo-${seed}-volunteer-${i}`, documents });
    if (++done % 200 === 0 && done < count) console.log(`     ${done} of ${count} volunteers`);
    return volunteer;
  });
  return [registered, `${count} registered over ${county.stations.length} stations`];
}
