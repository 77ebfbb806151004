// The portal as an application: it can be installed, shows the last seen Schedule without a connection and says so, forgets
// everything with the person who leaves, and begins anew with a new build.

import type { Page } from "@playwright/test";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, signIn } from "../people.ts";

test.use({ serviceWorkers: "allow" });

const MARK = /^Offline – as of \w{3} \d{1,2} \w{3}, \d{2}:\d{2}/;

/** Waits until the worker has remembered the page at `path`. */
async function rememberedBy(page: Page, path = "/"): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect.poll(() => memories(page), { message: `${path} is remembered` }).toContain(path);
}

/** The paths of all pages that the browser remembers, whoever's they are. */
function memories(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("seen-"));
    const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return kept.flat().map((request) => new URL(request.url).pathname);
  });
}

/** Everything that the browser remembers, as one text. */
function remembered(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const texts = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) texts.push(await (await cache.match(request))!.text());
    }
    return texts.join("\n");
  });
}

test("the portal can be installed: the browser finds nothing missing", async ({ page }) => {
  await signIn(page, CLIENT);
  const browser = await page.context().newCDPSession(page);
  const { errors } = await browser.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");
  // A window without a profile of its own cannot install anything.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
  const sizes = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=manifest]")!;
    const { icons } = await (await fetch(link.href)).json();
    return Promise.all(
      icons.map(async ({ src, sizes }: { src: string; sizes: string }) => {
        const picture = new Image();
        picture.src = src;
        await picture.decode();
        return [sizes, `${picture.naturalWidth}x${picture.naturalHeight}`];
      }),
    );
  });
  expect(sizes.map(([said]) => said)).toEqual(["192x192", "512x512", "512x512"]);
  for (const [said, drawn] of sizes) expect(drawn).toBe(said);
});

test("without a connection the last seen Schedule is there, and says how old it is", { tag: ["@phone", "@postgres"] }, async ({ page, context }) => {
  await signIn(page, CLIENT);
  await expect(page.getByText(MARK)).toBeHidden();
  await rememberedBy(page);
  await page.goto("/requests");
  const first = page.getByRole("main").getByRole("link").filter({ hasText: /R-/ }).first();
  const address = await first.getAttribute("href");
  await first.click();
  await expect(page).toHaveURL(address!);
  const details = await page.getByRole("heading", { level: 1 }).innerText();
  await rememberedBy(page, address!);
  await page.goto("/");
  const visits = await page.locator("#visits").innerText();

  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText(MARK)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Schedule");
  expect(await page.locator("#visits").innerText()).toBe(visits);
  await expectAccessible(page);
  await test.step("the details too, and nothing on them can be sent", async () => {
    await page.goto(address!);
    await expect(page.getByText(MARK)).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(details);
    for (const button of await page.locator("form button").all()) await expect(button).toBeDisabled();
  });
  await test.step("a page that was not remembered says so, and comes when it can", async () => {
    await page.goto("/account");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("No connection");
    await expectAccessible(page);
    await page.getByRole("link", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("No connection");
    await page.waitForLoadState("load");
    await context.setOffline(false);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Account");
    await expect(page).toHaveURL("/account");
  });
  await page.goto("/");
  await expect(page.getByText(MARK)).toBeHidden();
  await alive(page);
});

test("who signs out leaves nothing behind", { tag: "@postgres" }, async ({ page, context }) => {
  await signIn(page, CLIENT);
  await rememberedBy(page);
  const visit = await page.locator("#visits article h3").first().innerText();
  expect(await remembered(page)).toContain(visit);
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  expect(await page.evaluate(() => caches.keys())).toEqual([]);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  await context.setOffline(true);
  // Nobody is left who could answer.
  await expect(page.goto("/")).rejects.toThrow(/ERR_INTERNET_DISCONNECTED/);
  // The browser's own page for that comes a moment later.
  await expect(page.getByText("ERR_INTERNET_DISCONNECTED")).toBeVisible();
  await expect(page.getByText(visit)).toHaveCount(0);
});

test("a session that has ended takes its pages with it, even where the browser was told nothing", async ({ page, context }) => {
  await signIn(page, CLIENT);
  await rememberedBy(page);
  await context.clearCookies();
  await page.goto("/requests");
  await expect(page).toHaveURL(/\/sign-in/);
  expect(await memories(page)).toEqual([]);
  await context.setOffline(true);
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No connection");
  await expect(page.locator("#visits")).toHaveCount(0);
});

test("who signs in next, in the same browser, sees their own pages only", async ({ page, context }) => {
  await signIn(page, CLIENT);
  await rememberedBy(page);
  const theirs = await page.locator("#visits article h3").allInnerTexts();
  expect(theirs.length).toBeGreaterThan(0);
  const reference = await page.locator('a[href^="/requests/R-"], a[href^="/visits/V-"]').first().getAttribute("href");
  // Without signing out: somebody signs in over the other's session.
  await signIn(page, CLIENT_IN_SPANISH);
  await rememberedBy(page);
  expect(await remembered(page)).not.toContain(reference);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText(/^Sin conexión: datos del/)).toBeVisible();
  await page.goto(reference!);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sin conexión");
});

test("nothing of the office is remembered, and staff get no worker", async ({ page }) => {
  await signIn(page, DISPATCHER, { next: "/office" });
  await alive(page);
  await page.goto("/account");
  await alive(page);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  expect(await page.evaluate(() => caches.keys())).toEqual([]);
});

test("posts, server functions and live events never pass through the worker", async ({ page }) => {
  await signIn(page, CLIENT);
  await rememberedBy(page);
  const byWorker: string[] = [];
  page.on("response", (answer) => answer.fromServiceWorker() && byWorker.push(new URL(answer.url()).pathname));
  const events = page.waitForRequest("**/events");
  await page.goto("/");
  await events;
  await alive(page);
  const turned = page.waitForResponse("**/do/portal_visits");
  await page.getByRole("link", { name: "Next month" }).click();
  expect((await turned).fromServiceWorker()).toBe(false);
  await page.goto("/account");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect(page).toHaveURL(/saved=you/);
  expect(byWorker).toContain("/account");
  expect(byWorker.filter((path) => path.startsWith("/do/") || path === "/events")).toEqual([]);
});

test("a new build replaces what the old one kept", async ({ page, frontdesk, context }) => {
  await signIn(page, CLIENT);
  await rememberedBy(page);
  const [old] = (await page.evaluate(() => caches.keys())).filter((name) => name.startsWith("files-"));
  await test.step("a worker of another build takes over", async () => {
    await frontdesk.stop();
    // One file more is another build.
    const site = join(frontdesk.folder, "site");
    cpSync(process.env.FRONTDESK_SITE_DIR!, site, { recursive: true });
    writeFileSync(join(site, "another.txt"), "");
    await frontdesk.start({ FRONTDESK_SITE_DIR: site });
    await page.goto("/");
    await expect.poll(() => page.evaluate(() => caches.keys())).not.toContain(old);
  });
  await rememberedBy(page);
  const build = (await page.locator('link[rel="stylesheet"]').getAttribute("href"))!.split("/")[2]!;
  expect(`files-${build}`).not.toBe(old);
  const names = await page.evaluate(() => caches.keys());
  expect(names).toHaveLength(2);
  expect(names.filter((name) => name.includes(build))).toHaveLength(2);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText(MARK)).toBeVisible();
  expect(await page.locator('link[rel="stylesheet"]').getAttribute("href")).toContain(build);
  expect(await page.evaluate(() => getComputedStyle(document.querySelector(".sheet")!).borderTopStyle)).toBe("solid");
});
