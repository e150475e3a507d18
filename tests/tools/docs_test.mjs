// The documentation, read as a reader would use it: every link leads somewhere, and each page has a Chinese version, X.zh-CN.md
// beside X.md, that says the same: section by section the same commands, names in code, numbers, tables and links.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT, succeed } from './support.mjs';

const CHINESE = '.zh-CN.md';
const chineseOf = (page) => page.replace(/\.md$/, CHINESE);
const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const FILES = succeed('git', ['-C', ROOT, 'ls-files', '--cached', '--others', '--exclude-standard', '*.md']).split('\n').sort();
// The pages for people; the other README.md are notes beside code, and the list of changes is that of releases.
const isPage = (file) => file === 'README.md' || file === 'k8s/README.md' || /^docs\/.*(?<!\.zh-CN)\.md$/.test(file);
const pages = FILES.filter(isPage);

// A page as its sections, each { level, title, text, blocks }: text between ``` is no prose, and stands in blocks where a
// language is named; without one it is a drawing.
function sectionsOf(markdown) {
  const sections = [{ level: 0, title: '', text: '', blocks: [] }];
  let block = null;
  for (const line of markdown.split('\n')) {
    const section = sections.at(-1);
    const [, language] = /^\s*```(.*)$/.exec(line) ?? [];
    if (language !== undefined && block) {
      if (block.language) section.blocks.push(block.lines.join('\n'));
      block = null;
    } else if (language !== undefined) {
      block = { language, lines: [] };
    } else if (block) {
      block.lines.push(line);
    } else if (/^#+ /.test(line)) {
      sections.push({ level: line.indexOf(' '), title: line.replace(/^#+ /, ''), text: '', blocks: [] });
    } else {
      section.text += `${line}\n`;
    }
  }
  return sections;
}

// The name that a heading has in links: as GitHub makes it.
const anchorOf = (title) => title.toLowerCase().replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '').trim().replace(/\s/g, '-');

const linksOf = (text) => [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to).filter((to) => !/^[a-z]+:/.test(to));

// What a translation keeps as it is. Comments in commands are for people, so they may differ.
const setOf = (values) => [...new Set(values)].sort();
const codeOf = (text) => setOf([...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code));
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const MONTH = new RegExp(`(?<=\\d\\s)(${MONTHS.join('|')})(?=\\s\\d)`, 'g');
const numbersOf = (text) => {
  const prose = text.replace(/`[^`]*`/g, '').replace(/\]\([^)]*\)/g, ']').replace(MONTH, (month) => MONTHS.indexOf(month) + 1);
  return setOf(prose.match(/\d[\d,.:]*\d/g) ?? []);
};
const rowsOf = (text) => text.split('\n').filter((line) => /^\s*\|/.test(line)).map((line) => line.split(/(?<!\\)\|/).length);
const commandsOf = (blocks) => blocks.map((block) => block.replace(/(^|\s)#\s.*$/gm, '').replace(/[ \t]+$/gm, ''));
const targetsOf = (text) => setOf(linksOf(text).map((to) => to.replace(/#.*/, '').replace(CHINESE, '.md')).filter(Boolean));

test('every link leads to a file, and to a heading that stands in it', () => {
  const broken = [];
  for (const file of FILES) {
    const text = sectionsOf(read(file)).map((section) => `${section.title}\n${section.text}`).join('\n');
    for (const link of linksOf(text)) {
      const [to, anchor] = link.split('#');
      const target = to ? path.join(path.dirname(file), to) : file;
      if (!fs.existsSync(path.join(ROOT, target))) {
        broken.push(`${file}: ${link}`);
      } else if (anchor) {
        const anchors = sectionsOf(read(target)).map(({ title }) => anchorOf(title));
        if (!anchors.includes(decodeURIComponent(anchor))) broken.push(`${file}: ${link}`);
      }
    }
  }
  assert.deepEqual(broken, []);
});

test('there are pages', () => assert.ok(pages.length > 25, `${pages.length} pages`));

for (const page of pages) {
  test(`${chineseOf(page)} says what ${page} says`, () => {
    const [ours, theirs] = [page, chineseOf(page)].map((file) => sectionsOf(read(file)));
    assert.deepEqual(theirs.map(({ level }) => level), ours.map(({ level }) => level), 'the headings differ');
    for (const [index, { title, text, blocks }] of theirs.entries()) {
      const original = ours[index];
      assert.deepEqual(commandsOf(blocks), commandsOf(original.blocks), `“${title}”: the blocks of code differ`);
      assert.deepEqual(codeOf(text), codeOf(original.text), `“${title}”: the names in code differ`);
      assert.deepEqual(numbersOf(text), numbersOf(original.text), `“${title}”: the numbers differ`);
      assert.deepEqual(rowsOf(text), rowsOf(original.text), `“${title}”: the tables differ`);
      assert.deepEqual(targetsOf(text), targetsOf(original.text), `“${title}”: the links differ`);
    }
  });
}

test('a Chinese page sends its reader to Chinese pages', () => {
  const strays = [];
  for (const file of FILES.filter((name) => name.endsWith(CHINESE))) {
    for (const { text } of sectionsOf(read(file))) {
      for (const link of linksOf(text)) {
        const to = path.normalize(path.join(path.dirname(file), link.split('#')[0]));
        // The page itself in the other language is the way out of it.
        if (isPage(to) && chineseOf(to) !== file) strays.push(`${file}: ${link}`);
      }
    }
  }
  assert.deepEqual(strays, []);
});
