// The clerk's phone: cards, notices, the edit page inside, and chats that were taken over.
import { act, button, make, patch } from "./api.js";
import { drawBubble } from "./guest.js";

const inbox = document.getElementById("inbox");
const people = document.getElementById("people");
const talks = document.getElementById("talks");
const sheet = document.getElementById("sheet");
const frame = document.getElementById("frame");
const DONE_MS = 1600; // how long the edit page's result stays

export function drawPeople(listed, chosen, shown, choose) {
  const rows = listed.map(({ account, name, role }) => {
    const about = [role === "店员" ? "" : role, shown.on_duty.includes(account) ? "" : "休息"].filter(Boolean).join(" · ");
    return { account, name, about, isOn: account === chosen, open: shown.badges[account] || 0 };
  });
  patch(people, rows, (row) => row.account, (row) => {
    const one = button(row.name, () => choose(row.account));
    if (row.about) one.append(make("small", "", row.about));
    if (row.open) one.append(make("span", "badge", String(row.open)));
    one.setAttribute("aria-pressed", String(row.isOn));
    return one;
  });
}

export function drawInbox(items, staff) {
  const rows = items.length ? items : [{ none: true, task_id: "", at: "" }];
  const keys = new Map(); // notices have no id of their own: their place is theirs
  patch(
    inbox,
    rows.map((row, at) => ({ ...row, place: row.kind === "card" ? "" : at })),
    (row) => {
      const key = `${staff} ${row.at} ${row.place} ${row.kind === "card" ? row.task_id : ""}`;
      keys.set(key, (keys.get(key) || 0) + 1);
      return `${key} ${keys.get(key)}`;
    },
    (row) => (row.none ? make("li", "none", "还没有卡片。客人一问,这里就收到。") : drawItem(row, staff)),
  );
}

function drawItem(item, staff) {
  if (item.kind === "mine") {
    const mine = make("li", "bubble mine");
    const words = make("div", "body", item.text);
    words.dir = "auto";
    mine.append(make("p", "by", item.at), words);
    return mine;
  }
  if (item.kind === "text") {
    const line = make("li", "bubble");
    const body = make("div", "body", item.face.body || item.face.title);
    body.dir = "auto";
    line.append(make("p", "by", item.at), body);
    return line;
  }
  return drawCard(item, staff);
}

function drawCard(item, staff) {
  const { face } = item;
  const card = make("li", "card");
  card.dataset.task = item.task_id;
  const body = make("div", "card-body");
  const source = make("div", face.alert ? "source alert" : "source", make("span", "", face.source), make("span", "", item.at));
  body.append(source, make("p", "title", face.title));
  if (face.desc) body.append(make("p", "desc", face.desc));
  if (face.quote) body.append(make("p", "quote", face.quote));
  if (face.body) body.append(make("p", "text", face.body));
  if (face.facts.length) body.append(drawFacts(face.facts));
  const selects = face.choices.map((question) => drawChoice(question, body));
  const press = (key) => tap(card, { staff, task_id: item.task_id, key, selected: chosen(selects) });
  if (face.menu.length) source.append(drawReasons(face, press));
  card.append(body);
  if (item.state === "open") card.append(drawButtons(face.buttons, press));
  else if (item.line) card.append(make("p", "closed", item.line));
  return card;
}

function drawFacts(facts) {
  const list = make("dl");
  for (const [name, value] of facts) list.append(make("dt", "", name), make("dd", "", value));
  return list;
}

function drawChoice(question, body) {
  const select = make("select");
  select.dataset.question = question.question_key;
  for (const option of question.options) {
    const one = make("option", "", option.text);
    one.value = option.id;
    one.selected = option.id === question.chosen;
    select.append(one);
  }
  body.append(make("label", "choose", make("span", "", question.title || "选一条"), select));
  return select;
}

function chosen(selects) {
  return Object.fromEntries(selects.map((select) => [select.dataset.question, [select.value]]));
}

function drawReasons(face, press) {
  const select = make("select", "reasons");
  select.setAttribute("aria-label", face.menu_title || "更多");
  const first = make("option", "", "···");
  first.value = "";
  select.append(first);
  for (const line of face.menu) {
    const one = make("option", "", line.text);
    one.value = line.key;
    select.append(one);
  }
  select.addEventListener("change", () => select.value && press(select.value));
  return select;
}

function drawButtons(buttons, press) {
  const row = make("div", "buttons");
  for (const one of buttons) row.append(button(one.text, () => press(one.key || one.text), `style${one.style}`));
  return row;
}

async function tap(card, body) {
  if (card.getAttribute("aria-busy") === "true") return;
  card.setAttribute("aria-busy", "true");
  const done = await act("press", body);
  setTimeout(() => card.removeAttribute("aria-busy"), done && !done.link ? 1500 : 0); // until the card changes
  if (done && done.link) openSheet(done.link);
}

// --- the edit page, inside ---
function openSheet(link) {
  const url = new URL(link, location.href);
  frame.src = url.pathname + url.search; // the same address by another name, such as localhost, must stay the same origin
  sheet.hidden = false;
  document.getElementById("sheet-close").focus();
}

export function closeSheet() {
  if (sheet.hidden) return;
  sheet.hidden = true;
  frame.src = "about:blank";
}

document.getElementById("sheet-close").addEventListener("click", closeSheet);
frame.addEventListener("load", () => {
  if (frame.contentDocument && frame.contentDocument.querySelector(".over [role=status]")) setTimeout(closeSheet, DONE_MS);
});

// --- chats that this person holds ---
export function drawTalks(held, staff) {
  patch(talks, held, (one) => `${staff} ${one.account} ${one.customer}`, (one) => drawTalk(one, staff));
}

function drawTalk(one, staff) {
  const to = { staff, account: one.account, customer: one.customer };
  const talk = make("section", "talk");
  const head = make("header", "", make("span", "", `和${one.customer}聊着`), button("结束会话", () => act("end", to), "plain"));
  const list = make("ol");
  for (const bubble of one.bubbles) list.append(drawBubble(bubble, null, bubble.who !== "customer"));
  const form = make("form", "composer");
  const input = make("input");
  input.setAttribute("aria-label", `对${one.customer}说`);
  input.autocomplete = "off";
  const send = make("button", "main", "发送");
  form.append(input, send);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (input.value.trim() && (await act("reply", { ...to, text: input.value.trim() }))) input.value = "";
  });
  talk.append(head, list, form);
  requestAnimationFrame(() => (list.scrollTop = list.scrollHeight));
  return talk;
}
