// 发生了什么: lines from a stream, or asked for now and then where streams do not get through.
import { get, make } from "./api.js";

const MOST = 300; // lines kept on the page
const POLL_MS = 1500;
const PATIENCE_MS = 4000; // a stream that has not opened by then is given up
const list = document.getElementById("steps");
const live = document.getElementById("live");
let seen = 0;

/** Follow the lines; `changed` is called when a phone may show something else. */
export function followSteps(changed) {
  list.append(make("li", "none", "左边问一句,这里就一步一步显示出来。"));
  const stream = new EventSource("/demo/steps");
  const giveUp = setTimeout(() => {
    stream.close();
    poll(changed);
  }, PATIENCE_MS);
  stream.addEventListener("open", () => {
    clearTimeout(giveUp);
    live.textContent = "实时";
  });
  stream.addEventListener("error", () => (live.textContent = "断开了,正在重连…"));
  stream.addEventListener("step", (event) => draw(JSON.parse(event.data)));
  stream.addEventListener("changed", changed);
}

async function poll(changed) {
  live.textContent = "每隔一会儿刷新";
  let changes = -1;
  for (;;) {
    try {
      const news = await get(`/demo/steps.json?after=${seen}`);
      news.steps.forEach(draw);
      if (news.changes !== changes) changed();
      changes = news.changes;
    } catch {
      live.textContent = "断开了,正在重连…";
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

function draw(step) {
  if (step.seq <= seen) return;
  seen = step.seq;
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  list.querySelector(".none")?.remove();
  const line = make("li", `step ${step.tone}`, make("span", "line", step.line));
  if (step.ms !== null && step.tone !== "start") line.append(make("span", "ms", since(step.ms)));
  list.append(line);
  while (list.children.length > MOST) list.firstElementChild.remove();
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function since(ms) {
  return ms < 1000 ? `+${ms} ms` : `+${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`;
}
