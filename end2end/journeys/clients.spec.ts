// Clients in the office: found among many, created, two of them made one, many at once from a file and back into one,
// and what of their past is shown.

import { readFileSync } from "node:fs";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, DISPATCHER, OWNER, signIn } from "../people.ts";
import type { Page } from "@playwright/test";

/** Many clients, as a file; the same ones whenever it is sent. */
const MANY = ["Nombre;Correo electrónico;Teléfono", ...Array.from({ length: 240 }, (_, n) => `Cliente ${String(n).padStart(3, "0")};c${n}@many.example;+34 611 ${String(n).padStart(6, "0")}`)].join("\r\n");

async function send(page: Page, content: string): Promise<void> {
  await page.goto("/office/clients/import");
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: "clients.csv", mimeType: "text/csv", buffer: Buffer.from(content) });
  await page.getByRole("button", { name: "See what would happen" }).click();
  await expect(page).toHaveURL(/\/office\/clients\/import\/[0-9a-f-]{36}/);
}

async function find(page: Page, text: string): Promise<void> {
  await page.goto("/office/clients");
  await page.getByRole("searchbox").fill(text);
  await page.getByRole("button", { name: "Search" }).click();
}

async function create(page: Page, name: string, fields: Record<string, string>): Promise<void> {
  await page.goto("/office/clients/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByRole("button", { name: "Add the client" }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

/** What a link gives, as text. */
async function downloaded(page: Page, link: string): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: link }).click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "with scripts off", () => {
    test.use({ javaScriptEnabled });
    const own = javaScriptEnabled ? "Alive" : "Plain";

    test("a file is looked at, imported with a refused line, and reported; twice changes nothing", async ({ page }) => {
      await signIn(page, DISPATCHER, { next: "/office/clients" });
      const list = `Name,E-mail,Zodiac\r\n${own} Ana,${own}.ana@x.example,Leo\r\n${own} Ben,not an address,\r\n${own} Cleo,${own}.cleo@x.example,\r\n`;
      await send(page, list);
      await expect(page.getByText("2 new · 0 changed · 0 unchanged · 1 refused")).toBeVisible();
      await expect(page.getByText("Not used: Zodiac")).toBeVisible();
      await expect(page.getByRole("listitem").filter({ hasText: `${own} Ben` })).toContainText("E-mail: This is not an e-mail address.");
      await page.getByRole("link", { name: /^Refused \d/ }).click();
      await expect(page.getByRole("listitem").filter({ hasText: "Line 3" })).toBeVisible();
      await expect(page.getByRole("listitem").filter({ hasText: "Line 2" })).toHaveCount(0);
      await page.getByRole("button", { name: "Import", exact: true }).click();
      await expect(page.getByRole("alert")).toContainText("2 new · 0 changed · 0 unchanged · 1 refused");
      const { name, text } = await downloaded(page, "Refused lines as a file");
      expect(name).toBe("refused-lines.csv");
      expect(text).toBe(`\ufeffline,reason,Name,E-mail,Zodiac\r\n3,E-mail: This is not an e-mail address.,${own} Ben,not an address,\r\n`);

      await send(page, list);
      await expect(page.getByText("0 new · 0 changed · 2 unchanged · 1 refused")).toBeVisible();
      await expect(page.getByRole("button", { name: "Import", exact: true })).toHaveCount(0);
    });

    test("two records of one client are seen side by side and become one", async ({ page }) => {
      await signIn(page, DISPATCHER, { next: "/office/clients" });
      await create(page, `${own} Stays`, { Telephone: "+34 622 333 444", "Notes for staff": "Rings twice" });
      const stays = page.url().split("?")[0] ?? "";
      await create(page, `${own} Goes`, { Telephone: "622-333-444", "E-mail": `${own}.goes@x.example` });
      const goes = page.url().split("?")[0] ?? "";
      await expect(page.getByText("Likely the same client")).toBeVisible();
      await page.getByRole("link", { name: "Merge into another client" }).click();
      await page.getByRole("searchbox").fill(`${own} Stays`);
      await page.getByRole("button", { name: "Search" }).click();
      await page.getByRole("link", { name: new RegExp(`^${own} Stays`) }).click();
      await expect(page.getByRole("heading", { name: `Merge ${own} Goes into ${own} Stays` })).toBeVisible();
      await expect(page.getByRole("row", { name: /^E-mail/ })).toContainText(`${own}.goes@x.example`);
      await expect(page.getByText("This cannot be undone.")).toBeVisible();
      await page.getByRole("button", { name: "Merge them" }).click();
      await expect(page).toHaveURL(stays);
      await expect(page.getByText("Saved.")).toBeVisible();
      const written = page.locator("form[action='/do/office_edit_client']");
      await expect(written.locator("input[name=email]")).toHaveValue(`${own}.goes@x.example`);
      await expect(written.locator("input[name=phone]")).toHaveValue("+34 622 333 444");
      await page.goto(goes);
      await expect(page).toHaveURL(stays);
      await find(page, `${own} Goes`);
      await expect(page.getByText("No client fits")).toBeVisible();
      // Another client with the same number would be noticed; this one is alone again.
      await page.goto(stays);
      await expect(page.getByText("Likely the same client")).toHaveCount(0);
      await test.step("cleared for the next round", async () => {
        await written.locator("input[name=phone]").fill("");
        await page.getByRole("button", { name: "Save", exact: true }).first().click();
        await expect(page.getByText("Saved.")).toBeVisible();
      });
    });
  });
}

test("one among many is found by what one remembers, page by page", async ({ page }) => {
  await signIn(page, DISPATCHER, { next: "/office/clients" });
  await send(page, MANY);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("240 new");
  await page.goto("/office/clients");
  const all = Number((await page.getByText(/^\d+ in all$/).textContent())?.match(/\d+/)?.[0]);
  expect(all).toBeGreaterThanOrEqual(265);
  await page.getByRole("link", { name: "Next", exact: true }).click();
  await expect(page.getByText(/^Page 2 of \d+$/)).toBeVisible();
  for (const [text, row] of [["cliente 123", "Cliente 123"], ["C77@MANY", "Cliente 077"], ["611 000-042", "Cliente 042"], ["Rex", "The Miller family"], ["carla", "The Miller family"]] as const) {
    await find(page, text);
    await expect(page.getByRole("link", { name: new RegExp(`^${row}`) })).toBeVisible();
  }
  await find(page, "nobody at all");
  await expect(page.getByText("No client fits")).toBeVisible();
  await expectAccessible(page);
});

test("what is found leaves as a file that comes back unchanged, with no formula in it", async ({ page }) => {
  await signIn(page, OWNER, { next: "/office/clients" });
  await create(page, "=1+1 Formula", { Telephone: "+34 633 000 111" });
  await find(page, "formula");
  const { name, text } = await downloaded(page, "For a spreadsheet (CSV)");
  expect(name).toMatch(/^clients-\d{4}-\d{2}-\d{2}\.csv$/);
  expect(text).toContain(",'=1+1 Formula,");
  expect(text).toContain(",'+34 633 000 111,");
  expect(text.trim().split("\r\n")).toHaveLength(2);
  await send(page, text);
  await expect(page.getByText("0 new · 0 changed · 1 unchanged · 0 refused")).toBeVisible();
  await find(page, "formula");
  const json = await downloaded(page, "For a program (JSON)");
  expect(JSON.parse(json.text)[0].name).toBe("=1+1 Formula");
});

test("a text that names no columns is kept, and said what is missing", async ({ page }) => {
  await signIn(page, DISPATCHER, { next: "/office/clients/import" });
  await page.getByLabel("Or paste the lines here").fill("who,what\nAna,x");
  await page.getByRole("button", { name: "See what would happen" }).click();
  await expect(page.getByRole("alert")).toContainText("names no column");
  await expect(page.getByLabel("Or paste the lines here")).toHaveValue("who,what\nAna,x");
  await expectAccessible(page);
});

test("a client's appointments stand in their tab, filtered", async ({ page }) => {
  await signIn(page, OWNER, { next: "/office/clients?text=miller" });
  await page.getByRole("link", { name: /^The Miller family/ }).click();
  await page.getByRole("link", { name: "Appointments", exact: true }).click();
  const rows = page.locator("main .rows > .row");
  await expect(page.getByRole("link", { name: /^Upcoming \d/ })).toHaveAttribute("aria-current", "page");
  await expect(rows.first().getByRole("link")).toHaveAttribute("href", /\/office\/visits\/V-/);
  await expectAccessible(page);
  await page.getByRole("link", { name: /^Past [1-9]/ }).click();
  await expect(rows.first()).toContainText("Completed");
  await page.getByLabel("Every status").selectOption({ label: "Rescheduled" });
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/status=rescheduled/);
  await expect(page.getByText("No appointment fits")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Every status").selectOption({ label: "Completed" });
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(rows.first()).toContainText("Completed");
  await page.getByRole("link", { name: "Requests", exact: true }).last().click();
  await expect(rows.first()).toContainText("R-");
});

test.describe("when time has passed", () => {
  test.use({ database: "postgres" });

  test("what is older than the owner keeps it is shown to nobody, and shown again when it is kept", async ({ page, browser, baseURL, frontdesk }) => {
    frontdesk.psql("UPDATE visits SET starts_at = starts_at - interval '90 days', ends_at = ends_at - interval '90 days' WHERE ends_at < now()");
    await signIn(page, OWNER, { next: "/office/clients?text=miller" });
    await page.getByRole("link", { name: /^The Miller family/ }).click();
    await page.getByRole("link", { name: "Appointments", exact: true }).click();
    const address = page.url();
    const context = await browser.newContext({ baseURL });
    const client = await context.newPage();
    await signIn(client, CLIENT, { next: "/requests" });
    const approved = async () => {
      await client.goto("/requests");
      return Number((await client.getByRole("main").textContent())?.match(/Approved\s*(\d+)/)?.[1]);
    };
    const before = await approved();
    const keep = async (days: string) => {
      await page.goto("/office/settings/retention");
      await page.getByLabel("Days after the appointment").fill(days);
      // The browser's own limits stand aside, so that the desk answers.
      await page.locator("form").evaluateAll((forms) => forms.forEach((form) => form.setAttribute("novalidate", "")));
      await page.getByRole("button", { name: "Save" }).click();
    };
    await keep("5");
    await expect(page.getByText("This number is too small or too large.").last()).toBeVisible();
    await expect(page.getByLabel("Days after the appointment")).toHaveValue("5");
    await expectAccessible(page);
    await keep("30");
    await expect(page.getByText("Saved.")).toBeVisible();
    await page.goto(`${address}&when=past`);
    await expect(page.getByRole("link", { name: "Past 0" })).toBeVisible();
    await expect(page.getByText("Nothing has been yet")).toBeVisible();
    expect(await approved()).toBeLessThan(before);
    await keep("");
    await expect(page.getByText("Saved.")).toBeVisible();
    await page.goto(`${address}&when=past`);
    await expect(page.getByRole("link", { name: /^Past [1-9]/ })).toBeVisible();
    expect(await approved()).toBe(before);
    await context.close();
  });
});

test("what a contact sees, and who is the one to turn to, is chosen beside their name", async ({ page }) => {
  await signIn(page, DISPATCHER, { next: "/office/clients?text=miller" });
  await page.getByRole("link", { name: /^The Miller family/ }).click();
  const carla = page.locator("#contacts").getByRole("listitem").filter({ hasText: "Carla Miller" });
  await expect(carla).toContainText("Main contact");
  await expect(carla).toContainText("Sees everything of the client");
  await carla.getByRole("button", { name: /^Show only their own/ }).click();
  await expect(carla).toContainText("Sees only what they asked for themselves");
  await carla.getByRole("button", { name: /^Show everything/ }).click();
  await expect(carla).toContainText("Sees everything of the client");
  await expectAccessible(page);
});

test("an invitation says from the first letter on what the contact will see", async ({ page }) => {
  await signIn(page, DISPATCHER, { next: "/office/clients?text=miller" });
  await page.getByRole("link", { name: /^The Miller family/ }).click();
  await page.getByText("Invite a contact").click();
  const form = page.locator("form", { hasText: "They get a letter with a link" });
  await form.getByLabel("Name", { exact: true }).fill("Cleo Miller");
  await form.getByLabel("E-mail").fill("cleo@localhost");
  const own = form.getByLabel("Sees only what they asked for themselves");
  await own.check();
  await form.getByRole("button", { name: "Send the invitation" }).click();
  // Refused, what was ticked stays.
  await expect(form.getByLabel("E-mail")).toHaveAttribute("aria-invalid", "true");
  await expect(own).toBeChecked();
  await form.getByLabel("E-mail").fill("cleo@example.com");
  await form.getByRole("button", { name: "Send the invitation" }).click();
  const cleo = page.locator("#contacts").getByRole("listitem").filter({ hasText: "Cleo Miller" });
  await expect(cleo).toContainText("Invited");
  await expect(cleo).toContainText("Sees only what they asked for themselves");
});
