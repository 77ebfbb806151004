// Reports and the day sheet: every number of a drawing stands in its table and its file, and agrees with the other pages;
// the sheet of a day on paper has no menu, and each technician begins a page.

import type { Locator, Page } from "@playwright/test";
import { plus, today, weekday } from "../dates.ts";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { OWNER, TECHNICIAN, signIn } from "../people.ts";

const REPORTS = ["requests", "answers", "appointments", "technicians", "no-shows"];

/** The date so many days from today, where the demonstration is at home. */
function day(ahead: number): string {
  return plus(today(), ahead);
}

/** All the demonstration's requests and appointments. */
const EVERYTHING = `/office/reports?from=${day(-60)}&to=${day(60)}`;

/** The table behind a drawing: its heads, and its rows. */
async function table(part: Locator): Promise<{ head: string[]; rows: string[][] }> {
  await part.locator("summary").click();
  await expect(part.locator("table")).toBeVisible();
  const rows = await part.locator("tbody tr").all();
  return {
    head: await part.locator("thead th").allInnerTexts(),
    rows: await Promise.all(rows.map((row) => row.locator("td").allInnerTexts())),
  };
}

/** The file of a report, line by line. */
async function file(page: Page, part: Locator): Promise<string[][]> {
  const href = await part.getByRole("link", { name: /CSV/ }).getAttribute("href");
  const answer = await page.request.get(href ?? "");
  expect(answer.headers()["content-type"]).toBe("text/csv; charset=utf-8");
  const lines = (await answer.text()).replace(/^\uFEFF/, "").trimEnd().split("\r\n");
  return lines.map((line) => line.split(",").map((cell) => cell.replace(/^"(.*)"$/, "$1")));
}

/** What the legend says of each thing that bars are made of. */
async function legend(part: Locator): Promise<Record<string, number>> {
  const items = await part.locator("ul li").allInnerTexts();
  return Object.fromEntries(items.map((item) => [item.replace(/\s*\d+$/, "").trim(), Number(item.match(/\d+$/)?.[0])]));
}

const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);

test.describe("with scripts off", () => {
  test.use({ javaScriptEnabled: false });

  test("a drawing, its table and its file say the same", { tag: "@postgres" }, async ({ page }) => {
    await signIn(page, OWNER, { next: EVERYTHING });
    for (const id of ["requests", "appointments"]) {
      const part = page.locator(`#${id}`);
      const drawn = await legend(part);
      const { head, rows } = await table(part);
      const lines = await file(page, part);
      expect(lines[0]).toEqual(head);
      expect(lines.slice(1).map((line) => line.slice(2))).toEqual(rows.map((row) => row.slice(2)));
      for (const [name, total] of Object.entries(drawn)) {
        const column = head.indexOf(name);
        expect(sum(rows.map((row) => Number(row[column])))).toBe(total);
      }
      const all = rows.map((row) => Number(row.at(-1)));
      expect(sum(all)).toBe(sum(Object.values(drawn)));
      const beside = await part.locator("svg.chart > text:not(.chart-number)").allTextContents();
      expect(beside.filter((_, place) => place % 2 === 1).map(Number)).toEqual(all);
      const text = await part.locator("svg.chart desc").textContent();
      for (const row of all) expect(text).toContain(`: ${row}`);
    }
  });

  test("the numbers are those of the other pages", async ({ page }) => {
    await signIn(page, OWNER, { next: EVERYTHING });
    const requests = await legend(page.locator("#requests"));
    const visits = await legend(page.locator("#appointments"));
    const missed = (await table(page.locator("#no-shows"))).rows;
    expect(sum(missed.map((row) => Number(row[1])))).toBe(visits["No-show"]);
    await expect(page.locator("#answers")).toContainText(`${(requests["Approved"] ?? 0) + (requests["Declined"] ?? 0)} answered`);
    await page.goto("/office/requests?status=all");
    const counts = await page.getByLabel("Filter by Status").locator("option").allInnerTexts();
    const counted = Object.fromEntries(counts.map((text) => [text.replace(/\W*\d+\W*$/, ""), Number(text.match(/\d+/)?.[0])]));
    for (const [shown, name] of [["Pending", "Waiting for an answer"], ["Approved", "Approved"], ["Declined", "Declined"], ["Cancelled", "Cancelled"]]) {
      expect(counted[shown ?? ""], shown).toBe(requests[name ?? ""]);
    }
    // Hours in appointments on one day, as the Schedule counts them for each technician.
    const ahead = [3, 4, 5].map(day).find((date) => weekday(date) % 6 !== 0) ?? day(3);
    await page.goto(`/office/reports?from=${ahead}&to=${ahead}`);
    const drawn = await page.locator("#technicians svg.chart > text").allTextContents();
    await page.goto(`/office/schedule?view=day&date=${ahead}`);
    const plan = await page.locator(".schedule-body").innerText();
    const loads = [...plan.matchAll(/([\d.]+) of [\d.]+ h/g)].map((match) => match[1]);
    const reported = drawn.flatMap((text) => text.match(/· ([\d.]+) of/)?.[1] ?? []);
    expect(loads.length).toBeGreaterThan(1);
    for (const load of loads) expect(reported).toContain(load);
  });

  test("a range of one's own is kept as typed, also when it is refused", async ({ page }) => {
    await signIn(page, OWNER, { next: "/office/reports" });
    await expect(page.getByRole("link", { name: "This month" })).toHaveAttribute("aria-current", "page");
    await page.getByRole("link", { name: "Last month" }).click();
    await expect(page.getByRole("link", { name: "Last month" })).toHaveAttribute("aria-current", "page");
    await page.getByLabel("From").fill("2026-03-31");
    await page.getByLabel("To", { exact: true }).fill("2026-03-01");
    await page.getByRole("button", { name: "Show" }).click();
    await expect(page.getByRole("alert")).toContainText("at most 371 days");
    await expect(page.getByLabel("From")).toHaveValue("2026-03-31");
    await expect(page.locator("svg.chart")).toHaveCount(0);
    await page.getByLabel("From").fill("2020-01-01");
    await page.getByLabel("To", { exact: true }).fill("2020-01-31");
    await page.getByRole("button", { name: "Show" }).click();
    for (const id of ["requests", "answers", "appointments", "no-shows"]) {
      await expect(page.locator(`#${id}`)).toContainText("Nothing in these days.");
    }
  });
});

test("reports can be read by everybody, in both themes", { tag: "@phone" }, async ({ page }) => {
  await signIn(page, OWNER, { next: EVERYTHING });
  for (const id of REPORTS) {
    await expect(page.locator(`#${id} svg.chart`)).toHaveAccessibleName(await page.locator(`#${id} h2`).innerText());
    await page.locator(`#${id} summary`).click();
  }
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider).toBe(0);
});

test("a technician has no reports, and the own sheet only", async ({ page }) => {
  await signIn(page, TECHNICIAN, { next: "/office/day-sheet" });
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Tom Baker"]);
  await expect(page.getByRole("navigation").getByRole("link", { name: "Reports" })).toHaveCount(0);
  expect((await page.goto("/office/reports"))?.status()).toBe(403);
});

test("the sheet of a day prints without menus, each technician on a page of their own", { tag: "@phone" }, async ({ page }) => {
  const workday = [1, 2, 3].map(day).find((date) => weekday(date) % 6 !== 0) ?? day(1);
  await signIn(page, OWNER, { next: `/office/day-sheet?date=${workday}` });
  await expectAccessible(page);
  await expect(page.getByRole("cell", { name: /Calle de la Demo/ }).first()).toBeVisible();
  const printed = page.evaluate(() => new Promise((done) => Object.assign(window, { print: () => done(true) })));
  await page.getByRole("button", { name: "Print" }).click();
  expect(await printed).toBe(true);

  const technicians = await page.locator(".day-sheet").count();
  expect(technicians).toBeGreaterThan(3);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ media: "print", colorScheme });
    await expect(page.locator(".office-side")).toBeHidden();
    await expect(page.getByRole("button", { name: "Print" })).toBeHidden();
    await expect(page.locator(".on-paper").first()).toBeVisible();
    const colours = await page.locator(".day-sheet :is(th, td, p, a)").evaluateAll((all) => [...new Set(all.map((one) => getComputedStyle(one).color))]);
    expect(colours).toEqual(["rgb(0, 0, 0)"]);
  }
  for (const format of ["A4", "Letter"]) {
    const paper = (await page.pdf({ format })).toString("latin1");
    expect(paper.match(/\/Type \/Page\b(?!s)/g)?.length).toBe(technicians);
  }

  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  await page.getByLabel("Technician").selectOption({ label: "Tom Baker" });
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Tom Baker"]);
  await page.getByRole("link", { name: "The day after" }).click();
  await expect(page).toHaveURL(/technician=/);
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Tom Baker"]);
});
