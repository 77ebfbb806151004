// Staff answer requests: on the row, in the details and on the calendar; with a reason; live; stale; by keyboard; with
// scripts off. The demo data hold several pending requests, each of which is answered once.

import type { Locator, Page } from "@playwright/test";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { DISPATCHER, OWNER, signIn } from "../people.ts";

/** The rows that wait, in the queue in sight. */
const waiting = (page: Page): Locator => page.locator(".qrow:has(.qrow-actions)");

/** Those for which somebody is free, so that they can be approved. */
const ready = (page: Page): Locator => waiting(page).filter({ has: page.locator(".qrow-approve") });

/** The reference that a row shows. */
const referenceOf = async (row: Locator): Promise<string> => (await row.getAttribute("id"))!.replace("row-", "");

const badge = (page: Page): Locator => page.locator("nav [data-live=pending]");

async function count(page: Page): Promise<number> {
  return Number(await badge(page).textContent());
}

/** Presses a button under the form in which a request is answered. */
async function answer(page: Page, name: string): Promise<void> {
  await page.locator(".decide-buttons").getByRole("button", { name, exact: true }).click();
}

async function open(page: Page, path: string): Promise<void> {
  await signIn(page, DISPATCHER, { next: path });
  await alive(page);
}

test("one press approves where the technician is clear", { tag: "@postgres" }, async ({ page }) => {
  await open(page, "/office/requests");
  const before = await count(page);
  const row = waiting(page).filter({ has: page.locator(".qrow-approve") }).first();
  const reference = await referenceOf(row);
  await row.locator(".qrow-approve button").click();
  await expect(page.locator(`#row-${reference}`)).toBeHidden();
  await expect(page.getByRole("status").filter({ hasText: reference })).toBeVisible();
  await expect(badge(page)).toHaveText(String(before - 1));
  await page.goto(`/office/requests/${reference}`);
  await expect(page.locator(".details")).toContainText("Approved by");
});

test("the details approve at another time, with a note and a clash check", async ({ page }) => {
  await open(page, "/office/requests");
  const row = waiting(page).first();
  const reference = await referenceOf(row);
  await row.locator(".qrow-name a").click();
  const form = page.locator(`#decide-${reference}-form`);
  await expect(form.locator(".check")).toBeVisible();
  await form.locator("textarea[name=internal_notes]").fill("Gate code 1234");
  await form.locator("input[name=time]").fill("03:15");
  await expect(form.locator(".check-soft, .check-clash")).toBeVisible();
  await form.locator("input[name=override_reason]").fill("Agreed on the phone");
  await answer(page, "Approve");
  await expect(page.locator(".details-outcome").first()).toContainText("Approved by");
  await expect(page.locator(".details")).toContainText("Gate code 1234");
});

test("a hold of the calendar opens the form, and becomes a visit", async ({ page }) => {
  await open(page, "/office/schedule?view=list");
  const hold = page.locator(".agenda-row:has(.tone-wait)").first();
  await hold.click();
  await alive(page);
  const form = page.locator(".decide-form");
  await expect(form).toBeVisible();
  await answer(page, "Approve");
  await expect(form).toBeHidden();
  await expect(page.locator(".queue-said")).toContainText("approved");
});

test("declining says why, and the client can read it", async ({ page }) => {
  await open(page, "/office/requests");
  const row = waiting(page).first();
  const reference = await referenceOf(row);
  await row.locator(".decline summary").click();
  await row.locator("textarea[name=reason]").fill("We are away that week.");
  await row.getByRole("button", { name: "Decline the request" }).click();
  await expect(page.locator(`#row-${reference}`)).toBeHidden();
  await page.goto("/office/requests?status=declined");
  await expect(page.locator(`#row-${reference}`)).toContainText("Declined");
  await page.goto(`/office/requests/${reference}`);
  await expect(page.locator(".details")).toContainText("We are away that week.");
});

test("filters count, and search finds", async ({ page }) => {
  await open(page, "/office/requests?status=all");
  for (const word of ["Pending", "Approved", "Declined", "Cancelled", "All"]) {
    await expect(page.locator(".queue-tabs").getByRole("link", { name: new RegExp(`^${word}\\s*\\d+$`) })).toBeVisible();
  }
  await page.getByLabel("Filter by Status").selectOption("approved");
  await expect(page).toHaveURL(/status=approved/);
  await expect(page.locator(".qrow").first()).toContainText("Approved");
  const reference = await referenceOf(page.locator(".qrow").first());
  await page.getByRole("searchbox").fill(reference);
  await page.getByRole("searchbox").press("Enter");
  await expect(page.locator(".qrow")).toHaveCount(1);
});

test("a decision elsewhere reaches the page without reloading; a late one hears who was faster", async ({ page, browser }) => {
  await open(page, "/office/requests");
  const row = ready(page).first();
  const reference = await referenceOf(row);
  const before = await count(page);
  const other = await browser.newPage();
  await signIn(other, OWNER, { next: `/office/requests/${reference}` });
  await alive(other);
  await row.locator(".decline summary").click();
  await row.getByRole("button", { name: "Decline the request" }).click();
  await expect(badge(other)).toHaveText(String(before - 1));
  await answer(other, "Approve");
  await expect(other.locator(".details")).toContainText("Declined by");
  await other.close();
});

test("the keyboard is enough", async ({ page }) => {
  await open(page, "/office/requests");
  await page.keyboard.press("j");
  // The details that it opens have a form of their own.
  await expect(page.locator(".qrow-cursor.qrow-open")).toHaveCount(1);
  await page.keyboard.press("?");
  await expect(page.locator("dialog#keys")).toBeVisible();
  await page.keyboard.press("Escape");
  // While the list of keys is open, letters are not commands.
  await expect(page.locator("dialog#keys")).toBeHidden();
  await page.keyboard.press("d");
  const reason = page.locator(".decline[open] textarea");
  await expect(reason).toBeFocused();
  await page.keyboard.type("ajdk");
  await expect(reason).toHaveValue("ajdk");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the Schedule and the Requests are accessible, ${colorScheme}`, { tag: "@phone" }, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await open(page, "/office/schedule?view=day&panel=requests");
    await expectAccessible(page);
    for (const path of ["/office/schedule?view=week", "/office/schedule?view=month", "/office/schedule?view=list", "/office/requests", "/office/why"]) {
      await page.goto(path);
      await alive(page);
      await expectAccessible(page);
    }
  });
}

test.describe("with scripts off", () => {
  test.use({ javaScriptEnabled: false });

  test("a request is looked at, checked and approved", async ({ page }) => {
    await signIn(page, DISPATCHER, { next: "/office/requests?status=pending" });
    const row = waiting(page).filter({ hasNotText: "nobody free" }).first();
    const reference = await referenceOf(row);
    await row.locator(".qrow-name a").click();
    await answer(page, "Check the time");
    await expect(page.locator(".check")).toBeVisible();
    await answer(page, "Approve");
    await page.goto(`/office/requests/${reference}`);
    await expect(page.locator(".details")).toContainText("Approved by");
  });

  test("the Schedule's views and dates are links", async ({ page }) => {
    await signIn(page, DISPATCHER, { next: "/office/schedule" });
    for (const view of ["Week", "Month", "List", "Day"]) {
      await page.getByRole("link", { name: view, exact: true }).click();
      await expect(page).toHaveURL(new RegExp(`view=${view.toLowerCase()}`));
    }
    await page.getByRole("link", { name: "Later" }).click();
    await expect(page.getByRole("link", { name: "Today" })).toBeVisible();
  });
});
