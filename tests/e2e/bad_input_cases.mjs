// Bad input, one line a case: who sends what, and how it must be refused. Functions get the fixture of bad_input_test.mjs.

const invalid = (field, rule) => ({ status: 400, code: 'INVALID_ARGUMENT', reason: rule, field, rule });
const precondition = (reason) => ({ status: 400, code: 'FAILED_PRECONDITION', reason });
const unauthenticated = (reason) => ({ status: 401, code: 'UNAUTHENTICATED', reason });
const denied = (reason) => ({ status: 403, code: 'PERMISSION_DENIED', reason });
const tooLarge = { status: 413, code: 'RESOURCE_EXHAUSTED', reason: 'BODY_TOO_LARGE' };
const notFound = { status: 404, code: 'NOT_FOUND', reason: 'NOT_FOUND' };

const unit = (change, f) => ({ code: 'HT-X1', level: 'LEVEL_STATION', parent: f.institute, displayName: '新站', ...change });
const activity = (change) => ({
  activity: { title: '讲座', content: '内容', method: 'METHOD_TEACH', themes: ['policy'], place: '活动中心', ...change },
});
const shift = (change) => ({
  shift: { post: '引导', startTime: '2031-05-01T01:00:00Z', endTime: '2031-05-01T03:00:00Z', capacity: 5, ...change },
});
const ID_NUMBER = '99999919900101123X';  // the check digit is wrong
const PHONE = '12400001234';
const person = (change) => ({
  volunteer: {
    displayName: '测试甲', idType: 'ID_TYPE_PASSPORT', idNumber: 'E12345678', phone: PHONE,
    birthDate: { year: 1990, month: 1, day: 1 }, ...change,
  },
});
const deep = (levels) => `${'{"unit":'.repeat(levels)}1${'}'.repeat(levels)}`;

// A case that differs from a good request in one field.
const post = (as, path, body) => (change, want, title) =>
  ({ title, as, send: (f) => ['POST', path(f), body(change, f)], want });
const POST_UNIT = post('center', () => '/v1/units', unit);
const POST_ACTIVITY = post('head', (f) => `/v1/${f.station}/activities`, activity);
const POST_SHIFT = post('head', (f) => `/v1/${f.draft}/shifts`, shift);
const POST_PERSON = post('head', (f) => `/v1/${f.station}/volunteers`, person);

export const CASES = [
  // Types, names and limits.
  POST_UNIT({ code: 5 }, invalid('unit.code', 'BAD_FORMAT'), 'a number where text belongs'),
  POST_UNIT({ colour: 'red' }, invalid('unit.colour', 'UNKNOWN_FIELD'), 'a field that does not exist'),
  POST_UNIT({ displayName: '站'.repeat(101) }, invalid('unit.display_name', 'TOO_LONG'), 'a name that is too long'),
  POST_UNIT({ displayName: '' }, invalid('unit.display_name', 'REQUIRED'), 'a name that is missing'),
  POST_UNIT({ level: 'LEVEL_MOON' }, invalid('unit.level', 'UNKNOWN_VALUE'), 'an enum value that does not exist'),
  POST_UNIT({ level: 'LEVEL_INSTITUTE' }, precondition('PARENT_LEVEL'), 'a parent of the wrong level'),
  POST_UNIT({ code: "X'; DROP TABLE units; --" }, invalid('unit.code', 'BAD_FORMAT'), 'a code that would be SQL'),
  POST_UNIT({ parent: 'units/../../etc/passwd' }, invalid('unit.parent', 'BAD_RESOURCE_NAME'), 'a parent that is a path'),
  POST_UNIT({ divisionCode: '14102410' }, invalid('unit.division_code', 'BAD_FORMAT'), 'a division code that is too short'),
  POST_UNIT({ openedDate: { year: 2026, month: 13, day: 1 } },
    invalid('unit.opened_date', 'BAD_FORMAT'), 'a thirteenth month'),
  POST_UNIT({ location: { latitude: 91, longitude: 0 } },
    invalid('unit.location.latitude', 'OUT_OF_RANGE'), 'a latitude beyond the pole'),
  POST_ACTIVITY({ themes: ['policy', 'thought', 'science', 'culture'] },
    invalid('activity.themes', 'TOO_MANY_ITEMS'), 'four themes'),
  POST_ACTIVITY({ themes: ['astrology'] }, invalid('activity.themes', 'UNKNOWN_THEME'), 'a theme that does not exist'),
  POST_ACTIVITY({ method: 'METHOD_PREVENT' },
    { ...precondition('METHOD_NOT_IN_FORCE'), names: ['防'] }, 'a method that is not in force'),
  POST_ACTIVITY({ fenceMetres: 5001 }, invalid('activity.fence_metres', 'OUT_OF_RANGE'), 'a fence of five kilometres'),
  POST_ACTIVITY({ title: '讲' }, invalid('activity.title', 'TOO_SHORT'), 'a title of one character'),
  POST_SHIFT({ startTime: 'tomorrow' }, invalid('shift.start_time', 'BAD_FORMAT'), 'a time in words'),
  POST_SHIFT({ endTime: '2031-05-01T00:59:00Z' }, invalid('shift.end_time', 'TIME_ORDER'), 'an end before the start'),
  POST_SHIFT({ endTime: '2031-05-02T01:00:01Z' }, invalid('shift.end_time', 'TIME_ORDER'), 'a shift of more than a day'),
  POST_SHIFT({ capacity: 0 }, invalid('shift.capacity', 'REQUIRED'), 'no places at all'),
  POST_SHIFT({ capacity: 99999999999 }, invalid('shift.capacity', 'BAD_FORMAT'), 'a number beyond 32 bits'),
  POST_SHIFT({ capacity: '7.5' }, invalid('shift.capacity', 'BAD_FORMAT'), 'half a place'),
  POST_PERSON({ idType: 'ID_TYPE_RESIDENT', idNumber: ID_NUMBER },
    { ...invalid('volunteer.id_number', 'BAD_FORMAT'), secrets: [ID_NUMBER, PHONE] }, 'an ID number with a wrong check digit'),
  POST_PERSON({ phone: '12345' }, invalid('volunteer.phone', 'BAD_FORMAT'), 'a phone number that is none'),
  POST_PERSON({ skills: Array(21).fill('书法') }, invalid('volunteer.skills', 'TOO_MANY_ITEMS'), 'too many skills'),

  // The envelope: JSON, UTF-8, size, query, path.
  {
    title: 'JSON that ends early', as: 'center',
    send: () => ['POST', '/v1/units', '{"code": "HT'],
    want: invalid('unit', 'BAD_JSON'),
  },
  {
    title: 'a list instead of an object', as: 'center',
    send: () => ['POST', '/v1/units', '[]'],
    want: invalid('unit', 'BAD_FORMAT'),
  },
  {
    title: 'a field twice', as: 'center',
    send: () => ['POST', '/v1/units', '{"code":"A1","code":"A2"}'],
    want: invalid('unit.code', 'BAD_FORMAT'),
  },
  {
    title: 'JSON a hundred thousand levels deep', as: 'center',
    send: () => ['POST', '/v1/units:import', deep(100000)],
    want: invalid('unit', 'UNKNOWN_FIELD'),
  },
  {
    title: 'text that is not UTF-8', as: 'center',
    send: () => ['POST', '/v1/units', Buffer.from('{"displayName":"\xff\xfe"}', 'latin1')],
    want: invalid('unit', 'INVALID_UTF8'),
  },
  {
    title: 'a body of twenty megabytes', as: 'center',
    send: () => ['POST', '/v1/units', `{"displayName":"${'x'.repeat(20 << 20)}"}`],
    want: tooLarge, chineseOnly: true,
  },
  {
    title: 'bytes that are not base64', as: 'admin',
    send: () => ['POST', '/v1/units:import', { csv: '***' }],
    want: invalid('csv', 'BAD_FORMAT'),
  },
  {
    title: 'a query parameter that does not exist', as: 'anonymous',
    send: () => ['GET', '/v1/units?colour=red'],
    want: invalid('colour', 'UNKNOWN_FIELD'),
  },
  {
    title: 'a page of minus one', as: 'anonymous',
    send: () => ['GET', '/v1/units?pageSize=-1'],
    want: invalid('page_size', 'OUT_OF_RANGE'),
  },
  {
    title: 'a page token of another make', as: 'anonymous',
    send: () => ['GET', '/v1/units?pageToken=abc'],
    want: invalid('page_token', 'BAD_PAGE_TOKEN'),
  },
  {
    title: 'a resource name that would be SQL', as: 'anonymous',
    send: () => ['GET', `/v1/units/${encodeURIComponent("1' OR '1'='1")}`],
    want: invalid('name', 'BAD_RESOURCE_NAME'),
  },
  {
    title: 'a broken percent sign', as: 'anonymous',
    send: () => ['GET', '/v1/units/%zz'],
    want: invalid('name', 'BAD_FORMAT'),
  },
  {
    title: 'a resource name of another collection', as: 'head',
    send: (f) => ['POST', `/v1/${f.station}/activities`, activity({ team: 'units/0123456789ABC' })],
    want: invalid('activity.team', 'BAD_RESOURCE_NAME'),
  },
  { title: 'a unit that does not exist', as: 'anonymous', send: () => ['GET', '/v1/units/0123456789ABC'], want: notFound },
  {
    title: 'an address that does not exist', as: 'anonymous',
    send: () => ['GET', '/v1/moons'],
    want: { status: 404, code: 'NOT_FOUND', reason: 'UNKNOWN_METHOD' },
  },
  {
    title: 'a verb that the address does not have', as: 'anonymous',
    send: () => ['PUT', '/v1/units', {}],
    want: { status: 405, code: 'UNIMPLEMENTED', reason: 'METHOD_NOT_ALLOWED' },
  },
  {
    title: 'a request id that is too short', as: 'volunteer',
    send: (f) => ['POST', `/v1/${f.shift}/registrations`, { requestId: 'abc' }],
    want: invalid('request_id', 'BAD_FORMAT'),
  },
  {
    title: 'an update of a field that does not exist', as: 'head',
    send: (f) => ['PATCH', `/v1/${f.draft}?updateMask=colour`, { title: '讲座' }],
    want: invalid('update_mask.colour', 'UNKNOWN_VALUE'),
  },

  // Who calls.
  {
    title: 'no token', as: 'anonymous',
    send: (f) => ['POST', '/v1/units', unit({}, f)],
    want: unauthenticated('TOKEN_MISSING'),
  },
  {
    title: 'a token that is garbage', as: 'forged',
    send: (f) => ['POST', '/v1/units', unit({}, f)],
    want: unauthenticated('TOKEN_INVALID'),
  },
  {
    title: 'a wrong password', as: 'anonymous',
    send: () => ['POST', '/v1/auth:password', { username: 'admin', password: 'correct horse' }],
    want: { ...unauthenticated('BAD_CREDENTIALS'), secrets: ['correct horse'] },
  },
  {
    title: 'a user name that would be SQL', as: 'anonymous',
    send: () => ['POST', '/v1/auth:password', { username: "admin' --", password: 'correct horse' }],
    want: unauthenticated('BAD_CREDENTIALS'),
  },
  {
    title: 'staff where volunteers belong', as: 'head',
    send: (f) => ['POST', `/v1/${f.shift}/registrations`, {}],
    want: denied('AUDIENCE'),
  },
  {
    title: 'a station of somebody else', as: 'head',
    send: (f) => ['POST', `/v1/${f.otherStation}/activities`, activity()],
    want: denied('PERMISSION'),
  },
  {
    title: 'another volunteer’s record', as: 'volunteer',
    send: (f) => ['GET', `/v1/${f.otherVolunteer}`],
    want: denied('NOT_YOURS'),
  },
  {
    title: 'a certificate code that was guessed', as: 'anonymous',
    send: () => ['GET', "/v1/certificates:verify?code=' OR 1=1 --"],
    want: notFound,
  },
  {
    title: 'a clock header that is no time', as: 'volunteer', headers: { 'x-wenming-now': 'yesterday' },
    send: (f) => ['POST', `/v1/${f.shift}/registrations`, {}],
    want: invalid('x-wenming-now', 'BAD_FORMAT'),
  },
];
