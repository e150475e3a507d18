// The certificate, and what a stranger who holds its link learns.

import crypto from 'node:crypto';

const PUBLIC = ['state', 'serial', 'minutes', 'issuerName', 'issueDate'];

// Whether one of the published keys has signed the compact JWS; by node's own cryptography, not the services'.
function verifies(statement, { keys }) {
  const [header, payload, signature] = statement.split('.');
  const { kid } = JSON.parse(Buffer.from(header, 'base64url'));
  const { kty, crv, x } = keys.find((key) => key.kid === kid);
  const key = crypto.createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
  return crypto.verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
}

export async function certify(story) {
  const { teller, session, afterwards, people: [hero] } = story;
  teller.step('志愿者自行开具服务证明 · The volunteer draws the certificate');
  const certificate = await teller.ask(hero.self.at(afterwards), 'POST', `/v1/${hero.name}/certificates`, {},
    ['serial', 'minutes', 'star', 'issuerName', 'idNumber', 'verifyPath']);
  teller.proves('证明 102 小时、一星，证件号码掩码 · 102 hours, star 1, ID number masked',
    Number(certificate.minutes) === 6120 && certificate.star === 1 && certificate.idNumber !== hero.person.idNumber, certificate);

  teller.step('凭公开链接验真，不泄露个人信息 · Anyone with the link can verify it, and learns nothing of the person');
  const verified = teller.show(await session.send('GET', certificate.verifyPath));
  teller.proves('证明有效 · it is genuine',
    verified.answer.state === 'STATE_ISSUED' && verified.answer.serial === certificate.serial, verified.answer);
  const { displayName, idNumber, phone } = hero.person;
  const private_ = [displayName, idNumber, phone, certificate.idNumber, hero.shown.phone, hero.name, hero.number];
  const leaked = private_.filter((text) => verified.raw.includes(text));
  teller.proves('没有姓名、证件号码、手机号、志愿者编号 · no name, no ID number, no phone, no volunteer number',
    leaked.length === 0 && Object.keys(verified.answer).every((key) => PUBLIC.includes(key)), leaked);
  const altered = certificate.verifyPath.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  await teller.refused(session, 'GET', altered, undefined, 'NOT_FOUND',
    '改动一个字符即查无此证 · with one letter changed there is no such certificate');

  teller.step('下载签名的证明和 PDF，离线即可验签 · The signed statement and the PDF; the signature verifies offline');
  const self = hero.self.at(afterwards);
  const { raw: statement } = await self.send('GET', `/v1/${certificate.name}:jws`);
  const keys = await session.get('/v1/certificates:keys');
  const said = JSON.parse(Buffer.from(statement.split('.')[1], 'base64url'));
  teller.proves('签名有效，内容一致 · the signature is good, and over this certificate',
    verifies(statement, keys) && said.serial === certificate.serial && said.minutes === certificate.minutes, said.serial);
  const [header, payload, signature] = statement.split('.');
  const more = Buffer.from(JSON.stringify({ ...said, minutes: '61200' })).toString('base64url');
  teller.proves('改动内容则签名无效 · with other minutes it is not', payload !== more && !verifies(`${header}.${more}.${signature}`, keys), certificate.serial);
  const pdf = await self.send('GET', `/v1/${certificate.name}:pdf`);
  teller.proves('PDF 内含签名 · the PDF carries the statement', pdf.status === 200 && pdf.raw.startsWith('%PDF-') && pdf.raw.includes(statement), pdf.status);
}
