// The demo's own JSON, and small helpers to draw with. Words of people only ever become text.
const toast = document.getElementById("toast");
let timer = 0;

export async function get(path) {
  return read(await fetch(path, { headers: { Accept: "application/json" } }));
}

/** Do something; what stands in the way is shown, and null comes back. */
export async function act(name, body = {}) {
  try {
    const headers = { "Content-Type": "application/json", "X-Demo": "1" };
    return await read(await fetch(`/demo/${name}`, { method: "POST", headers, body: JSON.stringify(body) }));
  } catch (error) {
    say(error.message);
    return null;
  }
}

async function read(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error || "出了点问题,请再试一次");
  return body;
}

export function say(text) {
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (toast.hidden = true), 4000);
}

/** An element with a class, and children that are elements or plain text. */
export function make(tag, name = "", ...children) {
  const one = document.createElement(tag);
  if (name) one.className = name;
  one.append(...children.filter((child) => child !== null && child !== ""));
  return one;
}

export function button(label, onClick, name = "") {
  const one = make("button", name, label);
  one.type = "button";
  one.addEventListener("click", onClick);
  return one;
}

/** Bring `list` in line with `items`; what did not change stays as it is, with its focus and its choice. Keeps the end in view. */
export function patch(list, items, keyOf, draw) {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const old = new Map([...list.children].map((one) => [one.dataset.key, one]));
  let hasNew = false;
  const drawn = items.map((item) => {
    const [key, seen] = [String(keyOf(item)), JSON.stringify(item)];
    const known = old.get(key);
    if (known && known.dataset.seen === seen) return known;
    const fresh = draw(item);
    hasNew ||= !known;
    fresh.dataset.key = key;
    fresh.dataset.seen = seen;
    return fresh;
  });
  if (drawn.length === list.children.length && drawn.every((one, at) => one === list.children[at])) return;
  const focused = document.activeElement;
  drawn.forEach((one, at) => {
    if (list.children[at] !== one) list.insertBefore(one, list.children[at] ?? null);
  });
  while (list.children.length > drawn.length) list.lastElementChild.remove();
  if (focused && focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
  if (isAtEnd || hasNew) list.scrollTop = list.scrollHeight;
}
