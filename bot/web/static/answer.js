// 写答复: how long the text is, and in how many messages it arrives.
import { tend } from "./form.js";
import { countParts } from "./split.js";

const area = document.getElementById("text");
const marks = document.getElementById("marks");
const count = document.getElementById("count");
const send = document.getElementById("send");

tend({ form: document.querySelector("form.reply"), area, send, leave: document.getElementById("leave"), look });

function look() {
  const letters = Array.from(area.value.trim()).length;
  const parts = countParts(area.value);
  count.textContent = letters ? `${letters} 字${parts > 1 ? ` · 分 ${parts} 条` : ""}` : "";
  marks.textContent = `${area.value}\n`; // it lies behind the text, and gives it its height
}
