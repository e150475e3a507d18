// The setting of the chaos tests: an activity that is open for sign-up, and volunteers who are logged in and known.

import { query } from '../../tools/local/database.mjs';
import { draft, move } from '../../tools/story/activities.mjs';
import { actAs } from '../../tools/story/people.mjs';
import { mapWide, onceKnown, until } from '../../tools/story/waiting.mjs';

// Publishes an activity of station1 with these shifts; resolves with their names.
export async function openActivity(stack, shifts) {
  const [head, institute] = await Promise.all(['station1', 'institute1'].map((login) => stack.enter(login)));
  const plan = { title: '抢名额', content: '看谁报得上', method: 'METHOD_HELP', themes: ['policy'], place: '广场', shifts };
  const made = await onceKnown('the station to be known', () => draft(head, stack.account('station1').unit_name, plan));
  await move(head, made.activity.name, 'SUBMIT');
  await move(institute, made.activity.name, 'PUBLISH');
  return made.shifts;
}

// All volunteers of the demo, each with a session: [{ name, self }].
export async function logInAll(stack) {
  const center = await stack.enter('center');
  const list = `/v1/${stack.account('center').unit_name}/volunteers`;
  const volunteers = await center.list(list, 'volunteers');
  return mapWide(volunteers, 16, async ({ name }) => ({ name, self: await actAs(stack.session, name) }));
}

// Waits until activity_svc has heard of every volunteer.
export const untilKnown = (stack, volunteers) => until('the volunteers to be known', async () => {
  const socket = stack.record.database.socket;
  return Number(query(socket, 'SELECT COUNT(*) FROM wenming_activity.volunteers')[0][0]) >= volunteers.length;
}, 20000);
