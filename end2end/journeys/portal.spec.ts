// The client's side: asking for a visit on the calendar, the list of requests, editing, cancelling, notices, account.

import { chooseTime, turnTheMonth } from "../asking.ts";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, CLIENT_IN_SPANISH, signIn } from "../people.ts";
import type { Page } from "@playwright/test";

/** The first day in sight with at least ten free times: today may be nearly over, and the month too. */
async function onAFreeDay(page: Page, nth: number): Promise<string> {
  const days = page.locator(".day[data-state=open]").filter({ has: page.locator(".day-note", { hasText: /^\d\d free$/ }) });
  await page.waitForLoadState("load");
  if ((await days.count()) === 0) await turnTheMonth(page);
  const day = days.first();
  const title = (await day.getAttribute("aria-label"))?.split(",")[0] ?? "";
  await day.click();
  await expect(page.locator("#times-title")).toHaveText(title);
  await expect(page.locator("#times .slot").nth(9)).toBeVisible();
  const slot = page.locator("#times .slot").nth(nth);
  const line = (await slot.getAttribute("aria-label")) ?? "";
  await slot.click();
  await expect(page.locator(".choice-bar strong")).toHaveText(line);
  return line;
}

/** The first time of all would be at the limit of the notice, and gone a minute later. */
async function inTheNextMonth(page: Page): Promise<string> {
  await alive(page);
  return (await chooseTime(page)).line;
}

/** From the services to the last step, taking the nth time of a free day; the first one, with scripts, of the next month. */
async function toTheLastStep(page: Page, service: string, notes: string, nth = 0, technician?: string): Promise<string> {
  await page.goto("/request");
  await page.getByRole("link", { name: new RegExp(service) }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("When suits you?");
  if (technician) {
    await alive(page);
    await page.getByLabel("With").selectOption({ label: technician });
    await expect(page).toHaveURL(/with=/);
  }
  const line = nth > 0 ? await onAFreeDay(page, nth) : await inTheNextMonth(page);
  await page.getByRole("link", { name: "Continue" }).click();
  await page.getByLabel("Notes").fill(notes);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Check and send");
  return line;
}

async function reference(page: Page): Promise<string> {
  await expect(page).toHaveURL(/\/requests\/R-[0-9A-Z]{5,}/);
  return page.url().match(/R-[0-9A-Z]+/)?.[0] ?? "";
}

test.describe("with scripts", { tag: "@phone" }, () => {
  test.beforeEach(async ({ page }) => signIn(page, CLIENT));

  test("a client asks on the calendar and finds the request", async ({ page, mailbox }) => {
    const line = await toTheLastStep(page, "Dog walk", "The key is under the mat.");
    await page.getByRole("button", { name: "Send request" }).click();
    const ref = await reference(page);
    await expect(page.getByRole("alert")).toContainText(ref);
    await expect(page.getByText("Waiting for an answer").first()).toBeVisible();
    await expect(page.getByText("The key is under the mat.")).toBeVisible();
    await page.goto("/");
    await expect(page.getByRole("region", { name: /waiting for an answer/ })).toContainText(ref);
    await expect(page.getByRole("region", { name: /waiting for an answer/ })).toContainText(line);
    const mail = await mailbox.wait({ to: CLIENT, subject: new RegExp(ref) });
    expect(mail.text).toContain(ref);
  });

  test("a reload and Back find the same choice", async ({ page }) => {
    await page.goto("/request");
    await page.getByRole("link", { name: /Dog walk/ }).click();
    await alive(page);
    const { line } = await chooseTime(page);
    await expect(page).toHaveURL(/start=/);
    await page.reload();
    await expect(page.locator(".choice-bar strong")).toHaveText(line);
    await page.getByRole("link", { name: "Continue" }).click();
    await page.getByLabel("Notes").fill("Kept, I hope.");
    await page.getByRole("button", { name: "Change" }).click();
    await expect(page.locator(".choice-bar strong")).toHaveText(line);
    await page.getByRole("link", { name: "Continue" }).click();
    await expect(page.getByLabel("Notes")).toHaveValue("Kept, I hope.");
  });

  test("the month turns without loading the page", async ({ page }) => {
    await page.goto("/request");
    await page.getByRole("link", { name: /Dog walk/ }).click();
    await alive(page);
    await page.evaluate(() => Object.assign(window, { stayed: true }));
    const title = page.locator("#month-title");
    const before = await title.textContent();
    await page.getByRole("link", { name: "Next month" }).click();
    await expect(title).not.toHaveText(before ?? "");
    await page.locator(".day[data-state=open]").first().click();
    await expect(page.locator("#times .slot").first()).toBeFocused();
    expect(await page.evaluate(() => "stayed" in window)).toBe(true);
  });

  test("edits and cancels what waits", async ({ page }) => {
    await toTheLastStep(page, "Dog walk", "First words.", 2);
    await page.getByRole("button", { name: "Send request" }).click();
    const ref = await reference(page);
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Notes").fill("Other words.");
    await page.getByRole("button", { name: "Change the time" }).click();
    await alive(page);
    await expect(page.locator("#times .slot[aria-current=true]")).toHaveCount(1);
    const slot = page.locator("#times .slot:not([aria-current])").nth(3);
    const line = (await slot.getAttribute("aria-label")) ?? "";
    await slot.click();
    await page.getByRole("link", { name: "Continue" }).click();
    await expect(page.getByLabel("Notes")).toHaveValue("Other words.");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page).toHaveURL(new RegExp(`/requests/${ref}`));
    await expect(page.getByText("Other words.")).toBeVisible();
    await expect(page.getByText(line).first()).toBeVisible();
    await alive(page);
    await page.getByRole("link", { name: "Cancel request" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("cannot be undone");
    await dialog.getByRole("button", { name: "Cancel the request" }).click();
    await expect(page.getByText("The request was cancelled.")).toBeVisible();
    await expect(page.getByRole("link", { name: "Request again" })).toBeVisible();
  });
});

test("each filter shows what it says", async ({ page }) => {
  await signIn(page, CLIENT);
  await page.goto("/requests");
  const filter = page.getByLabel("Filter by Status");
  for (const [word, name] of [["pending", "Pending"], ["cancelled", "Cancelled"]] as const) {
    const option = await filter.locator(`option[value=${word}]`).textContent();
    const count = Number(option?.match(/\((\d+)\)/)?.[1]);
    await page.goto(`/requests?status=${word}`);
    await expect(page.locator("main ul.sheet > li")).toHaveCount(count);
    await expect(page.getByRole("navigation", { name: "Requests by status" }).getByRole("link", { name: new RegExp(name) })).toHaveAttribute("aria-current", "page");
  }
  await page.goto("/requests");
  await alive(page);
  await filter.selectOption("cancelled");
  await expect(page).toHaveURL(/status=cancelled/);
});

test("the keyboard alone chooses a day and a time", async ({ page }) => {
  await signIn(page, CLIENT);
  await page.goto("/request");
  await page.getByRole("link", { name: /Dog walk/ }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("grid")).toBeVisible();
  await alive(page);
  const stop = page.locator(".day[tabindex='0']");
  await expect(stop).toHaveCount(1);
  await stop.focus();
  const title = await page.locator("#month-title").textContent();
  await page.keyboard.press("PageDown");
  await expect(page.locator("#month-title")).not.toHaveText(title ?? "");
  await expect(stop).toBeFocused();
  // There the first day with free times is not the month's last: an arrow stays in the month.
  const open = page.locator(".day[data-state=open]").first();
  await open.focus();
  const first = await open.getAttribute("data-date");
  await page.keyboard.press("ArrowRight");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-date"))).not.toBe(first);
  await page.keyboard.press("ArrowLeft");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-date"))).toBe(first);
  const label = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  expect(label).toMatch(/^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d+ \w+.*, \d+ free$/);
  await page.keyboard.press("Enter");
  await expect(page.locator("#times .slot").first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator(".slot[aria-current=true]")).toHaveCount(1);
});

test("a time that two want at once goes to one; the other is offered the nearest", async ({ browser, page, frontdesk }) => {
  await signIn(page, CLIENT);
  const other = await (await browser.newContext({ baseURL: frontdesk.url, locale: "es-ES" })).newPage();
  await signIn(other, CLIENT_IN_SPANISH);
  // Both name the same technician, so that one time is all there is.
  await toTheLastStep(page, "Grooming", "Mine.", 0, "Lucía Fernández");
  const address = new URL(page.url());
  await other.goto(address.pathname + address.search.replace(/key=[^&]*&?/, ""));
  await expect(other.locator("#taken")).toHaveCount(0);
  await page.getByRole("button", { name: /Send request/ }).click();
  await reference(page);
  await other.locator(".choice-bar button").click();
  await expect(other.locator("#taken")).toBeVisible();
  await expect(other.locator("#taken .slot")).toHaveCount(3);
  await expect(other.getByText("Mine.")).toBeVisible();
  await other.locator("#taken .slot").first().click();
  await expect(other.locator("#taken")).toHaveCount(0);
  await other.locator(".choice-bar button").click();
  await expect(other).toHaveURL(/\/requests\/R-/);
});

test("the same form with other content asks whether to send it as new", async ({ page }) => {
  await signIn(page, CLIENT);
  await toTheLastStep(page, "Dog walk", "Once.", 5);
  const address = page.url();
  await page.getByRole("button", { name: "Send request" }).click();
  const ref = await reference(page);
  await page.goto(address.replace("notes=Once.", "notes=Twice."));
  await page.getByRole("button", { name: /Send/ }).click();
  await expect(page.getByRole("alert")).toContainText(ref);
  await expect(page.getByRole("button", { name: "Send as a new request" })).toBeVisible();
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("the wizard, an edit and a cancellation are plain pages", async ({ page }) => {
    await signIn(page, CLIENT);
    const line = await toTheLastStep(page, "Dog walk", "No scripts here.", 1);
    await page.getByRole("button", { name: "Send request" }).click();
    const ref = await reference(page);
    await expect(page.getByText(line).first()).toBeVisible();
    await page.goto("/requests?status=pending");
    await expect(page.getByText(ref)).toBeVisible();
    await page.goto(`/requests/${ref}/edit`);
    await page.getByLabel("Notes").fill("x".repeat(1999) + "\u0007");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.locator(".field-error")).toBeVisible();
    await expect(page.getByLabel("Notes")).toHaveValue(/^x{1999}/);
    await page.goto(`/requests/${ref}`);
    await page.getByRole("link", { name: "Cancel request" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Cancel ${ref}?`);
    await page.getByRole("button", { name: "Cancel the request" }).click();
    await expect(page.getByText("The request was cancelled.")).toBeVisible();
  });
});

test("notices are counted, opened and read", async ({ page }) => {
  await signIn(page, CLIENT);
  await toTheLastStep(page, "Dog walk", "", 7);
  await page.getByRole("button", { name: "Send request" }).click();
  const ref = await reference(page);
  await page.goto("/notices");
  await page.getByRole("button", { name: new RegExp(ref) }).first().click();
  await expect(page).toHaveURL(new RegExp(`/requests/${ref}`));
  await page.goto("/notices");
  const all = page.getByRole("button", { name: "Mark all as read" });
  if (await all.count()) await all.click();
  await expect(page.getByText("Unread")).toHaveCount(0);
});

test("the account speaks another language and keeps another zone", async ({ page }) => {
  await signIn(page, CLIENT_IN_SPANISH);
  await page.goto("/account");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cuenta");
  await page.getByLabel("Zona horaria").selectOption("Europe/London");
  await page.getByRole("button", { name: "Guardar" }).first().click();
  await expect(page.getByText("Guardado.")).toBeVisible();
  await page.goto("/request");
  await page.locator("main a[href^='/request/']").first().click();
  await expect(page.getByText(/Horas de London/)).toBeVisible();
});

for (const scheme of ["light", "dark"] as const) {
  test(`the client's pages are accessible, ${scheme}`, { tag: "@phone" }, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await signIn(page, CLIENT);
    await toTheLastStep(page, "Dog walk", "For the eyes of a machine.", 8);
    await expectAccessible(page);
    for (const path of ["/", "/request", "/requests", "/notices", "/account"]) {
      await page.goto(path);
      await expectAccessible(page);
    }
    await page.goto("/request");
    await page.getByRole("link", { name: /Dog walk/ }).click();
    await alive(page);
    await expectAccessible(page);
  });
}
