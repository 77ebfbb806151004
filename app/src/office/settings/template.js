// Draws the preview and the mistakes of a letter anew while its words are typed. Without it there is a button.
const form = document.getElementById("words");
let wait, last;
const follow = async () => {
  const asked = new URL(form.dataset.page, location.href);
  for (const name of ["subject", "heading", "body", "closing"]) asked.searchParams.set(name, form.elements[name].value);
  const mine = (last = {});
  const answer = await fetch(asked).catch(() => undefined);
  if (!answer?.ok || mine !== last) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-follows]")) {
    const next = page.getElementById(part.id);
    if (next) part.replaceChildren(...next.childNodes);
  }
};
form?.addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(follow, 300);
});
