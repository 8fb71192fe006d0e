// The edit page. Everything here is a help: without it the form still sends.
import { tend } from "./form.js";
import { collect, findUnknown } from "./numbers.js";
import { tendOrder } from "./order.js";
import { countParts } from "./split.js";

const form = document.querySelector("form.reply");
const area = document.getElementById("text");
const marks = document.getElementById("marks");
const count = document.getElementById("count");
const doubts = document.getElementById("doubts");
const send = document.getElementById("send");
const reset = document.getElementById("reset");
const clear = document.getElementById("clear");
const draft = JSON.parse(document.getElementById("draft").textContent);
const sources = collect(JSON.parse(document.getElementById("sources").textContent));
const left = Number(form.dataset.left);

document.getElementById("chips").hidden = false;
const changed = tend({ form, area, send, leave: document.getElementById("leave"), look });

for (const chip of document.querySelectorAll(".chip[data-text]")) {
  chip.addEventListener("pointerdown", (event) => event.preventDefault()); // the text keeps its cursor and its keyboard
  chip.addEventListener("click", () => insert(chip.dataset.text));
}
for (const own of document.querySelectorAll("[data-own]")) {
  own.hidden = false;
  own.addEventListener("click", () => replace(document.getElementById("own").textContent));
}
tendOrder(form, send);
reset.addEventListener("click", () => replace(draft));
clear.addEventListener("click", () => replace(""));

function look() {
  const text = area.value;
  const unknown = findUnknown(text, sources);
  mark(text, unknown);
  tell(text);
  doubt(unknown);
  reset.hidden = text === draft || !draft;
  clear.hidden = !text;
}

function tell(text) {
  const letters = Array.from(text.trim()).length;
  const parts = countParts(text);
  const isTooMuch = parts > left;
  count.classList.toggle("over", isTooMuch);
  if (isTooMuch) count.textContent = `${letters} 字 · 要分 ${parts} 条,只剩 ${left} 条,发不出去`;
  else if (parts > 1) count.textContent = `${letters} 字 · 分 ${parts} 条 · 还可发 ${left} 条`;
  else count.textContent = letters ? `${letters} 字 · ${parts} 条 · 还可发 ${left} 条` : `还可发 ${left} 条`;
}

function doubt(unknown) {
  const said = [...new Set(unknown.map((one) => one.text.trim()))].map((one) => `「${one}」`).join("");
  const line = said ? `文件里没有这个数字,确认一下:${said}` : "";
  if (doubts.textContent !== line) doubts.textContent = line;
  doubts.hidden = !line;
}

function mark(text, unknown) {
  const pieces = [];
  let at = 0;
  for (const one of unknown) {
    pieces.push(text.slice(at, one.from));
    const piece = document.createElement("mark");
    piece.textContent = text.slice(one.from, one.to);
    pieces.push(piece);
    at = one.to;
  }
  marks.replaceChildren(...pieces, `${text.slice(at)}\n`);
}

function insert(text) {
  const [from, to] = [area.selectionStart, area.selectionEnd];
  const before = area.value.slice(0, from);
  const isSentence = text.length > 24 && before.trim() && !before.endsWith("\n");
  const added = isSentence ? `\n${text}` : text;
  if (document.activeElement !== area || !document.execCommand("insertText", false, added)) {
    area.setRangeText(added, from, to, "end");
  }
  changed();
}

function replace(text) {
  area.focus();
  area.select();
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) area.value = text;
  changed();
}
