// Notices on one's devices: the account says how it stands on this one, each kind is chosen there, and a notice that arrives
// is shown and leads to its page. No browser of ours has a push service: what it would answer is put in its place.

import type { Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, signIn } from "../people.ts";

test.use({ serviceWorkers: "allow" });

/** All states stand on the page; one is seen. */
const SEEN = { useInnerText: true };

/** A browser whose push service takes every subscription. */
async function withPushService(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const key = [4, ...Array<number>(64).fill(7)];
    const text = (bytes: number[]) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const endpoint = "https://push.example/of-this-browser";
    const device = {
      endpoint,
      toJSON: () => ({ endpoint, keys: { p256dh: text(key), auth: text(Array<number>(16).fill(9)) } }),
      unsubscribe: async () => (sessionStorage.removeItem("device"), true),
    };
    const manager = PushManager.prototype as unknown as Record<string, unknown>;
    manager["getSubscription"] = async () => (sessionStorage.getItem("device") ? device : null);
    manager["subscribe"] = async ({ applicationServerKey }: { applicationServerKey: string }) => {
      if (applicationServerKey.length !== 87) throw new Error("no key");
      sessionStorage.setItem("device", "yes");
      return device;
    };
  });
}

test("one asks for notices on this device, and has enough of them", { tag: ["@phone", "@postgres"] }, async ({ page, context }) => {
  await context.grantPermissions(["notifications"]);
  await withPushService(page);
  await signIn(page, CLIENT);
  await page.goto("/account");
  const part = page.locator("#devices");
  const state = part.getByRole("status");
  await expect(state).toHaveText("Notices do not come to this device.", SEEN);
  await expectAccessible(page);
  await part.getByRole("button", { name: "Notify me on this device" }).click();
  await expect(state).toHaveText("Notices come to this device.", SEEN);
  await page.reload();
  await expect(state).toHaveText("Notices come to this device.", SEEN);
  await part.getByRole("button", { name: "Stop on this device" }).click();
  await expect(state).toHaveText("Notices do not come to this device.", SEEN);
  await expect(part.getByRole("button", { name: "Stop on this device" })).toBeHidden();
});

test("each kind can be switched off", async ({ page }) => {
  await signIn(page, CLIENT);
  await page.goto("/account");
  const part = page.locator("#devices");
  const first = part.getByRole("checkbox").first();
  await expect(first).toBeChecked();
  await first.uncheck();
  await part.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/saved=devices/);
  await expect(first).not.toBeChecked();
  await expect(part.getByRole("checkbox").nth(1)).toBeChecked();
});

test("where the browser blocks notices, the page says what to do", async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(Notification, "permission", { value: "denied" }));
  await signIn(page, CLIENT);
  await page.goto("/account");
  await expect(page.locator("#devices").getByRole("status")).toHaveText(/^This browser blocks notices/, SEEN);
  await expect(page.locator("#devices").getByRole("button", { name: "Notify me on this device" })).toBeHidden();
});

test.describe("with scripts off", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says that notices cannot come here, and the kinds are chosen all the same", async ({ page }) => {
    await signIn(page, CLIENT);
    await page.goto("/account");
    await expect(page.locator("#devices").getByRole("status")).toHaveText(/^This browser cannot show notices.*first\.$/, SEEN);
    await page.locator("#devices").getByRole("button", { name: "Save" }).click();
    await expect(page).toHaveURL(/saved=devices/);
  });
});

test("a notice that arrives is shown, and leads to its page", async ({ page, context, baseURL }) => {
  await context.grantPermissions(["notifications"]);
  await signIn(page, CLIENT);
  await page.evaluate(() => navigator.serviceWorker.ready);
  const browser = await context.newCDPSession(page);
  const registered = new Promise<string>((found) => {
    browser.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => registrations[0] && found(registrations[0].registrationId));
  });
  await browser.send("ServiceWorker.enable");
  const data = JSON.stringify({ title: "Brightside", body: "Your visit moved.", link: "/requests", tag: "1", lang: "en", dir: "ltr" });
  await browser.send("ServiceWorker.deliverPushMessage", { origin: baseURL!, registrationId: await registered, data });
  const shown = () =>
    page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag }) => [title, body, tag]));
  await expect.poll(shown).toEqual([["Brightside", "Your visit moved.", "1"]]);
  const [worker] = context.serviceWorkers();
  await worker!.evaluate(async () => {
    // The types of a worker's own world are not known here.
    const world = globalThis as any;
    const [notification] = await world.registration.getNotifications();
    world.dispatchEvent(new world.NotificationEvent("notificationclick", { notification }));
  });
  await expect(page).toHaveURL("/requests");
  await expect.poll(shown).toEqual([]);
});
