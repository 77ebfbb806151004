// Draws the parts of a form again that say what stands in it: the page draws itself for the fields, and the parts are put in place.
for (const place of document.querySelectorAll("[data-redraws]")) {
  const form = place.closest("form");
  let turn = 0;
  form.addEventListener("change", async () => {
    const mine = ++turn;
    const asked = new URLSearchParams([...new FormData(form)].filter(([name, value]) => typeof value === "string" && !name.startsWith("_")));
    const answer = await fetch(`${place.dataset.redraws}?${asked}`);
    if (mine !== turn || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of form.querySelectorAll("[data-part]")) {
      const next = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (mine === turn && next) part.replaceChildren(...next.childNodes);
    }
  });
}
