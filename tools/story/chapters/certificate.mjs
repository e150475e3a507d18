// The certificate, and what a stranger who holds its link learns.

const PUBLIC = ['state', 'serial', 'minutes', 'issuerName', 'issueDate'];

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
}
