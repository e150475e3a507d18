// Debian's Chromium without a window, for tests of pages.

import { chromium } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';
// As root it has no sandbox; and it asks nobody for anything of its own accord.
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

// A browser with a profile of its own, gone when it is closed.
export async function startBrowser() {
  try {
    return await chromium.launch({ executablePath: EXECUTABLE, headless: true, args: ARGUMENTS });
  } catch (error) {
    throw new Error(`Chromium does not start; \`tools/install.sh browser\` installs it: ${error.message}`);
  }
}

// Opens a page in `language` ("zh-CN") as its only one; `faults` fills with everything that goes wrong in it: errors, and what it
// writes to the console as such.
export async function openPage(browser, url, { language, viewport = { width: 1280, height: 900 } }) {
  const context = await browser.newContext({ locale: language, timezoneId: 'Asia/Shanghai', viewport });
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) faults.push(message.text()); });
  await page.goto(url);
  return { page, faults };
}
