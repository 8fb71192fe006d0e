// Prices, times and phone numbers in a text, and which of them stand in none of the sources. A hint, never a refusal.

const NUMBER = "(?:\\d+(?:,\\d{3})+|\\d+)(?:\\.\\d+)?|[零〇一二两三四五六七八九十百千]+";
const TO = "\\s*(?:[-~～—–至到])\\s*";
const PERIOD = "凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜里|半夜|今晚|明晚|明早|今早|早|晚";
const DIGITS = { 零: 0, 〇: 0, 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };
const TENS = { 十: 10, 百: 100, 千: 1000 };

/** Every one in `text`: {from, to, text, kind, keys}; two mean the same when they share a key. */
export function findNumbers(text) {
  const plain = flatten(text);
  const found = [...prices(plain), ...moments(plain), ...spans(plain), ...dates(plain), ...phones(plain)];
  const taken = [];
  for (const one of found) {
    if (!taken.some((other) => one.from < other.to && other.from < one.to)) taken.push(one);
  }
  return taken
    .sort((a, b) => a.from - b.from)
    .map((one) => ({ ...one, text: text.slice(one.from, one.to) }));
}

/** Those of `text` that are in none of the sources. A price must stand in HQ's files; what the customer said counts for the rest. */
export function findUnknown(text, sources) {
  const known = collect(sources);
  return findNumbers(text).filter((one) => !isKnown(one, known));
}

/** What `findUnknown` compares with; made once for a page. */
export function collect(sources) {
  if (sources.filed) return sources;
  const filed = keysOf(sources.files);
  for (const text of sources.files) {
    const bare = /^\s*(\d+(?:\.\d+)?)\s*$/u.exec(flatten(text));
    if (bare) filed.add(`price:${Number(bare[1])}`);
  }
  return { filed, said: keysOf(sources.said) };
}

function keysOf(texts) {
  return new Set(texts.flatMap((text) => findNumbers(text)).flatMap((one) => one.keys));
}

function isKnown(one, known) {
  const has = (keys) =>
    one.keys.some((key) => keys.has(key)) ||
    (one.kind === "phone" && [...keys].some((key) => key.startsWith("phone:") && key.endsWith(one.keys[0].slice(6))));
  return has(known.filed) || (one.kind !== "price" && has(known.said));
}

// Full-width to plain, one letter for one, so that places in the text stay what they are.
function flatten(text) {
  return text
    .replace(/[\uff10-\uff19]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0))
    .replace(/：/g, ":")
    .replace(/．/g, ".")
    .replace(/[\u3000\u00a0]/g, " ");
}

function prices(text) {
  const found = [];
  each(text, `[¥￥]\\s*(${NUMBER})`, ([all, number], from) => add(found, "price", from, all, [value(number)]));
  const units = "元|块钱|块(?!儿|去|来|吧)|人民币|RMB|rmb";
  each(text, `(?:(${NUMBER})${TO})?(${NUMBER})\\s*(?:${units})`, ([all, first, number], from) => {
    if (/^[一两]块$/u.test(all.replace(/\s/g, ""))) return; // 一块 is more often "together"
    add(found, "price", from, all, [number, first].filter(Boolean).map(value), true);
  });
  each(text, `(${NUMBER})\\s*(折|%)`, ([all, number, unit], from) =>
    found.push({ from, to: from + all.length, kind: "price", keys: [`${unit}:${value(number)}`] }),
  );
  return found;
}

function add(found, kind, from, all, values, isRange = false) {
  // both ends of a range have to be known: one item for each, at its own place
  const place = { from, to: from + all.length, kind };
  if (!isRange || values.length === 1) {
    found.push({ ...place, keys: values.map((one) => `${kind}:${one}`) });
    return;
  }
  const middle = from + all.search(new RegExp(TO));
  found.push({ ...place, from: middle + 1, keys: [`${kind}:${values[0]}`] });
  found.push({ ...place, to: middle, keys: [`${kind}:${values[1]}`] });
}

function moments(text) {
  const found = [];
  each(text, `(${PERIOD})?\\s*(\\d{1,2}):(\\d{2})(?!\\d)`, ([all, period, hour, minute], from) => {
    if (Number(hour) > 26 || Number(minute) > 59) return;
    found.push({ from, to: from + all.length, kind: "time", keys: clock(period, Number(hour), Number(minute), true) });
  });
  const past = `(?:\\s*(半|[一三1-3]刻|(?:${NUMBER})(?=分|\\s|$|[^\\d点号月日元块]))分?)?`;
  each(text, `(${PERIOD})?\\s*(?:(${NUMBER})${TO})?(${NUMBER})\\s*点(?!心|评|赞|击|菜|餐|儿)${past}`, (match, from) => {
    const [all, period, first, hour, rest] = match;
    if (hour === "一" && !period && !rest && !/^(?:钟|整|前|后|以前|以后|之前|之后)/u.test(text.slice(from + all.length))) return; // 一点: a little
    if (value(hour) > 24) return;
    const keys = clock(period, value(hour), minutes(rest), false);
    found.push({ from, to: from + all.length, kind: "time", keys });
    if (first && value(first) <= 24) {
      found[found.length - 1].from = from + all.search(new RegExp(TO)) + 1;
      found.push({
        from,
        to: from + all.search(new RegExp(TO)),
        kind: "time",
        keys: clock(period, value(first), 0, false),
      });
    }
  });
  return found;
}

function minutes(rest) {
  if (!rest) return 0;
  if (rest === "半") return 30;
  if (rest.endsWith("刻")) return value(rest[0]) * 15;
  return value(rest);
}

/** Minutes of the day that may be meant: 两点 is 2:00 or 14:00, 下午两点 is 14:00. */
function clock(period, hour, minute, isExact) {
  const at = (hours) => `time:${hours * 60 + minute}`;
  if (/下午|傍晚|晚|夜里/u.test(period || "")) return [at(hour < 12 ? hour + 12 : hour)];
  if (/中午/u.test(period || "")) return [at(hour < 6 ? hour + 12 : hour)];
  if (/凌晨|半夜/u.test(period || "")) return [at(hour === 12 ? 0 : hour)];
  if (period || isExact || hour > 12) return [at(hour)];
  return [at(hour), at(hour + 12)];
}

function spans(text) {
  const found = [];
  each(text, `(半|${NUMBER})\\s*(?:个)?\\s*(半)?(小时|钟头|分钟)`, ([all, number, half, unit], from) => {
    const amount = (number === "半" ? 0.5 : value(number)) + (half ? 0.5 : 0);
    const keys = [`span:${unit === "分钟" ? amount : amount * 60}`];
    found.push({ from, to: from + all.length, kind: "time", keys });
  });
  return found;
}

function dates(text) {
  const found = [];
  each(text, `(${NUMBER})\\s*月\\s*(${NUMBER})\\s*[日号]`, ([all, month, day], from) =>
    found.push({ from, to: from + all.length, kind: "time", keys: [`date:${value(month)}-${value(day)}`] }),
  );
  return found;
}

function phones(text) {
  const found = [];
  each(text, "(?<![\\d.])\\d(?:[ -]?\\d){4,}(?![\\d.])", ([all], from) =>
    found.push({ from, to: from + all.length, kind: "phone", keys: [`phone:${all.replace(/\D/g, "")}`] }),
  );
  return found;
}

function value(number) {
  if (/^\d/u.test(number)) return Number(number.replaceAll(",", ""));
  let sum = 0;
  let digit = null;
  for (const letter of number) {
    if (letter in TENS) {
      sum += (digit ?? 1) * TENS[letter];
      digit = null;
    } else {
      digit = digit === null || digit === 0 ? DIGITS[letter] : digit * 10 + DIGITS[letter]; // 一八零: digit by digit
    }
  }
  return sum + (digit ?? 0);
}

function each(text, pattern, use) {
  for (const match of text.matchAll(new RegExp(pattern, "gu"))) use(match, match.index);
}
