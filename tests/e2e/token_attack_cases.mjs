// Attacks on access tokens, one a case: what is sent, and exactly what comes back. Functions get the Forger of the test.
//
// A case has `token` (the text behind "Bearer "), `authorization` (the whole value, or several) or `headers` (all that say who
// calls); the rest is good. `want` is what both fronts answer, unless `grpc` is false: then the case is one of HTTP alone.

import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { base64url, es256 } from './forger.mjs';

export const OK = { status: 200, code: 0 };
const INVALID = { status: 401, code: 16, reason: 'TOKEN_INVALID' };
const EXPIRED = { status: 401, code: 16, reason: 'TOKEN_EXPIRED' };
const MISSING = { status: 401, code: 16, reason: 'TOKEN_MISSING' };
const CERTIFICATE = { status: 401, code: 16, reason: 'CLIENT_CERTIFICATE' };
const AUDIENCE = { status: 403, code: 7, reason: 'AUDIENCE' };

const ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');  // of P-256
const number = (bytes) => BigInt(`0x${bytes.toString('hex')}`);
const bytes32 = (value) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
// The other signature of the same text.
const otherS = (signature) => Buffer.concat([signature.subarray(0, 32), bytes32(ORDER - number(signature.subarray(32)))]);

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const pem = (f) => f.keys.org_svc.publicKey.export({ format: 'pem', type: 'spki' });
const der = (f) => f.keys.org_svc.publicKey.export({ format: 'der', type: 'spki' });
const hmac = (hash, secret) => (text) => createHmac(hash, secret).update(text).digest();
const good = (f, text) => es256(f.keys.org_svc.key, text);

// Groups: a name and a function of the Forger, all refused as no token of ours.
const group = (title, want, cases) => cases.map(([name, token]) => ({ title: `${title}: ${name}`, token, want }));
const header = (cases) => group('header', INVALID, cases.map(([name, change]) =>
  [name, (f) => f.token({ header: typeof change === 'function' ? change(f) : f.header(change) })]));
const payload = (want, cases) => group('payload', want, cases.map(([name, change]) =>
  [name, (f) => f.token({ payload: typeof change === 'function' ? change(f) : f.payload(change) })]));
const exp = (text) => (f) => f.payload().replace(/"exp":\d+/, `"exp":${text}`);
const more = (member) => (f) => f.payload().replace(/}$/, `,${member}}`);

const ALGORITHMS = [
  ...['none', 'None', 'NONE', 'nOnE', '', null].map((alg) =>
    [`alg ${JSON.stringify(alg)}, unsigned`, (f) => f.token({ header: f.header({ alg }), signer: () => '' })]),
  ['alg none with a good signature', (f) => f.token({ header: f.header({ alg: 'none' }) })],
  ['alg none in two parts', (f) => f.token({ header: f.header({ alg: 'none' }), signer: () => '' }).slice(0, -1)],
  ...['sha256', 'sha384', 'sha512'].flatMap((hash) => [['PEM', pem], ['DER', der]].map(([form, secret]) =>
    [`HS${hash.slice(3)} with the public key's ${form}`, (f) =>
      f.token({ header: f.header({ alg: `HS${hash.slice(3)}` }), signer: hmac(hash, secret(f)) })])),
  ['HS256 with the public key, called ES256', (f) => f.token({ signer: hmac('sha256', pem(f)) })],
  ['HS256 with an empty secret', (f) => f.token({ header: f.header({ alg: 'HS256' }), signer: hmac('sha256', '') })],
  ['HS256 with the kid as the secret', (f) => f.token({ header: f.header({ alg: 'HS256' }), signer: hmac('sha256', f.kid()) })],
  ['RS256', (f) => f.token({ header: f.header({ alg: 'RS256' }), signer: (text) => sign('sha256', Buffer.from(text), rsa.privateKey) })],
  ['PS256', (f) => f.token({
    header: f.header({ alg: 'PS256' }),
    signer: (text) => sign('sha256', Buffer.from(text), { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }),
  })],
  ['ES384', (f) => f.token({
    header: f.header({ alg: 'ES384' }),
    signer: (text) => sign('sha384', Buffer.from(text), { key: p384.privateKey, dsaEncoding: 'ieee-p1363' }),
  })],
  ['ES512 named, ES256 signed', (f) => f.token({ header: f.header({ alg: 'ES512' }) })],
  ['ES256K named', (f) => f.token({ header: f.header({ alg: 'ES256K' }) })],
  ['es256 in lower case', (f) => f.token({ header: f.header({ alg: 'es256' }) })],
  ['alg as a list', (f) => f.token({ header: f.header({ alg: ['ES256'] }) })],
  ['alg missing', (f) => f.token({ header: f.header({ alg: undefined }) })],
  ['alg twice', (f) => f.token({ header: f.header().replace('{', '{"alg":"none",') })],
];

const HEADERS = [
  ['an unknown kid', { kid: 'org_svc-AAAAAAAAAAAA' }],
  ['a kid that is a path', { kid: '../../../../../../dev/null' }],
  ['a kid that is a file of the key folder', { kid: 'org_svc.verify.pem' }],
  ['a kid that is SQL', { kid: "' UNION SELECT 'key' -- " }],
  ['a kid that is a command', { kid: '$(id)|id`id`' }],
  ['a kid with a format', { kid: '%s%s%s%n' }],
  ['a kid of three kilobytes', { kid: 'k'.repeat(2900) }],
  ['a kid of four kilobytes', { kid: 'k'.repeat(4000) }],
  ['a kid with control characters', (f) => f.header({ kid: `${f.kid()}\r\nx: y` })],
  ['a kid with a NUL behind', (f) => f.header({ kid: `${f.kid()}\u0000` })],
  ['an empty kid', { kid: '' }],
  ['a kid that is a list', (f) => f.header({ kid: [f.kid()] })],
  ['a kid that is a number', { kid: 0 }],
  ['a kid that is null', { kid: null }],
  ['no kid', { kid: undefined }],
  ['a kid twice', (f) => f.header().replace('"kid"', '"kid":"x","kid"')],
  ['a kid spelt by escapes beside the kid', (f) => f.header().replace('"kid"', '"\\u006bid":"x","kid"')],
  ['the kid of another service’s key', (f) => f.header({ kid: f.kid('volunteer_svc') })],
  ['jku', { jku: 'https://attacker.example/jwks.json' }],
  ['jwk with the attacker’s key', { jwk: stranger.publicKey.export({ format: 'jwk' }) }],
  ['x5u', { x5u: 'https://attacker.example/key.pem' }],
  ['x5c', { x5c: ['MIIB'] }],
  ['x5t', { x5t: 'AAAA' }],
  ['crit', { crit: ['exp'] }],
  ['crit and b64', { crit: ['b64'], b64: false }],
  ['b64 alone', { b64: false }],
  ['zip', { zip: 'DEF' }],
  ['cty', { cty: 'JWT' }],
  ['typ in lower case', { typ: 'jwt' }],
  ['typ at+jwt', { typ: 'at+jwt' }],
  ['typ JWE', { typ: 'JWE' }],
  ['typ missing', { typ: undefined }],
  ['typ null', { typ: null }],
  ['an unknown member', { x: '1' }],
  ['a list', () => '[]'],
  ['a text', () => '"ES256"'],
  ['not JSON', () => 'ES256'],
  ['cut short', (f) => f.header().slice(0, -1)],
  ['something behind', (f) => `${f.header()} x`],
  ['a NUL behind', (f) => `${f.header()}\u0000`],
  ['not UTF-8', (f) => Buffer.from(f.header().replace('JWT', 'J\xffT'), 'latin1')],
  ['a byte order mark', (f) => `\ufeff${f.header()}`],
];

const CLAIMS = [
  ['exp missing', { exp: undefined }],
  ['exp as text', (f) => f.payload({ exp: String(f.now + 600) })],
  ['exp as a fraction', exp('4102444800.5')],
  ['exp in scientific notation', exp('4.1e9')],
  ['exp negative', exp('-1')],
  ['exp beyond the year 9999', exp('253402300800')],
  ['exp beyond 64 bits', exp('99999999999999999999')],
  ['exp NaN', exp('NaN')],
  ['exp Infinity', exp('Infinity')],
  ['exp true', exp('true')],
  ['exp null', exp('null')],
  ['exp in a list', exp('[4102444800]')],
  ['exp with a leading zero', exp('04102444800')],
  ['exp twice', (f) => f.payload().replace('{', `{"exp":${f.now + 600},`)],
  ['nbf in more than a minute', (f) => f.payload({ nbf: f.now + 3600, exp: f.now + 7200 })],
  ['nbf missing', { nbf: undefined }],
  ['nbf as text', (f) => f.payload({ nbf: String(f.now) })],
  ['nbf negative', { nbf: -1 }],
  ['iat missing', { iat: undefined }],
  ['iat as text', { iat: 'now' }],
  ['another audience', { aud: 'somebody' }],
  ['no audience', { aud: undefined }],
  ['ours among other audiences', { aud: ['wenming', 'somebody'] }],
  ['ours as a list', { aud: ['wenming'] }],
  ['an audience of another case', { aud: 'Wenming' }],
  ['another issuer', { iss: 'somebody/org_svc' }],
  ['no issuer', { iss: undefined }],
  ['an issuer that only begins like ours', { iss: 'wenming/org_svc.evil' }],
  ['an issuer whose key it is not', { iss: 'wenming/volunteer_svc' }],
  ['subject missing', { sub: undefined }],
  ['subject empty', { sub: '' }],
  ['subject as a list', (f) => f.payload({ sub: [f.claims.sub] })],
  ['subject in lower case', (f) => f.payload({ sub: f.claims.sub.toLowerCase() })],
  ['subject with something behind', (f) => f.payload({ sub: `${f.claims.sub}/x` })],
  ['subject twice', (f) => f.payload().replace('{', '{"sub":"services/org_svc",')],
  ['subject twice, once by escapes', (f) => f.payload().replace('{', '{"\\u0073ub":"services/org_svc",')],
  ['sid missing', { sid: undefined }],
  ['sid empty', { sid: '' }],
  ['sid that is none', { sid: '../../sessions' }],
  ['sid as a number', { sid: 1 }],
  ['center missing', { ctr: undefined }],
  ['center as a number', (f) => f.payload({ ctr: Number(f.claims.ctr) })],
  ['center with a leading zero', (f) => f.payload({ ctr: `0${f.claims.ctr}` })],
  ['jti missing', { jti: undefined }],
  ['a nested claim', more('"x":{"y":1}')],
  ['a list as a claim', more('"roles":["system_admin"]')],
  ['a thousand levels', more(`"x":${'['.repeat(1000)}${']'.repeat(1000)}`)],
  ['a list around', (f) => `[${f.payload()}]`],
  ['twice', (f) => f.payload() + f.payload()],
  ['a comment', (f) => f.payload().replace('{', '{/**/')],
  ['a comma too many', (f) => f.payload().replace(/}$/, ',}')],
  ['single quotes', (f) => f.payload().replaceAll('"', "'")],
  ['empty', () => ''],
  ['not UTF-8', (f) => Buffer.from(f.payload({ jti: '\xff' }), 'latin1')],
  ['a staff token on a certificate as well', { 'x5t#S256': 'A'.repeat(43) }],
];

// A key vouches for its own people only.
const VOUCHING = [
  ['staff by volunteer_svc', (f) => f.token({ header: f.header({ kid: f.kid('volunteer_svc') }), by: 'volunteer_svc' })],
  ['staff by volunteer_svc, which says so', (f) => f.token({
    header: f.header({ kid: f.kid('volunteer_svc') }), payload: f.payload({ iss: 'wenming/volunteer_svc' }), by: 'volunteer_svc' })],
  ['staff by activity_svc, which says so', (f) => f.token({
    header: f.header({ kid: f.kid('activity_svc') }), payload: f.payload({ iss: 'wenming/activity_svc' }), by: 'activity_svc' })],
  ['a service by volunteer_svc', (f) => f.token({
    header: f.header({ kid: f.kid('volunteer_svc') }), by: 'volunteer_svc',
    payload: f.payload({ iss: 'wenming/volunteer_svc', sub: 'services/org_svc', ctr: '0', sid: undefined }) })],
  ['a back end by volunteer_svc', (f) => f.token({
    header: f.header({ kid: f.kid('volunteer_svc') }), by: 'volunteer_svc',
    payload: f.payload({ iss: 'wenming/volunteer_svc', sub: 'clients/0123456789ABC', sid: undefined, 'x5t#S256': 'A'.repeat(43) }) })],
  ['a volunteer by org_svc', (f) => f.token({ payload: f.payload({ sub: 'volunteers/0123456789ABC' }) })],
  ['a back end in a session', (f) => f.token({ payload: f.payload({ sub: 'clients/0123456789ABC' }) })],
];

const SIGNATURES = [
  ['none', (f) => f.token({ signer: () => '' })],
  ['all zero', (f) => f.token({ signer: () => Buffer.alloc(64) })],
  ['r zero', (f) => f.token({ signer: (text) => Buffer.concat([Buffer.alloc(32), good(f, text).subarray(32)]) })],
  ['s zero', (f) => f.token({ signer: (text) => Buffer.concat([good(f, text).subarray(0, 32), Buffer.alloc(32)]) })],
  ['all ones', (f) => f.token({ signer: () => Buffer.alloc(64, 255) })],
  ['the order of the curve', (f) => f.token({ signer: () => Buffer.concat([bytes32(ORDER), bytes32(ORDER)]) })],
  ['r and s exchanged', (f) => f.token({ signer: (text) => Buffer.concat([good(f, text).subarray(32), good(f, text).subarray(0, 32)]) })],
  ['in DER', (f) => f.token({ signer: (text) => sign('sha256', Buffer.from(text), f.keys.org_svc.key) })],
  ['a byte short', (f) => f.token({ signer: (text) => good(f, text).subarray(0, 63) })],
  ['half', (f) => f.token({ signer: (text) => good(f, text).subarray(0, 32) })],
  ['a byte long', (f) => f.token({ signer: (text) => Buffer.concat([good(f, text), Buffer.alloc(1)]) })],
  ['by a stranger', (f) => f.token({ signer: (text) => es256(stranger.privateKey, text) })],
  ['by another service', (f) => f.token({ by: 'activity_svc' })],
  ['of the digest of SHA-512', (f) => f.token({
    signer: (text) => sign('sha512', Buffer.from(text), { key: f.keys.org_svc.key, dsaEncoding: 'ieee-p1363' }) })],
  ['of another payload', (f) => {
    const [head, , signature] = f.token().split('.');
    return [head, base64url(f.payload({ sub: 'staff/0123456789ABC' })), signature].join('.');
  }],
];

const SHAPES = [
  ['garbage', () => 'garbage'],
  ['dots', () => '..'],
  ['a part too few', (f) => f.token().split('.').slice(0, 2).join('.')],
  ['a part too many', (f) => `${f.token()}.e30`],
  ['five parts, as encrypted tokens have', (f) => `${f.token()}.e30.e30`],
  ['an empty header', (f) => f.token().replace(/^[^.]*/, '')],
  ['an empty payload', (f) => f.token().replace(/\.[^.]*\./, '..')],
  ['padding', (f) => `${f.token()}==`],
  ['standard base64', (f) => f.token({ signer: (text) => good(f, text) }).replace(/[^.]*$/, (part) => `+/${part.slice(2)}`)],
  ['stray bits at the end', (f) => f.token().replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1))],
  ['a blank inside', (f) => f.token().replace('.', ' .')],
  ['percent signs', (f) => f.token().replaceAll('.', '%2e')],
  ['quotes around', (f) => `"${f.token()}"`],
  ['Bearer twice', (f) => `Bearer ${f.token()}`],
  ['the flattened JSON form', (f) => {
    const [head, body, signature] = f.token().split('.');
    return JSON.stringify({ protected: head, payload: body, signature });
  }],
  ['the general JSON form', (f) => {
    const [head, body, signature] = f.token().split('.');
    return JSON.stringify({ payload: body, signatures: [{ protected: head, signature }] });
  }],
  ['cut in half', (f) => f.token().slice(0, 200)],
  ['a character short', (f) => f.token().slice(0, -1)],
  ['five kilobytes', (f) => f.token({ payload: f.payload({ jti: 'x'.repeat(3700) }) })],
];

// Everything but a bearer token, as RFC 9110 (11.4, 11.6.2) and RFC 6750 have it: the scheme in any case, blanks, the token. A
// value that gRPC cannot carry, as one with a tab, is dropped, and whoever sent it is nobody.
const SCHEMES = [
  { title: 'a lower-case scheme', authorization: (f) => `bearer ${f.token()}`, want: OK },
  { title: 'an upper-case scheme', authorization: (f) => `BEARER ${f.token()}`, want: OK },
  { title: 'two blanks behind the scheme', authorization: (f) => `Bearer  ${f.token()}`, want: OK },
  { title: 'a tab behind the scheme', authorization: (f) => `Bearer\t${f.token()}`, want: MISSING },
  { title: 'a tab inside', authorization: (f) => `Bearer ${f.token().replace('.', '\t.')}`, want: MISSING },
  { title: 'no scheme', authorization: (f) => f.token(), want: INVALID },
  { title: 'no blank behind the scheme', authorization: (f) => `Bearer${f.token()}`, want: INVALID },
  { title: 'the scheme alone', authorization: () => 'Bearer', want: INVALID },
  { title: 'an empty header', authorization: () => '', want: INVALID },
  { title: 'Basic', authorization: () => `Basic ${Buffer.from('admin:admin').toString('base64')}`, want: INVALID },
  { title: 'Digest', authorization: () => 'Digest username="admin"', want: INVALID },
  { title: 'DPoP', authorization: (f) => `DPoP ${f.token()}`, want: INVALID },
  { title: 'Negotiate', authorization: () => 'Negotiate abc', want: INVALID },
  { title: 'two tokens joined by a comma', authorization: (f) => `Bearer ${f.token()}, Bearer ${f.token()}`, want: INVALID },
  { title: 'a parameter behind the token', authorization: (f) => `Bearer ${f.token()}, realm="x"`, want: INVALID },
  { title: 'two headers, both good', authorization: (f) => [`Bearer ${f.token()}`, `Bearer ${f.token()}`], want: INVALID, grpc: false },
  { title: 'two headers, the first good', authorization: (f) => [`Bearer ${f.token()}`, 'Bearer x'], want: INVALID, grpc: false },
  { title: 'two headers, the last good', authorization: (f) => ['Basic eDp5', `Bearer ${f.token()}`], want: INVALID, grpc: false },
];

// Where no token belongs, and headers that claim an identity: all the same as nothing.
const forged = (f) => ({
  'x-user-id': f.claims.sub, 'x-wenming-caller': f.claims.sub, 'x-wenming-staff': f.claims.sub, 'x-wenming-role': 'system_admin',
  'x-wenming-session': f.claims.sid, 'x-forwarded-user': 'admin', 'x-forwarded-for': '198.51.100.66', 'x-real-ip': '198.51.100.66',
  'x-authenticated-user': 'admin', 'remote-user': 'admin', from: 'admin@example.org', 'x-wenming-client-certificate': 'A'.repeat(43),
});
const nobody = (title, headers, rest = {}) => ({ title, headers, want: MISSING, ...rest });
const NOBODY = [
  nobody('nothing', () => ({})),
  nobody('identity headers', forged),
  nobody('identity headers in binary', (f) => Object.fromEntries(
    Object.entries(forged(f)).map(([name, value]) => [`${name}-bin`, Buffer.from(value).toString('base64')]))),
  nobody('authorization-bin', (f) => ({ 'authorization-bin': Buffer.from(`Bearer ${f.token()}`).toString('base64') })),
  nobody('proxy-authorization', (f) => ({ 'proxy-authorization': `Bearer ${f.token()}` })),
  nobody('x-authorization', (f) => ({ 'x-authorization': `Bearer ${f.token()}` })),
  nobody('x-forwarded-authorization', (f) => ({ 'x-forwarded-authorization': `Bearer ${f.token()}` })),
  nobody('a cookie', (f) => ({ cookie: `authorization=Bearer ${f.token()}; access_token=${f.token()}` })),
  {
    title: 'a token in the query', headers: () => ({}), query: (f) => `?access_token=${f.token()}`, grpc: false,
    want: { status: 400, reason: 'UNKNOWN_FIELD' },
  },
  { title: 'identity headers beside a good token', headers: (f) => ({ ...forged(f), authorization: `Bearer ${f.token()}` }), want: OK },
];

const client = (f) => f.token({
  payload: f.payload({ sub: 'clients/0123456789ABC', sid: undefined, 'x5t#S256': 'A'.repeat(43) }) });
const BOUND = [
  { title: 'a back end’s token without its certificate', token: client, want: CERTIFICATE },
  {
    title: 'a back end’s token with the certificate in a header',
    headers: (f) => ({ authorization: `Bearer ${client(f)}`, 'x-wenming-client-certificate': 'A'.repeat(43) }), want: CERTIFICATE,
  },
  { title: 'a service’s token from outside', token: (f) => f.token({
    payload: f.payload({ sub: 'services/org_svc', ctr: '0', sid: undefined }) }), want: AUDIENCE },
];

// What is taken, so that the rest is refused for its own sake. Both signatures of a text are good (RFC 7518 asks for no
// canonical s), which lets nobody do anything: what a token is known by is its session, not its text.
const GOOD = [
  ['a token as the service makes it', (f) => f.token()],
  ['the low s', (f) => f.token({ signer: (text) => {
    const signature = good(f, text);
    return number(signature.subarray(32)) > ORDER / 2n ? otherS(signature) : signature;
  } })],
  ['the high s', (f) => f.token({ signer: (text) => {
    const signature = good(f, text);
    return number(signature.subarray(32)) > ORDER / 2n ? signature : otherS(signature);
  } })],
  ['claims that are not ours', (f) => f.token({ payload: f.payload({ scope: 'x', amr: 'pwd', auth_time: 1 }) })],
  ['members in another order, with blanks', (f) => f.token({
    header: ` { "kid" : "${f.kid()}" ,\n"typ":"JWT", "alg":"ES256" } `, payload: ` ${f.payload()}\n` })],
  ['iat in the future, which says nothing', (f) => f.token({ payload: f.payload({ iat: f.now + 86400 }) })],
];

export const CASES = [
  ...group('algorithm', INVALID, ALGORITHMS),
  ...header(HEADERS),
  ...payload(INVALID, CLAIMS),
  ...payload(EXPIRED, [
    ['expired', (f) => f.payload({ exp: f.now - 1 })],
    ['expired just now', (f) => f.payload({ exp: f.now })],
    ['expired long ago', { exp: 0 }],
    ['expired before it began', (f) => f.payload({ exp: f.now - 10, nbf: f.now + 3600 })],
  ]),
  ...group('vouching', INVALID, VOUCHING),
  ...group('signature', INVALID, SIGNATURES),
  ...group('shape', INVALID, SHAPES),
  ...SCHEMES.map((one) => ({ ...one, title: `scheme: ${one.title}` })),
  ...NOBODY.map((one) => ({ ...one, title: `nobody: ${one.title}` })),
  ...BOUND.map((one) => ({ ...one, title: `bound: ${one.title}` })),
  ...group('good', OK, GOOD),
];
