// The rows of an order: − and +, and what is not worked out yet. Without it the form still works.

/** Mark what was changed, and let nothing be sent before it is worked out (the server refuses it, too). */
export function tendOrder(form, send) {
  const sheet = document.getElementById("order");
  const line = document.getElementById("changed");
  if (!sheet || !line) return;
  const said = line.textContent;
  const fields = [...sheet.querySelectorAll("[data-was]")];
  const look = () => {
    for (const field of fields) field.classList.toggle("otherwise", isChanged(field));
    const waits = fields.some(isChanged);
    line.classList.toggle("waits", waits);
    const text = waits ? "改过了,先点「重新算」,再发送。" : said;
    if (line.textContent !== text) line.textContent = text;
    sheet.classList.toggle("waits", waits); // the sum is of what was
  };
  for (const button of sheet.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = button.parentElement.querySelector("input");
      const next = (Number(field.value) || 0) + Number(button.dataset.step);
      field.value = String(Math.min(Math.max(next, Number(field.min)), Number(field.max)));
      look();
    });
  }
  sheet.addEventListener("input", look);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.id === "amend") setTimeout(() => (event.submitter.textContent = "正在算…"));
    else if (event.submitter === send && fields.some(isChanged)) line.scrollIntoView({ block: "center" });
  });
  look();
}

function isChanged(field) {
  return field.value.trim() !== field.dataset.was.trim();
}
