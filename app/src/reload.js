(async () => {
  const start = () => fetch("/dev/start").then((answer) => answer.text(), () => null);
  const first = await start();
  setInterval(async () => {
    const now = await start();
    if (now && now !== first) location.reload();
  }, 700);
})();
