// What /metrics of the four processes tell of the story.

import { until } from '../waiting.mjs';

// Which counter of which process must have grown, by how much at least.
const GROWN = [
  ['org_svc', /^grpc_server_handled_total\{(?=.*grpc_method="LogIn")(?=.*grpc_code="OK")/, 3],
  ['volunteer_svc', /^grpc_server_handled_total\{(?=.*grpc_method="CreateVolunteer")(?=.*grpc_code="OK")/, 40],
  ['volunteer_svc', /^grpc_server_handled_total\{(?=.*grpc_method="CreateCertificate")(?=.*grpc_code="OK")/, 1],
  ['activity_svc', /^grpc_server_handled_total\{(?=.*grpc_method="CreateRegistration")(?=.*grpc_code="OK")/, 40],
  ['activity_svc', /^grpc_server_handled_total\{(?=.*grpc_method="CheckIn")(?=.*grpc_code="OK")/, 30],
  ['gateway', /^http_server_requests_total\{(?=.*route="\/v1\/\{parent=shifts\/\*\}\/registrations")(?=.*"2)/, 40],
];

const read = async ({ metrics }) => (await fetch(`${metrics}/metrics`, { signal: AbortSignal.timeout(5000) })).text();

const sum = (text, pattern) => text.split('\n')
  .filter((line) => pattern.test(line))
  .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);

async function counters({ services }) {
  const texts = {};
  for (const name of Object.keys(services)) texts[name] = await read(services[name]);
  return { texts, values: GROWN.map(([name, pattern]) => sum(texts[name], pattern)) };
}

// To be called before the story; leaves story.countersBefore.
export async function remember(story) {
  story.countersBefore = (await counters(story.stack)).values;
}

export async function measure(story) {
  const { teller, stack, people } = story;
  teller.step('四个进程的 /metrics 都看得到这个故事 · /metrics of all four show it');
  const grown = ({ values }) => values.map((value, i) => value - story.countersBefore[i]);
  const enough = (now) => grown(now).every((growth, i) => growth >= GROWN[i][2]);
  let now;
  await until('the counters', async () => enough(now = await counters(stack)), 3000).catch(() => {});
  for (const [i, [name, pattern, least]] of GROWN.entries()) {
    const what = pattern.source.match(/(?:method|route)="([^"]+)"/)[1].replaceAll('\\', '');
    teller.proves(`${name}: ${what} +${grown(now)[i]}`, grown(now)[i] >= least, `+${least} expected`);
  }
  const texts = Object.values(now.texts).join('\n');
  const told = people.flatMap(({ person, name, number }) => [person.idNumber, person.phone, person.displayName, name, number])
    .filter((text) => texts.includes(text));
  teller.proves('指标里没有任何个人信息 · and they name nobody', told.length === 0, told.length);
}
