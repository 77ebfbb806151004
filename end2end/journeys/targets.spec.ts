// What can be pressed on a phone is at least 24 px high and wide (WCAG 2.5.8): on the main pages, with everything unfolded.
// Links among the words of a sentence are let off, as the rule does.

import type { Page } from "@playwright/test";
import { expect, test } from "../frontdesk.ts";
import { CLIENT, OWNER, signIn } from "../people.ts";

/** What is too small on the page, in words. */
async function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    const least = 23.9;
    const fits = (box: DOMRect): boolean => box.height >= least && box.width >= least;
    const amongWords = (one: Element): boolean =>
      getComputedStyle(one).display === "inline" &&
      [...(one.parentElement?.childNodes ?? [])].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim().length > 1);
    // A box to tick is as large as the words beside it, a row's link as its row.
    const pressed = (one: Element): Element => one.closest("label, li:has(> .row-link)") ?? one;
    const all = [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")];
    const shown = all.filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 1);
    const small = shown.filter((one) => !fits(pressed(one).getBoundingClientRect()) && !amongWords(one));
    return small.map((one) => `${one.tagName} "${(one.textContent ?? "").trim().slice(0, 40)}" ${Math.round(one.getBoundingClientRect().height)} px`);
  });
}

/** The address of the first link on a page that looks like this. */
async function linked(page: Page, where: string, like: RegExp): Promise<string> {
  await page.goto(where);
  const all = await page.locator("a[href]").evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  const found = all.find((address) => like.test(address));
  expect(found, `a link like ${like} on ${where}`).toBeDefined();
  return found ?? "";
}

async function expectLarge(page: Page, addresses: string[]): Promise<void> {
  for (const address of addresses) {
    await page.goto(address);
    await expect(page.getByRole("heading").first()).toBeVisible();
    expect(await tooSmall(page), address).toEqual([]);
  }
}

test("a client's finger finds everything", { tag: "@phone-only" }, async ({ page }) => {
  test.slow();
  await expectLarge(page, ["/sign-in"]);
  await signIn(page, CLIENT);
  const service = await linked(page, "/request", /^\/request\/[0-9a-f-]{30}/);
  const request = await linked(page, "/requests", /^\/requests\/R-/);
  await expectLarge(page, ["/", "/requests", request, "/request", service, "/notices", "/account"]);
});

test("so does the office's", { tag: "@phone-only" }, async ({ page }) => {
  test.slow();
  await signIn(page, OWNER);
  const request = await linked(page, "/office/requests?status=pending", /^\/office\/requests\/R-[0-9A-Z]+$/);
  const client = await linked(page, "/office/clients", /^\/office\/clients\/[0-9a-f-]{30}/);
  const service = await linked(page, "/office/services", /^\/office\/services\/[0-9a-f-]{30}/);
  const technician = await linked(page, "/office/team", /^\/office\/team\/[0-9a-f-]{30}/);
  const visit = /V-[0-9A-Z]+/.exec(await linked(page, "/office/schedule?view=list", /V-[0-9A-Z]+/))?.[0] ?? "";
  await expectLarge(page, ["day", "week", "month", "list"].map((view) => `/office/schedule?view=${view}`));
  await expectLarge(page, ["/office/schedule?panel=requests", "/office/requests?status=pending", request, `${request}/times`, `${request}/quote`]);
  await expectLarge(page, ["appointments", "requests", "services", "subjects"].map((tab) => `${client}?tab=${tab}`));
  await expectLarge(page, ["/office/clients", client, "/office/services", service, "/office/team", technician, "/office/resources", "/office/tickets"]);
  await expectLarge(page, ["/office/reports", "/office/visits/new", `/office/visits/${visit}`, "/office/settings/people", "/office/settings/approval"]);
});
