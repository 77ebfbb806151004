// Checks the form while it is filled in: the page draws itself for what stands in the fields, and its parts are put in place.
const place = document.querySelector("[data-check]");
const form = place?.closest("form");
let turn = 0;
let rest;

const named = (element) => element && `[name="${element.name}"][value="${element.value}"]`;

const draw = (page) => {
  for (const part of form.querySelectorAll("[data-part]")) {
    const next = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!next) continue;
    const focused = part.contains(document.activeElement) && named(document.activeElement);
    part.replaceWith(next);
    if (focused) next.querySelector(focused)?.focus();
  }
};

const ask = async () => {
  const mine = ++turn;
  const asked = new URLSearchParams(new FormData(form));
  for (const name of ["key", "_page", "_form"]) asked.delete(name);
  place.dataset.asking = "";
  try {
    const answer = await fetch(`${place.dataset.check}?${asked}`);
    if (mine === turn && answer.ok) draw(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } finally {
    if (mine === turn) delete place.dataset.asking;
  }
};

const soon = () => {
  // An answer that is on its way knows nothing of this change.
  turn++;
  clearTimeout(rest);
  rest = setTimeout(ask, 150);
};

form?.addEventListener("change", (event) => {
  if (["date", "time"].includes(event.target.name)) form.elements.offset.value = "";
  soon();
});

form?.addEventListener("click", (event) => {
  const other = event.target.closest("button[name=at]");
  if (!other) return;
  event.preventDefault();
  const [technician, date, time, offset] = other.value.split("|");
  Object.entries({ date, time, offset }).forEach(([name, value]) => (form.elements[name].value = value));
  if (technician) for (const box of form.querySelectorAll('[name="technician[]"]')) box.checked = box.value === technician;
  ask();
});
