// Activities and what happens to their shifts, one call each.

// The middle of the fence in the stories: the county town, in WGS 84. 300 m around it count as being there.
export const PLACE = { latitude: 36.2536, longitude: 111.6746 };
export const FAR_AWAY = { latitude: PLACE.latitude + 0.0101, longitude: PLACE.longitude };  // 1.1 km north

// Drafts an activity at a unit with its shifts; { activity, shifts } as the API gives them. With a `key`, a repetition
// changes nothing.
export async function draft(staff, unit, { shifts, ...activity }, key) {
  const id = (part) => key && { requestId: `${key}-${part}` };
  const created = await staff.post(`/v1/${unit}/activities`, { activity, ...id('activity') });
  const made = [];
  for (const [i, shift] of shifts.entries()) {
    made.push(await staff.post(`/v1/${created.name}/shifts`, { shift, ...id(`shift-${i}`) }));
  }
  return { activity: created, shifts: made };
}

// `what` is the name of a move: "SUBMIT", "PUBLISH", ….
export const move = (staff, activity, what, reason) =>
  staff.post(`/v1/${activity}:move`, { move: `MOVE_${what}`, ...(reason && { reason }) });

export const signUp = (volunteer, shift, requestId) =>
  volunteer.post(`/v1/${shift}/registrations`, requestId ? { requestId } : {});

export const checkCode = async (staff, shift) => (await staff.get(`/v1/${shift}/checkCode`)).code;

// What the phone of a volunteer sees at the place (or elsewhere).
export const evidence = (code, deviceId, { location = PLACE, captureTime } = {}) => ({
  code, location, accuracyMetres: 15, deviceId, ...(captureTime && { captureTime: captureTime.toISOString() }),
});

export const checkIn = (volunteer, registration, seen) =>
  volunteer.post(`/v1/${registration}:checkIn`, { evidence: seen });

export const checkOut = (volunteer, registration, seen) =>
  volunteer.post(`/v1/${registration}:checkOut`, { evidence: seen });

// Presence at a whole shift, both ends scanned: `at` moves a session in time.
export async function attend(staff, volunteer, registration, shift, deviceId) {
  for (const [end, act] of [[shift.startTime, checkIn], [shift.endTime, checkOut]]) {
    const time = new Date(end);
    const code = await checkCode(staff.at(time), shift.name);
    await act(volunteer.at(time), registration, evidence(code, deviceId));
  }
}
