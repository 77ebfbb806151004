// The worker of the installed portal. The server writes BUILD and ROOT before it. Pages come from the network; where there is
// none, from memory, marked with their age. It remembers only pages that allow it (`frontdesk-keep`), of one reader at a time
// (`frontdesk-reader`: a person with a language, or "none"), and forgets them as soon as anybody else, or nobody, is signed in.
// Posts, server functions and live events never pass through it. It shows the notices that come to this device.
const FILES = `files-${BUILD}`;
const SEEN = "seen-";
const OFFLINE = "/offline";
const KEPT = [`${ROOT}/pkg/frontdesk.css`, `${ROOT}/fonts/inter-latin.woff2`, `${ROOT}/favicon.svg`];
// A page is remembered as it is without a query, and so are these views of it: they are about today, as it is.
const VIEW = /^\?view=(week|list)$/;
const MOST = 40;
const OLDEST = 14 * 24 * 3600 * 1000;

// The last reader met, and how often that changed: an answer that was asked for before a change is not remembered after it.
let reader;
let turn = 0;
// The windows that show a page from memory: they get its files from there too. All others ask as if there were no worker.
const fromMemory = new Set();

const become = async (next) => {
  if (reader !== undefined && reader !== next) turn += 1;
  reader = next;
  const others = (await caches.keys()).filter((name) => name.startsWith(SEEN) && !name.endsWith(`-${next}`));
  await Promise.all(others.map((name) => caches.delete(name)));
};

// Somebody new: the page without a connection speaks their language; a device that told somebody else of their notices
// does so no more.
const greet = async () => {
  const refresh = async () => (await caches.open(FILES)).add(OFFLINE);
  const check = async () => {
    const device = await registration.pushManager?.getSubscription();
    if (!device) return;
    const body = new URLSearchParams({ endpoint: device.endpoint });
    const answer = await fetch("/do/account_check_device", { method: "POST", headers: { accept: "application/json" }, body });
    if (answer.ok && !(await answer.json())) await device.unsubscribe();
  };
  await Promise.allSettled([refresh(), check()]);
};

// Where this reader's pages are remembered, and whether there is nothing yet. Answers of others than ours, and redirects,
// say nothing.
const meet = async (answer) => {
  const next = answer.headers.get("frontdesk-reader");
  if (next) await become(next);
  if (!next || next === "none") return {};
  const memory = `${SEEN}${BUILD}-${next}`;
  const isNew = !(await caches.has(memory));
  if (isNew) await caches.open(memory);
  return { memory, isNew };
};

const remember = async (path, answer, memory, begun) => {
  const cache = await caches.open(memory);
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  const text = (await answer.text())
    .replace(/(<div id="as-of"[^>]*?) hidden(="")?/, "$1")
    .replace(/<p class="toast-line".*?<\/p>/s, "");
  if (begun !== turn) return;
  await cache.delete(path);
  await cache.put(path, new Response(text, { headers }));
  const paths = await cache.keys();
  await Promise.all(paths.slice(0, -MOST).map((old) => cache.delete(old)));
  if (begun !== turn) await caches.delete(memory);
};

// What an answer teaches: first who reads, and before anybody sees it; then, in its own time, the page.
const learn = async (url, answer, begun) => {
  const { pathname, search } = new URL(url);
  const before = turn;
  const { memory, isNew } = await meet(answer);
  if (!memory || begun !== before) return () => {};
  const now = turn;
  const isView = VIEW.test(search);
  const isKept = answer.ok && (!search || isView) && answer.headers.has("frontdesk-keep");
  const copy = isKept ? answer.clone() : undefined;
  return async () => {
    if (isNew) await greet();
    if (copy) await remember(pathname + search, copy, memory, now);
    else if (answer.status === 404) await (await caches.open(memory)).delete(pathname);
    // What all other addresses of the page fall back to is never older than a view of it.
    if (copy && isView) await look(pathname);
  };
};

const look = async (path) => {
  const begun = turn;
  const answer = await fetch(path, { headers: { accept: "text/html" } });
  await (await learn(answer.url, answer, begun))();
};

const remembered = async ({ pathname, search }) => {
  const cacheName = (await caches.keys()).find((name) => name.startsWith(`${SEEN}${BUILD}-`));
  const recent = async (path) => {
    const page = cacheName && (await caches.match(path, { cacheName }));
    return page && Date.now() - Date.parse(page.headers.get("date")) < OLDEST ? page : undefined;
  };
  const page = (await recent(pathname + search)) ?? (await recent(pathname));
  return page ?? (await caches.match(OFFLINE, { cacheName: FILES })) ?? Response.error();
};

const page = async (event, url) => {
  const begun = turn;
  let answer;
  try {
    answer = (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    fromMemory.add(event.resultingClientId);
    return remembered(url);
  }
  const more = await learn(url, answer, begun).catch(() => () => {});
  event.waitUntil(Promise.resolve(more()).catch(() => {}));
  return answer;
};

// Pages that are open and `/` are remembered while the old worker, if there is one, still answers: nothing is missing
// in between. It may go at once, because the files of a page lie under the page's own build.
const install = async () => {
  await (await caches.open(FILES)).addAll([...KEPT, OFFLINE]);
  const open = await clients.matchAll({ includeUncontrolled: true, type: "window" });
  const paths = new Set(["/", ...open.map((client) => new URL(client.url).pathname)]);
  await Promise.allSettled([...paths].filter((path) => !path.startsWith("/office")).map(look));
  await skipWaiting();
};

const activate = async () => {
  const old = (await caches.keys()).filter((name) => name !== FILES && !name.startsWith(`${SEEN}${BUILD}-`));
  await Promise.all(old.map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
};

// Leads to the page of a notice, in the window that is open or in a new one.
const open = async (link) => {
  const [window] = await clients.matchAll({ includeUncontrolled: true, type: "window" });
  if (!window) return clients.openWindow(link);
  await window.focus().catch(() => {});
  return window.navigate(link).catch(() => clients.openWindow(link));
};

const tell = ({ title, link, ...notice }) => {
  const icon = `${ROOT}/icons/icon-192.png`;
  return registration.showNotification(title, { ...notice, icon, data: link });
};

addEventListener("push", (event) => event.waitUntil(tell(event.data.json())));
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    if (url.pathname.startsWith("/do/sign_out")) event.waitUntil(become("none"));
  } else if (fromMemory.has(event.clientId) && KEPT.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname, { cacheName: FILES }).then((file) => file ?? fetch(request)));
  } else if (request.mode === "navigate") {
    event.respondWith(page(event, url));
  }
});
