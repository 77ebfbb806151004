(() => {
  // One stream of events a browser, whatever the number of tabs: the tab that holds the lock listens and tells the others.
  const channel = new BroadcastChannel("frontdesk");
  const tell = ({ name, data }) => {
    for (const el of document.querySelectorAll(`[data-live="${name}"]`)) {
      el.textContent = data;
      el.hidden = data === "0";
    }
    window.dispatchEvent(new CustomEvent(`frontdesk:${name}`, { detail: data }));
  };
  channel.onmessage = (message) => tell(message.data);
  const listen = () => {
    const source = new EventSource("/events");
    for (const name of ["pending", "unread", "messages", "changed"]) {
      source.addEventListener(name, ({ data }) => {
        tell({ name, data });
        channel.postMessage({ name, data });
      });
    }
    return new Promise(() => {});
  };
  if (navigator.locks) navigator.locks.request("frontdesk-events", listen);
  else listen();
})();
