(() => {
  // Notices on this device: how it stands, and the two buttons that change it.
  const part = document.querySelector("[data-device]");
  const worker = navigator.serviceWorker;
  if (!part || !worker || !window.PushManager || !window.Notification) return;
  const show = (state) => {
    for (const el of part.querySelectorAll("[data-state]")) el.hidden = el.dataset.state !== state;
    for (const el of part.querySelectorAll("[data-turn]")) {
      el.hidden = el.dataset.turn === "on" ? state !== "off" && state !== "failed" : state !== "on";
      el.disabled = false;
    }
  };
  const tell = async (name, fields) => {
    const headers = { accept: "application/json" };
    const answer = await fetch(`/do/account_${name}_device`, { method: "POST", headers, body: new URLSearchParams(fields) });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  const look = async () => {
    if (Notification.permission === "denied") return show("blocked");
    const device = await (await worker.ready).pushManager.getSubscription();
    show(device && (await tell("check", { endpoint: device.endpoint })) ? "on" : "off");
  };
  const turn = {
    on: async (manager) => {
      if ((await Notification.requestPermission()) !== "granted") return;
      // One that was made for another key, or for somebody else, would be in the way.
      await (await manager.getSubscription())?.unsubscribe();
      const device = await manager.subscribe({ userVisibleOnly: true, applicationServerKey: part.dataset.device });
      const { endpoint, keys } = device.toJSON();
      await tell("add", { endpoint, ...keys });
    },
    off: async (manager) => {
      const device = await manager.getSubscription();
      if (!device) return;
      await tell("remove", { endpoint: device.endpoint });
      await device.unsubscribe();
    },
  };
  for (const button of part.querySelectorAll("[data-turn]")) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await turn[button.dataset.turn]((await worker.ready).pushManager);
        await look();
      } catch {
        show("failed");
      }
    });
  }
  look().catch(() => show("failed"));
})();
