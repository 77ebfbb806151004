// Checks the form while it is filled in: the page draws itself for what stands in the fields, and its parts are put in place.
const place = document.querySelector("[data-check]");
const form = place?.closest("form");
let turn = 0;
let rest;
// The button that was pressed before the check had answered: what is sent is what was checked.
let held;

const named = (element) => element && `[name="${element.name}"][value="${element.value}"]`;

// What somebody is typing into, and what they are pressing, stays where it is.
const typing = (part) => part.contains(document.activeElement) && document.activeElement.matches("input[type=number], input[type=text], textarea");
let pressed = Promise.resolve();
form?.addEventListener("pointerdown", () => {
  pressed = new Promise((free) => {
    const over = () => setTimeout(free);
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, over, { once: true });
  });
});

const draw = (page) => {
  for (const part of form.querySelectorAll("[data-part]")) {
    const next = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!next || typing(part)) continue;
    const focused = part.contains(document.activeElement) && named(document.activeElement);
    part.replaceWith(next);
    if (focused) next.querySelector(focused)?.focus();
  }
};

const ask = async () => {
  const mine = ++turn;
  place.dataset.asking = "";
  const asked = new URLSearchParams(new FormData(form));
  for (const name of ["key", "_page", "_form"]) asked.delete(name);
  try {
    const answer = await fetch(`${place.dataset.check}?${asked}`);
    const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    await pressed;
    if (mine === turn && page) {
      const length = () => form.elements.namedItem("length").value;
      const was = length();
      draw(page);
      // Another length than the one on which the button was pressed is looked at first.
      if (length() !== was) held = undefined;
    }
  } finally {
    if (mine === turn) {
      delete place.dataset.asking;
      const button = held;
      held = undefined;
      if (button) form.requestSubmit(button);
    }
  }
};

const soon = () => {
  // An answer that is on its way knows nothing of this change.
  turn++;
  place.dataset.asking = "";
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

form?.addEventListener("submit", (event) => {
  if (!("asking" in place.dataset) || event.submitter?.formMethod === "get") return;
  event.preventDefault();
  held = event.submitter;
});
