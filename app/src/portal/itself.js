(() => {
  // Some conveniences of forms and links that need no island; without them the page has a button or another page.
  const on = (type, find, then) =>
    document.addEventListener(type, (event) => {
      const found = event.target.closest?.(find);
      if (found) then(found, event);
    });
  on("change", "[data-sends] select", (field) => field.form.requestSubmit());
  on("input", "[data-counts]", (part, { target }) => {
    const says = part.querySelector("[data-left]");
    says.textContent = target.value ? says.dataset.left.replace("{}", target.maxLength - target.value.length) : "";
  });
  on("click", "a[data-opens]", (link, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    document.getElementById(link.dataset.opens).showModal();
  });
  // What is left of a time in which something can still be done.
  setInterval(() => {
    for (const el of document.querySelectorAll("[data-seconds]")) {
      el.until ??= performance.now() + el.dataset.seconds * 1000;
      const left = Math.max(0, Math.round((el.until - performance.now()) / 1000));
      el.textContent = el.dataset.words.replace("{}", `${Math.floor(left / 60)}:${`${left % 60}`.padStart(2, "0")}`);
    }
  }, 1000);
})();
