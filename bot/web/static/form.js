// What every page with one text and one decision does. Without it the form still sends.

/** Keep the text for this tab, send on Ctrl+Enter, send once, fold 不用… away; `look` is called whenever the text changes. */
export function tend({ form, area, send, leave, look }) {
  const kept = `text:${form.dataset.task}`;
  document.documentElement.classList.add("js");
  area.rows = 3; // it grows with its text
  if (!("kept" in form.dataset)) restore(area, kept);
  area.setSelectionRange(area.value.length, area.value.length);
  const changed = () => {
    remember(area, kept);
    look();
    send.toggleAttribute("disabled", !area.value.trim());
  };
  area.addEventListener("input", changed);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && area.value.trim()) form.requestSubmit(send);
  });
  document.addEventListener("click", (event) => {
    if (!leave.contains(event.target)) leave.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave.open = false;
  });
  form.addEventListener("submit", (event) => sendOnce(event, form, send));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // back from the result: show where the matter stands
  });
  changed();
  return changed;
}

function sendOnce(event, form, send) {
  if (form.dataset.busy) {
    event.preventDefault();
    return;
  }
  form.dataset.busy = "yes";
  setTimeout(() => {
    send.setAttribute("aria-disabled", "true");
    if (event.submitter === send) send.textContent = "正在发送…";
  });
}

// A page in WeCom is dropped when somebody looks at another chat: what was typed is kept for this tab.
function remember(area, kept) {
  try {
    sessionStorage.setItem(kept, area.value);
  } catch {
    // storage may be switched off; then it is not kept
  }
}

function restore(area, kept) {
  try {
    const text = sessionStorage.getItem(kept);
    if (text) area.value = text;
  } catch {
    // as above
  }
}
