// The people drawn for the demo: real in form, nobody in fact.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageOf, checkDigit, generateVolunteers, guardianOf } from '../../tools/volunteers.mjs';

const SEED = 141024;
const people = generateVolunteers(800, SEED);
const birthDate = ({ idNumber }) => {
  const [, year, month, day] = /^.{6}(\d{4})(\d{2})(\d{2})/.exec(idNumber).map(Number);
  return new Date(Date.UTC(year, month - 1, day));
};

test('the check digit of GB 11643', () => {
  assert.equal(checkDigit('11010519491231002'), 'X');
  assert.equal(checkDigit('44052418800101001'), '4');
});

test('the same seed means the same people, whatever their number', () => {
  assert.deepEqual(generateVolunteers(60, SEED), people.slice(0, 60));
  assert.notDeepEqual(generateVolunteers(60, SEED + 1), people.slice(0, 60));
  assert.deepEqual(generateVolunteers(0, SEED), []);
});

test('ID numbers are valid, unique and under a prefix that belongs to no place', () => {
  for (const { idNumber } of people) {
    assert.match(idNumber, /^999999\d{11}[\dX]$/);
    assert.equal(idNumber[17], checkDigit(idNumber.slice(0, 17)));
  }
  assert.equal(new Set(people.map(({ idNumber }) => idNumber)).size, people.length);
});

test('birth dates are days of the calendar', () => {
  for (const person of people) {
    assert.equal(birthDate(person).toISOString().slice(0, 10).replaceAll('-', ''), person.idNumber.slice(6, 14));
  }
});

test('phones have 11 digits, are unique and assigned to nobody', () => {
  for (const { phone } of people) assert.match(phone, /^124\d{8}$/);
  assert.equal(new Set(people.map(({ phone }) => phone)).size, people.length);
});

test('mostly adults and a few minors', () => {
  const minors = people.filter((person) => 2026 - birthDate(person).getUTCFullYear() < 18);
  assert.ok(minors.length >= 8 && minors.length <= 60, `${minors.length} minors`);
  const youngest = Math.max(...minors.map((person) => birthDate(person).getUTCFullYear()));
  assert.ok(2026 - youngest >= 10);
});

test('names, skills and categories are as the contract takes them', () => {
  for (const { displayName, skills, serviceCategories } of people) {
    assert.match(displayName, /^[\u4e00-\u9fff]{2,4}$/);
    for (const list of [skills, serviceCategories]) {
      assert.ok(list.length <= 3 && new Set(list).size === list.length);
    }
  }
});

test('ages are counted in whole years, in China', () => {
  const born = (date) => ({ idNumber: `999999${date}0011` });
  assert.equal(ageOf(born('20080501'), new Date('2026-04-30T16:00:00Z')), 18);
  assert.equal(ageOf(born('20080501'), new Date('2026-04-30T15:59:59Z')), 17);
});

test('a minor has an adult guardian, always the same', () => {
  for (const person of people.filter((one) => ageOf(one, new Date('2026-06-01')) < 18)) {
    const guardian = guardianOf(person);
    assert.deepEqual(guardianOf(person), guardian);
    assert.ok(ageOf(guardian.idDocument, new Date('2026-06-01')) >= 18);
    assert.equal(guardian.idDocument.idNumber[17], checkDigit(guardian.idDocument.idNumber.slice(0, 17)));
    assert.match(guardian.displayName, /^[\u4e00-\u9fff]{3}$/);
  }
});
