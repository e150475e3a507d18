// Draws plausible volunteers from a seed: the same seed means the same people, in the same order, whatever their number.

// What identifies a person must hit nobody who lives:
// - ID numbers stand under 999999, a prefix that the national register of divisions has never assigned, with a valid
//   GB 11643 check digit.
// - Phones begin with 124. The national numbering plan gives mobile numbers to 13 … 19; what begins with 10, 11 or 12 are
//   short numbers of services, none of which begins with 124, so no call ever gets through to anybody.
const DIVISION = '999999';
const PHONE_PREFIX = '124';

const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎'];
const TWO_CHARACTER_SURNAMES = ['欧阳', '上官', '司马', '诸葛'];
const GIVEN = {
  male: [...'伟强磊军洋勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆志文建国海龙'],
  female: [...'芳娜敏静丽艳娟霞秀英兰玲桂燕萍红玉梅雪莹婷慧洁琳颖欣怡倩云凤'],
};
const SKILLS = ['理论宣讲', '心理疏导', '急救', '书法', '剪纸', '摄影', '舞蹈', '合唱', '法律咨询', '医疗护理', '家电维修', '理发',
  '农技指导', '电脑操作', '手语', '驾驶', '课业辅导', '烹饪', '消防', '蒲剧'];
const CATEGORIES = ['理论宣传', '教育服务', '文化服务', '科技科普', '体育健身', '扶老助残', '儿童关爱', '环境保护', '医疗卫生', '法律服务',
  '移风易俗', '应急救援'];
const PLACES = ['大槐树镇', '甘亭镇', '曲亭镇', '苏堡镇', '广胜寺镇', '明姜镇', '赵城镇', '万安镇', '刘家垣镇'];

// The year that ages are counted in; fixed, so that a seed means the same people next year too.
const YEAR = 2026;
const MINORS_OF_100 = 3;

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

// The last character of a resident ID number, from its first seventeen (GB 11643).
export function checkDigit(first17) {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17[i]), 0);
  return '10X98765432'[sum % 11];
}

// Mulberry32: 32 bits of state, enough for demonstrations. Returns whole numbers below `bound`.
function drawing(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

const one = (below, list) => list[below(list.length)];
const padded = (number, length) => String(number).padStart(length, '0');

function some(below, list, most) {
  const chosen = new Set();
  for (let left = below(most + 1); left > 0; left -= 1) chosen.add(one(below, list));
  return [...chosen];
}

function drawName(below, sex) {
  const surname = below(50) === 0 ? one(below, TWO_CHARACTER_SURNAMES) : one(below, SURNAMES);
  const length = below(4) === 0 ? 1 : 2;
  return surname + Array.from({ length }, () => one(below, GIVEN[sex])).join('');
}

function drawIdNumber(below, sex) {
  const minor = below(100) < MINORS_OF_100;
  const age = minor ? 10 + below(7) : 19 + below(55);
  const day = new Date(Date.UTC(YEAR - age, 0, 1 + below(365)));
  const birthDate = `${day.getUTCFullYear()}${padded(day.getUTCMonth() + 1, 2)}${padded(day.getUTCDate(), 2)}`;
  const order = 2 * below(500) + (sex === 'male' ? 1 : 0);
  const first17 = `${DIVISION}${birthDate}${padded(order, 3)}`;
  return first17 + checkDigit(first17);
}

// Draws until the result was not drawn before.
function fresh(taken, draw) {
  for (;;) {
    const drawn = draw();
    if (!taken.has(drawn)) {
      taken.add(drawn);
      return drawn;
    }
  }
}

// `count` people as CreateVolunteer takes them (wenming.volunteer.v1.Volunteer in JSON): no ID number and no phone twice.
export function generateVolunteers(count, seed) {
  const below = drawing(seed);
  const idNumbers = new Set();
  const phones = new Set();
  return Array.from({ length: count }, () => {
    const sex = below(2) === 0 ? 'male' : 'female';
    return {
      displayName: drawName(below, sex),
      idType: 'ID_TYPE_RESIDENT',
      idNumber: fresh(idNumbers, () => drawIdNumber(below, sex)),
      phone: fresh(phones, () => PHONE_PREFIX + padded(below(100_000_000), 8)),
      residence: `山西省临汾市洪洞县${one(below, PLACES)}${1 + below(200)}号`,
      skills: some(below, SKILLS, 3),
      serviceCategories: some(below, CATEGORIES, 3),
    };
  });
}

const CHINA = 8 * 3_600_000;  // its clocks are never set to summer time

// How old the holder of a resident ID number is on a day, in whole years.
export function ageOf({ idNumber }, day = new Date()) {
  const [year, month, date] = [idNumber.slice(6, 10), idNumber.slice(10, 12), idNumber.slice(12, 14)].map(Number);
  const [thisYear, thisMonth, thisDate] = new Date(day.getTime() + CHINA).toISOString().slice(0, 10).split('-').map(Number);
  return thisYear - year - (thisMonth < month || (thisMonth === month && thisDate < date) ? 1 : 0);
}

// A guardian for a minor (wenming.volunteer.v1.Guardian in JSON), always the same one: born 30 years earlier.
export function guardianOf({ displayName, idNumber, phone }) {
  const year = Number(idNumber.slice(6, 10)) - 30;
  const first17 = `${DIVISION}${year}0101${idNumber.slice(14, 17)}`;
  const below = drawing(Number(idNumber.slice(8, 17)));
  return {
    displayName: displayName[0] + one(below, GIVEN.female) + one(below, GIVEN.female),
    idDocument: { idType: 'ID_TYPE_RESIDENT', idNumber: first17 + checkDigit(first17) },
    phone,
    relationship: '家长',
  };
}
