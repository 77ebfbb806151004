(() => {
  // Starts the worker once the page is there. A page that is shown without a connection sends nothing, and is fetched anew
  // when the connection is back.
  const start = () => navigator.serviceWorker?.register("/sw.js", { updateViaCache: "none" }).catch(() => {});
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
  const mark = document.getElementById("as-of");
  if (!mark || mark.hidden) return;
  for (const button of document.querySelectorAll("form button")) button.disabled = true;
  addEventListener("online", () => location.reload());
})();
