// What is agreed with a client: on their page in the office, with prices that have a history; and what they read of it.

import { ask } from "../asking.ts";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, OWNER, DISPATCHER, signIn } from "../people.ts";
import type { Browser, Page } from "@playwright/test";

/** A page of somebody else's browser. */
async function elsewhere(browser: Browser, baseURL: string | undefined, scripts: boolean): Promise<Page> {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: scripts });
  return context.newPage();
}

/** The agreement for a service, open. */
async function agreement(page: Page, service: string) {
  const row = page.locator("[data-agreement]").filter({ hasText: service }).first();
  if (!(await row.locator("details").evaluate((details: HTMLDetailsElement) => details.open))) await row.locator("summary").click();
  return row;
}

for (const scripts of [true, false]) {
  test.describe(`with scripts ${scripts ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled: scripts });
    const service = scripts ? "Puppy class" : "Pet taxi";

    test("a price is agreed, refused beside its field, changed, ended and begun again", async ({ page, browser, baseURL }) => {
      test.slow();
      const client = await elsewhere(browser, baseURL, scripts);
      await signIn(client, CLIENT, { next: "/account" });
      const name = (await client.locator("header, nav, main").first().textContent()) ?? "";
      expect(name).not.toBe("");

      await signIn(page, scripts ? OWNER : DISPATCHER, { next: "/office/clients" });
      await page.getByRole("searchbox").fill(CLIENT);
      await page.getByRole("searchbox").press("Enter");
      await expect(page).toHaveURL(/text=/);
      await page.locator(".row-link").first().click();
      await page.getByRole("link", { name: "Services", exact: true }).last().click();
      await expect(page).toHaveURL(/tab=services/);
      const address = page.url();
      const row = await current(page, service);

      // Every change is told to whoever looks at it next.
      await row.getByLabel(/^Price/).fill("a lot");
      await row.getByRole("button", { name: "Change the price" }).click();
      const refused = await agreement(page, service);
      await expect(refused.getByText("Write the price like 80 or 80.50.").last()).toBeVisible();
      await expect(refused.getByLabel(/^Price/)).toHaveValue("a lot");
      await refused.getByLabel(/^Price/).fill("12.34");
      await refused.getByRole("button", { name: "Change the price" }).click();
      await expect(page.getByText("Saved.")).toBeVisible();
      const changed = await agreement(page, service);
      await expect(changed).toContainText("→ € 12.34");
      if (scripts) await expectAccessible(page);

      // The client reads it on the card, and on their account.
      await client.goto("/request");
      const card = client.locator("main a[href^='/request/']").filter({ hasText: service });
      await expect(card).toContainText("€ 12.34 · your price");
      await client.goto("/account");
      await expect(client.locator("#services li").filter({ hasText: service })).toContainText("€ 12.34");
      if (scripts) await expectAccessible(client);

      // Ended, the catalogue's price holds; begun again, theirs.
      await changed.getByRole("button", { name: "End it" }).click();
      await expect(page.getByText("Saved.")).toBeVisible();
      await client.goto("/request");
      await expect(card).not.toContainText("your price");
      const ended = await agreement(page, service);
      await expect(ended).toContainText("Ended");
      await ended.getByRole("button", { name: "Begin again" }).click();
      await expect(page.getByText("Saved.")).toBeVisible();
      await client.goto("/request");
      await expect(card).toContainText("your price");
      await page.goto(address);
      await expect(await agreement(page, service)).toContainText("Begun again");
      await client.context().close();
    });
  });
}

/** The running agreement for a service; agreed now, where there is none. */
async function current(page: Page, service: string) {
  const rows = page.locator("[data-agreement]").filter({ hasText: service });
  if ((await rows.count()) === 0) {
    await page.getByText("Add a service").first().click();
    await page.getByLabel("Service", { exact: true }).selectOption({ label: service });
    await page.getByRole("button", { name: "Add a service" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
  }
  return agreement(page, service);
}

test("an agreement leads to its appointments, and to no others", async ({ page }) => {
  await signIn(page, DISPATCHER, { next: "/office/clients" });
  await page.getByRole("searchbox").fill(CLIENT);
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL(/text=/);
  await page.locator(".row-link").first().click();
  await page.getByRole("link", { name: "Services", exact: true }).last().click();
  const row = page.locator("[data-agreement]").first();
  const service = (await row.locator("summary .font-semibold").textContent()) ?? "";
  await row.locator("summary").click();
  await row.getByRole("link", { name: /appointment/ }).click();
  await expect(page).toHaveURL(/agreement=/);
  await expect(page.getByText("Only appointments of one agreement are shown.")).toBeVisible();
  const rows = page.locator(".row-link");
  for (const text of await rows.allTextContents()) expect(text).toContain(service);
  await page.getByRole("link", { name: "Show all" }).click();
  await expect(page).not.toHaveURL(/agreement=/);
});

/** The tab of services of the client. */
async function servicesOf(page: Page): Promise<void> {
  await page.goto(`/office/clients?text=${encodeURIComponent(CLIENT)}`);
  await page.locator(".row-link").first().click();
  await page.getByRole("link", { name: "Services", exact: true }).last().click();
  await expect(page).toHaveURL(/tab=services/);
}

/** A request of the client that is approved with whoever is free; the page of the appointment is open. */
async function approved(client: Page, page: Page, service: string): Promise<void> {
  const { reference } = await ask(client, { service });
  await page.goto(`/office/requests/${reference}`);
  const form = page.locator(`#decide-${reference}-form`);
  const choice = form.getByLabel("Technician");
  const free = await choice.locator("option", { hasText: / · free, / }).first().textContent();
  await choice.selectOption({ label: free ?? "" });
  await expect(form.locator(".check-free")).toBeVisible();
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(page.locator(".details")).toContainText("Approved by");
  const visit = (await page.locator(".details a[href*='visit=V-']").getAttribute("href"))?.match(/V-[0-9A-Z]+/)?.[0] ?? "";
  await page.goto(`/office/visits/${visit}`);
  await expect(page.getByText(visit).first()).toBeVisible();
}

test("what is approved takes its price from what runs, or is agreed anew", { tag: "@postgres" }, async ({ page, browser, baseURL }) => {
  test.slow();
  const service = "Home visit";
  const client = await elsewhere(browser, baseURL, true);
  await signIn(client, CLIENT);
  await signIn(page, DISPATCHER, { next: "/office/clients" });
  const rows = page.locator("[data-agreement]").filter({ hasText: service });
  const price = page.locator("main p").filter({ hasText: /^Price:/ });

  await test.step("nothing is agreed: it is, at the price of the catalogue", async () => {
    await servicesOf(page);
    await expect(rows).toHaveCount(0);
    await approved(client, page, service);
    await expect(price).toContainText("€ 22.00");
    await servicesOf(page);
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText("€ 22.00");
    await expect(rows).toContainText("Active");
  });

  await test.step("one runs: its price, and no second", async () => {
    const row = await agreement(page, service);
    await row.getByLabel(/^Price/).fill("19.50");
    await row.getByRole("button", { name: "Change the price" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await approved(client, page, service);
    await expect(price).toContainText("€ 19.50");
    await servicesOf(page);
    await expect(rows).toHaveCount(1);
    await expect((await agreement(page, service)).getByRole("link", { name: "2 appointments" })).toBeVisible();
  });

  await test.step("it has ended: a new one stands beside it, at the price of the catalogue", async () => {
    const row = await agreement(page, service);
    await row.getByRole("button", { name: "End it" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await approved(client, page, service);
    await expect(price).toContainText("€ 22.00");
    await servicesOf(page);
    await expect(rows).toHaveCount(2);
    const runs = rows.filter({ hasText: "Active" });
    await expect(runs).toContainText("€ 22.00");
    await expect(runs.getByText("1 appointment", { exact: true })).toHaveCount(1);
    await expect(rows.filter({ hasText: "Ended" }).first()).toContainText("€ 19.50");
  });
  await client.context().close();
});
