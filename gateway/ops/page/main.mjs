// The page /ops: logs in, asks every three seconds, shows.

import { Recent } from './figures.mjs';
import { Refused, Session } from './session.mjs';
import { View } from './view.mjs';
import { WORDS, languageOf } from './words.mjs';

const INTERVAL_MS = 3000;
const FIRST_INTERVAL_MS = 1100;  // reports are of the same second before; two make the first figures
const $ = (id) => document.getElementById(id);

const session = new Session(languageOf(navigator.language));
let recent = new Recent();
let silentSince = null;  // the time of the last report, once the gateway stops answering
let view = null;
let timer = null;

const words = () => WORDS[session.language];
const clock = (seconds) => new Date(seconds * 1000).toTimeString().slice(0, 8);

function showWords() {
  document.documentElement.lang = session.language;
  document.title = words().title;
  for (const part of document.querySelectorAll('[data-word]')) part.textContent = words()[part.dataset.word];
}

function show() {
  const inside = session.loggedIn;
  $('door').hidden = inside;
  $('log-out').hidden = !inside;
  const point = recent.points.at(-1);
  $('board').hidden = !inside || point === undefined;
  $('moment').className = silentSince === null ? '' : 'silent';
  $('moment').textContent = !inside ? '' : silentSince !== null ? words().noAnswer(clock(silentSince))
    : point === undefined ? words().loading : words().asOf(clock(point.time));
  if ($('board').hidden) return;
  view ??= new View();
  view.show(words(), recent);
}

function leave(message = '') {
  clearTimeout(timer);
  recent = new Recent();
  silentSince = null;
  $('refusal').textContent = message;
  show();
}

async function look() {
  const mine = recent;  // another one once somebody has left
  try {
    const report = await session.get('ops/metrics');
    if (mine !== recent) return;
    recent.add(report);
    silentSince = null;
  } catch (error) {
    if (mine !== recent) return;
    if (!session.loggedIn) return leave(error.message);
    if (error instanceof Refused && error.status === 403) {
      await session.logOut().catch(() => {});
      return leave(error.message);
    }
    silentSince ??= recent.points.at(-1)?.time ?? Date.now() / 1000;
  }
  try {
    show();
  } finally {
    timer = setTimeout(look, recent.points.length > 0 ? INTERVAL_MS : FIRST_INTERVAL_MS);
  }
}

$('door').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { username, password, totp } = $('door').elements;
  $('refusal').textContent = '';
  $('enter').disabled = true;
  try {
    await session.logIn(username.value, password.value, totp.value);
    $('door').reset();
    show();
    await look();
  } catch (error) {
    $('refusal').textContent = error.message;
  } finally {
    $('enter').disabled = false;
  }
});

$('log-out').addEventListener('click', async () => {
  await session.logOut().catch(() => {});
  leave();
});

$('language').addEventListener('click', () => {
  session.language = session.language === 'en' ? 'zh-CN' : 'en';
  showWords();
  show();
});

showWords();
show();
