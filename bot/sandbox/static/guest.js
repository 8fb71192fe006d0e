// The customer's phone.
import { act, button, make, patch } from "./api.js";

const KINDS = { image: "图片", voice: "语音 3″", video: "视频", file: "文件", location: "位置" };
const PAY_LINK = /:\/\/\S+[?&]order=/;
const chat = document.getElementById("chat");
const heldBy = document.getElementById("held-by");

/** Draw the chat; `me` says who is talking to which account. */
export function drawGuest(customer, me) {
  const rows = [];
  let when = "";
  for (const bubble of customer.bubbles) {
    if (bubble.at !== when) rows.push({ id: `at ${bubble.id}`, when: (when = bubble.at) });
    rows.push(bubble);
  }
  const last = customer.bubbles.findLast((one) => one.who === "customer" && !one.is_recalled && one.kind === "text");
  if (last && last === customer.bubbles.findLast((one) => one.who !== "system")) rows.push({ id: `back ${last.id}`, back: last.id });
  patch(chat, rows, (row) => row.id, (row) => drawRow(row, me));
  heldBy.hidden = !customer.servicer;
  heldBy.textContent = customer.servicer ? `${customer.servicer}正在和您聊` : "";
}

function drawRow(row, me) {
  if (row.when) return make("li", "when", row.when);
  if (row.back) {
    const line = make("li", "back");
    line.append(button("撤回", () => act("recall", { ...me, id: row.back }), "plain"));
    return line;
  }
  return drawBubble(row, me);
}

/** One bubble, seen from the customer's side; also used for the chat that a clerk has taken over. */
export function drawBubble(one, me, isMine = one.who === "customer") {
  if (one.is_recalled) return make("li", "note", isMine ? "您撤回了一条消息" : "对方撤回了一条消息");
  if (one.who === "system") return make("li", "note", one.text);
  const line = make("li", isMine ? "bubble mine" : "bubble");
  if (one.staff && me) line.append(make("p", "by", one.staff));
  const body = make("div", "body");
  body.dir = "auto";
  line.append(body);
  if (one.menu) drawMenu(body, one.menu, me);
  else body.append(KINDS[one.kind] ? `[${KINDS[one.kind]}]` : one.text);
  if (me && !isMine && PAY_LINK.test(one.text)) body.append(button("去付款", () => act("pay", me), "item"));
  return line;
}

function drawMenu(body, menu, me) {
  body.append(make("div", "", menu.head));
  for (const item of menu.items) {
    if (item.id && me) body.append(button(item.label, () => act("click", { ...me, id: item.id, label: item.label }), "item"));
    else body.append(make("div", "", item.label));
  }
  if (menu.tail) body.append(make("div", "tail", menu.tail));
}
