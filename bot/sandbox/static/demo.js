// The demo page: which door, which customer, whose phone; and what the visitor does to the world.
import { act, get, say } from "./api.js";
import { closeSheet, drawInbox, drawPeople, drawTalks } from "./clerk.js";
import { drawGuest } from "./guest.js";
import { followSteps } from "./steps.js";

const CUSTOMERS = ["阿宁", "老周", "Lily"];
const FAULTS = { token: "token_expired", limit: "concurrency", cut: "cut_after", repeat: "callback_five_times" };
const ALWAYS = [
  ["连发三句", ["在吗", "我们明天到", "有停车位吗"]],
  ["找真人", ["我想找个真人聊"]],
  ["投诉", ["房间太吵了,一晚上没睡,我要投诉"]],
  ["没有答案的", ["你们老板养的猫叫什么"]],
  ["别再发了", ["别再给我发消息了"]],
];
const WEEK = "日一二三四五六";
const byId = (id) => document.getElementById(id);

const setup = await get("/demo/setup");
const state = { store: setup.stores[0], customer: CUSTOMERS[0], staff: "", badges: {}, ahead: 0, isAsking: false, again: false };

const me = () => ({ account: state.store.account, customer: state.customer });
const crew = () =>
  setup.people
    .filter((one) => one.store === null || state.store.numbers.includes(one.store))
    .sort((a, b) => rank(a) - rank(b));
const rank = (one) => ["店员", "店长", "总部"].indexOf(one.role);

// --- who and where ---
function fill(select, options, chosen) {
  for (const [value, label] of options) select.append(new Option(label, value, false, value === chosen));
}

function enterStore() {
  byId("guest-with").textContent = state.store.name;
  state.staff = (crew()[0] || setup.people[0]).account;
  drawSamples();
  return visit();
}

/** Look; a customer who was never here comes in, and is welcomed. */
async function visit() {
  closeSheet();
  const shown = await refresh();
  if (shown && !shown.customer.bubbles.length) await act("enter", { ...me(), scene_param: state.store.scene_param });
}

function drawSamples() {
  const row = byId("samples");
  row.replaceChildren();
  const add = (label, texts) => {
    const one = document.createElement("button");
    one.type = "button";
    one.textContent = label;
    one.addEventListener("click", () => speak(texts));
    row.append(one);
  };
  for (const text of state.store.samples) add(text, [text]);
  for (const [label, texts] of ALWAYS) add(label, texts);
  row.scrollLeft = 0;
}

async function speak(texts) {
  for (const text of texts) await act("say", { ...me(), text });
}

// --- what the phones show ---
async function refresh() {
  if (state.isAsking) {
    state.again = true;
    return null;
  }
  state.isAsking = true;
  try {
    const query = new URLSearchParams({ ...me(), staff: state.staff });
    const asked = query.toString();
    const shown = await get(`/demo/view?${query}`);
    if (asked === new URLSearchParams({ ...me(), staff: state.staff }).toString()) draw(shown);
    return shown;
  } catch (error) {
    say(error.message);
    return null;
  } finally {
    state.isAsking = false;
    if (state.again) {
      state.again = false;
      setTimeout(refresh, 40);
    }
  }
}

function draw(shown) {
  drawGuest(shown.customer, me());
  drawInbox(shown.inbox, state.staff);
  drawTalks(shown.held, state.staff);
  followCards(shown);
  drawPeople(crew(), state.staff, shown, chooseStaff);
  const open = crew().reduce((sum, one) => sum + (shown.badges[one.account] || 0), 0);
  byId("tab-badge").textContent = String(open);
  byId("tab-badge").hidden = !open;
  state.ahead = Date.parse(`${shown.local}Z`) - Date.now();
  tick();
  for (const [name, fault] of Object.entries(FAULTS)) press(name, shown.faults.some((one) => one.name === fault));
  press("refuse", shown.customer.refuses);
}

/** When nothing is left to do here and a card came to a colleague, look at the colleague's phone. */
function followCards(shown) {
  const came = crew().find((one) => (shown.badges[one.account] || 0) > (state.badges[one.account] || 0));
  const isIdle = !(shown.badges[state.staff] || 0) && !shown.held.length && byId("sheet").hidden;
  state.badges = shown.badges;
  if (came && isIdle && came.account !== state.staff) chooseStaff(came.account);
}

function chooseStaff(account) {
  if (account !== state.staff) closeSheet();
  state.staff = account;
  refresh();
}

function press(name, isOn) {
  document.querySelector(`[data-fault="${name}"]`).setAttribute("aria-pressed", String(isOn));
}

function tick() {
  const local = new Date(Date.now() + state.ahead);
  const two = (number) => String(number).padStart(2, "0");
  byId("day").textContent = `${local.getUTCMonth() + 1}-${two(local.getUTCDate())} 周${WEEK[local.getUTCDay()]}`;
  byId("clock").textContent = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`;
}

// --- what the visitor does ---
byId("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("words").value.trim();
  byId("words").value = "";
  if (text) speak([text]);
});
byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("question").value.trim();
  byId("question").value = "";
  if (text) act("write", { staff: state.staff, text });
});
byId("voice").addEventListener("click", () => act("send", { ...me(), kind: "voice" }));
byId("picture").addEventListener("click", () => act("send", { ...me(), kind: "image" }));
byId("enter").addEventListener("click", () => act("enter", { ...me(), scene_param: state.store.scene_param }));
for (const one of document.querySelectorAll("[data-clock]")) {
  one.addEventListener("click", () => act("clock", { to: one.dataset.clock }));
}
for (const one of document.querySelectorAll("[data-fault]")) {
  one.addEventListener("click", async () => {
    const isOn = one.getAttribute("aria-pressed") !== "true";
    await act("fault", { ...me(), name: one.dataset.fault, on: isOn });
  });
}
byId("restart").addEventListener("click", async () => {
  byId("restart").disabled = true;
  await act("restart");
  byId("restart").disabled = false;
});
for (const one of document.querySelectorAll(".tabs button")) {
  one.addEventListener("click", () => {
    byId("stage").dataset.tab = one.dataset.tab;
    for (const other of document.querySelectorAll(".tabs button")) other.removeAttribute("aria-current");
    one.setAttribute("aria-current", "true");
    for (const list of document.querySelectorAll(".chat, .inbox, .steps")) list.scrollTop = list.scrollHeight;
  });
}
byId("store").addEventListener("change", (event) => {
  state.store = setup.stores.find((one) => one.key === event.target.value);
  enterStore();
});
byId("customer").addEventListener("change", (event) => {
  state.customer = event.target.value;
  visit();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeSheet();
});

// --- first visit ---
const TIPS = "demo-tips-seen";
byId("tips").hidden = Boolean(localStorage.getItem(TIPS));
byId("tips-done").addEventListener("click", () => {
  localStorage.setItem(TIPS, "yes");
  byId("tips").hidden = true;
  byId("words").focus();
});

fill(byId("store"), setup.stores.map((one) => [one.key, one.name]), state.store.key);
fill(byId("customer"), CUSTOMERS.map((name) => [name, name]), state.customer);
setInterval(tick, 1000);
await enterStore();
followSteps(refresh);
