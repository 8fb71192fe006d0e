// How many messages a text becomes. The same cuts as bot/gate/split.py; tests/browser holds the two against each other.
export const LIMIT = 2048; // bytes of UTF-8 in one text message

const ENDS = ["\n\n", "\n", "。", "！", "？", "!", "?", "；", ";", "，", ",", "、", " "]; // best place first
const LINK = /https?:\/\/[^\s，。；！？、）】」』》”’]+/giu;
const JOINS = /^[\u0300-\u036f\ufe00-\ufe0f\u20e3\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]/u;
const ZWJ = "\u200d";
const SPACE = /^[\s\u001c-\u001f\u0085]$/u; // what Python's strip() drops; \ufeff is not among it
const encoder = new TextEncoder();

/** Number of parts of `text`, each at most `limit` bytes. */
export function countParts(text, limit = LIMIT) {
  let rest = strip(Array.from(text));
  let parts = rest.length ? 1 : 0;
  while (bytes(rest) > limit) {
    rest = strip(rest.slice(cut(rest, limit)));
    parts += rest.length ? 1 : 0;
  }
  return parts;
}

function bytes(letters) {
  return encoder.encode(letters.join("")).length;
}

function isSpace(letter) {
  return letter !== "\ufeff" && SPACE.test(letter);
}

function strip(letters) {
  let from = 0;
  let to = letters.length;
  while (from < to && isSpace(letters[from])) from += 1;
  while (to > from && isSpace(letters[to - 1])) to -= 1;
  return letters.slice(from, to);
}

function cut(letters, limit) {
  const most = fitting(letters, limit);
  const links = findLinks(letters).filter(([from]) => from < most);
  for (const end of ENDS) {
    for (let at = most - end.length; at >= 0; at -= 1) {
      if (!startsAt(letters, at, end)) continue;
      const behind = at + end.length;
      if (behind >= Math.floor(most / 3) && mayCut(letters, behind, links)) return behind;
      at -= end.length - 1; // the next pause lies wholly before this one
    }
  }
  for (let at = most; at > 0; at -= 1) if (mayCut(letters, at, links)) return at;
  for (let at = most; at > 0; at -= 1) if (isBetweenCharacters(letters, at)) return at;
  return most;
}

function startsAt(letters, at, end) {
  return Array.from(end).every((letter, offset) => letters[at + offset] === letter);
}

function fitting(letters, limit) {
  let used = 0;
  for (let at = 0; at < letters.length; at += 1) {
    used += encoder.encode(letters[at]).length;
    if (used > limit) return at;
  }
  return letters.length;
}

function mayCut(letters, at, links) {
  if (at <= 0 || at >= letters.length) return true;
  if (isPlain(letters[at - 1]) && isPlain(letters[at])) return false; // inside a word, a number, an address
  return isBetweenCharacters(letters, at) && !links.some(([from, to]) => from < at && at < to);
}

function isPlain(letter) {
  return letter >= "!" && letter <= "~";
}

function isBetweenCharacters(letters, at) {
  const [before, after] = [letters[at - 1], letters[at]];
  if (before === ZWJ || after === ZWJ || JOINS.test(after)) return false;
  return !(isFlagHalf(before) && isFlagHalf(after) && flagsBefore(letters, at) % 2);
}

function isFlagHalf(letter) {
  return letter >= "\u{1f1e6}" && letter <= "\u{1f1ff}";
}

function flagsBefore(letters, at) {
  let count = 0;
  while (count < at && isFlagHalf(letters[at - 1 - count])) count += 1;
  return count;
}

function findLinks(letters) {
  const links = [];
  for (const match of letters.join("").matchAll(LINK)) {
    const from = Array.from(match.input.slice(0, match.index)).length;
    links.push([from, from + Array.from(match[0]).length]);
  }
  return links;
}
