// From the station's draft to the institute's publication.

import { PLACE } from '../activities.mjs';

const lecture = (theme, morning, afternoon) => ({
  activity: {
    title: '冬季惠农政策宣讲',
    content: '宣讲员走进村（社区），讲解今冬明春惠农政策；志愿者负责引导、登记和入户发放资料。',
    method: 'METHOD_TEACH',
    themes: [theme],
    place: '大槐树镇文化活动中心',
    location: PLACE,
  },
  shifts: [
    { post: '引导与登记', ...morning, capacity: 30, waitlistCapacity: 10 },
    { post: '入户发放资料', ...afternoon, capacity: 10, waitlistCapacity: 0 },
  ],
});

const span = (from, to) => ({ startTime: from.toISOString(), endTime: to.toISOString() });

// Leaves story.activity, story.morning and story.afternoon.
export async function plan(story) {
  const { teller, session, staff, station, center, day } = story;
  const { head, approver } = staff;
  const { themes } = await session.get(`/v1/${center}/themes`);
  const morning = span(day(12, '09:00'), day(12, '12:00'));
  const afternoon = span(day(12, '14:30'), day(12, '16:30'));
  const { activity, shifts } = lecture(themes[1].key, morning, afternoon);

  teller.step('站长起草活动：讲，一组主题，两个班次 · A station head drafts an activity');
  story.activity = await teller.ask(head, 'POST', `/v1/${station}/activities`, { activity },
    ['name', 'title', 'method', 'themes', 'state']);
  const made = [];
  for (const shift of shifts) {
    made.push(await teller.ask(head, 'POST', `/v1/${story.activity.name}/shifts`, { shift },
      ['name', 'post', 'capacity', 'waitlistCapacity', 'state']));
  }
  [story.morning, story.afternoon] = made;
  teller.proves('草稿有两个班次，上午 30 个名额、10 个候补 · the draft has two shifts',
    story.activity.state === 'STATE_DRAFT' && story.morning.capacity === 30 && story.morning.waitlistCapacity === 10, made);
  const hidden = teller.show(await session.send('GET', `/v1/${story.activity.name}`));
  teller.proves('草稿不公开 · a draft is not public', hidden.status === 404, hidden.status);

  teller.step('提交后由上级实践所审核发布 · The institute publishes what the station submitted');
  const move = (who, verb) => teller.ask(who, 'POST', `/v1/${story.activity.name}:move`, { move: `MOVE_${verb}` }, ['state']);
  teller.proves('已提交 · submitted', (await move(head, 'SUBMIT')).state === 'STATE_SUBMITTED');
  await teller.refused(head, 'POST', `/v1/${story.activity.name}:move`, { move: 'MOVE_PUBLISH' }, 'PERMISSION',
    '站长不能审批自己的活动 · nobody approves his own draft');
  teller.proves('已发布 · published', (await move(approver, 'PUBLISH')).state === 'STATE_PUBLISHED');
  const shown = await teller.ask(session, 'GET', `/v1/${story.activity.name}`, undefined, ['title', 'place', 'state']);
  teller.proves('任何人无需登录即可查看 · now anybody can read it', shown.title === activity.title, shown);
}
