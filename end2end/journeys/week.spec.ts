// The client's Schedule by month, by week and as a list: without scripts too; a day of the month leads on to its visits, those
// that are over as well, and to what can be changed about them; without a connection the view last seen is there.

import type { Page } from "@playwright/test";
import { plus, today } from "../dates.ts";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, OWNER, signIn } from "../people.ts";

const view = (page: Page) => page.getByRole("navigation", { name: "Views of the schedule" });
const days = (page: Page) => page.locator("#visits > ol > li");

/** Judged in light and in dark. */
async function expectAccessibleInBoth(page: Page): Promise<void> {
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
}

/** The calendar's first day with a visit, from today on or before it, and how it is named; the month is turned where there is none. */
async function dayWithVisit(page: Page, { before }: { before: boolean }): Promise<string> {
  const date = async () => {
    const dates = await page.locator('.day[aria-label*=" visit"]').evaluateAll((all) => all.map((one) => one.getAttribute("data-date") ?? ""));
    return dates.find((date) => (before ? date < today() : date > today()));
  };
  await alive(page);
  const found = await date();
  if (found) return found;
  const title = page.locator("#month-title");
  const month = (await title.textContent()) ?? "";
  await page.getByRole("link", { name: before ? "Previous month" : "Next month" }).click();
  await expect(title).not.toHaveText(month);
  return (await date()) ?? "";
}

test.describe("with scripts off", () => {
  test.use({ javaScriptEnabled: false });

  test("month, week and list are links that keep the date", { tag: "@phone" }, async ({ page }) => {
    await signIn(page, CLIENT);
    const waiting = page.getByRole("region", { name: /waiting for an answer/ });
    await expect(view(page).getByRole("link", { name: "Month" })).toHaveAttribute("aria-current", "page");
    await expect(waiting).toBeVisible();

    await view(page).getByRole("link", { name: "Week" }).click();
    await expect(page).toHaveURL("/?view=week");
    await expect(view(page).getByRole("link", { name: "Week" })).toHaveAttribute("aria-current", "page");
    await expect(waiting).toBeVisible();
    await expect(days(page)).toHaveCount(7);
    await expect(days(page).locator("h3").first()).toHaveText(/^Monday /);
    const now = page.locator('#visits h3[aria-current="date"]');
    await expect(now).toHaveCount(1);
    await expect(now).toContainText("Today");
    const title = page.locator("#visits-title");
    const week = (await title.textContent()) ?? "";
    await page.getByRole("link", { name: "Later" }).click();
    await expect(page).toHaveURL(/\/\?view=week&date=\d{4}-\d\d-\d\d$/);
    await expect(title).not.toHaveText(week);
    await expect(now).toHaveCount(0);
    await page.getByRole("link", { name: "Today" }).click();
    await expect(page).toHaveURL("/?view=week");
    await expect(title).toHaveText(week);

    await page.goto(`/?view=week&date=${plus(today(), 70)}`);
    await view(page).getByRole("link", { name: "Month" }).click();
    await expect(page).toHaveURL(/\/\?month=/);
    await view(page).getByRole("link", { name: "List" }).click();
    await expect(page).toHaveURL("/?view=list");
    await expect(page.getByRole("grid")).toHaveCount(0);
    await expect(waiting).toBeVisible();
    await expect(page.locator("#visits article")).not.toHaveCount(0);
    await page.getByRole("link", { name: "Choose several to cancel" }).click();
    await expect(page.locator("input[name=visit]")).not.toHaveCount(0);
    await page.getByRole("link", { name: "Cancel", exact: true }).last().click();
    await expect(page).toHaveURL("/?view=list");

    await test.step("what is over is in the weeks before", async () => {
      await page.getByRole("link", { name: /^Last visit: / }).click();
      await expect(days(page).filter({ hasText: "Completed" })).not.toHaveCount(0);
    });
  });
});

test("a week shows what waits on its day, and empty days say so", { tag: ["@phone", "@postgres"] }, async ({ page }) => {
  await signIn(page, CLIENT);
  const request = page.getByRole("region", { name: /waiting for an answer/ }).getByRole("link", { name: /Dog walk/ });
  const address = (await request.getAttribute("href")) ?? "";
  const when = (await request.innerText()).match(/(\d\d?) \w{3}, (\d\d:\d\d–\d\d:\d\d)/);
  const [, number, times] = when ?? [];
  // The demo's request is for one of the next days.
  const date = [...Array(21).keys()].map((nth) => plus(today(), nth)).find((one) => Number(one.slice(8)) === Number(number)) ?? "";
  await page.goto(`/?view=week&date=${date}`);
  const day = days(page).filter({ has: page.locator(`a[href="${address}"]`) });
  await expect(day.locator("h3")).toContainText(` ${number} `);
  await expect(day).toContainText(times ?? "?");
  await expect(day).toContainText("Waiting for an answer");
  await expect(days(page).filter({ hasText: "Nothing planned." })).not.toHaveCount(0);
  await expectAccessibleInBoth(page);
  await page.goto(`/?day=${date}`);
  await expect(page.locator("#visits")).toContainText("Waiting for an answer");
});

test("a day of the month that is over shows what was done", { tag: ["@phone", "@postgres"] }, async ({ page }) => {
  await signIn(page, CLIENT);
  const date = await dayWithVisit(page, { before: true });
  await page.locator(`.day[data-date="${date}"]`).click();
  await expect(page).toHaveURL(`/?day=${date}#visits`);
  await expect(page.locator("#visits-title")).toHaveText(/^Visits on /);
  await expect(page.locator("#visits article").filter({ hasText: "Completed" })).not.toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Change or cancel: / })).toHaveCount(0);
  await expectAccessibleInBoth(page);
});

test("from a day of the calendar to its pencil, and on to a change that the week shows", { tag: "@phone" }, async ({ page, isMobile }) => {
  await signIn(page, CLIENT);
  const date = await dayWithVisit(page, { before: false });
  const pencil = page.getByRole("button", { name: /^Change or cancel: / });
  const press = async (name: string) => {
    const link = page.locator(".change-sheet:popover-open").getByRole("link", { name });
    if (isMobile) return link.tap();
    await reach(page, name);
    await page.keyboard.press("Enter");
  };
  const open = async () => {
    await page.waitForLoadState("load");
    if (isMobile) return pencil.tap();
    await reach(page, /^Change or cancel: /);
    await page.keyboard.press("Enter");
  };
  if (isMobile) {
    await page.locator(`.day[data-date="${date}"]`).tap();
  } else {
    const stop = page.locator(".day[tabindex='0']");
    await stop.focus();
    const first = (await stop.getAttribute("data-date")) ?? "";
    const steps = (Date.parse(date) - Date.parse(first)) / 86_400_000;
    for (const key of Array<string>(Math.abs(steps)).fill(steps > 0 ? "ArrowRight" : "ArrowLeft")) await page.keyboard.press(key);
    await page.keyboard.press("Enter");
  }
  await expect(page).toHaveURL(`/?day=${date}#visits`);
  await expect(pencil).toHaveCount(1);
  await open();
  await press("Cancel this visit");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Cancel this visit");

  await page.goto(`/?day=${date}#visits`);
  await open();
  await press("Request changes");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Request changes");
  await page.getByLabel("Notes").fill("The blue door, please.");
  await page.getByRole("button", { name: "Send the request" }).click();
  await expect(page.getByText("Your request is being processed.")).toBeVisible();

  await page.goto(`/?view=week&date=${date}`);
  await expect(page.getByRole("region", { name: /waiting for an answer/ })).toContainText("The blue door, please.");
  await expect(days(page).filter({ hasText: "Change waiting for an answer" })).toHaveCount(1);
  await expectAccessibleInBoth(page);
});

/** Goes by Tab until what has this name has the focus. */
async function reach(page: Page, name: string | RegExp): Promise<void> {
  const wanted = page.locator("#visits").locator("a:focus, button:focus").and(page.getByLabel(name).or(page.getByText(name, { exact: true })));
  for (let nth = 0; nth < 12 && (await wanted.count()) === 0; nth += 1) await page.keyboard.press("Tab");
  await expect(wanted).toHaveCount(1);
}

test.describe("without a connection", () => {
  test.use({ serviceWorkers: "allow" });

  test("the view last seen is there; another address shows the Schedule as it was", { tag: "@phone" }, async ({ page, context }) => {
    const mark = page.getByText(/^Offline – as of /);
    await signIn(page, CLIENT);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.goto("/?view=week");
    const memories = () =>
      page.evaluate(async () => {
        const names = (await caches.keys()).filter((name) => name.startsWith("seen-"));
        const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
        return kept.flat().map((request) => new URL(request.url)).map(({ pathname, search }) => pathname + search);
      });
    await expect.poll(memories).toEqual(expect.arrayContaining(["/", "/?view=week"]));
    const week = await page.locator("#visits").innerText();

    await context.setOffline(true);
    await page.reload();
    await expect(mark).toBeVisible();
    expect(await page.locator("#visits").innerText()).toBe(week);
    await expectAccessible(page);
    for (const address of ["/?view=list", `/?view=week&date=${plus(today(), 28)}`, `/?day=${today()}`]) {
      await page.goto(address);
      await expect(mark).toBeVisible();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Schedule");
      await expect(page.locator("#visits article")).not.toHaveCount(0);
    }
  });
});

test("the settings show of a limit what belongs to its kind", async ({ page }) => {
  await signIn(page, OWNER, { next: "/office/settings/portal" });
  const field = (name: string) => page.locator(`[name=cancel_${name}]`);
  await expect(field("hours")).toBeHidden();
  await expect(field("time")).toBeHidden();
  await field("kind").selectOption("hours");
  await expect(field("hours")).toBeVisible();
  await expect(field("time")).toBeHidden();
  await field("kind").selectOption("day-before");
  await expect(field("hours")).toBeHidden();
  await expect(field("time")).toBeVisible();
  const atOnce = page.getByLabel("Limit for accepting at once");
  await expect(atOnce).toBeHidden();
  await page.getByLabel("What happens").selectOption("at_once_before");
  await expect(atOnce).toBeVisible();
  await expectAccessibleInBoth(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/done=page/);
  await expect(field("time")).toHaveValue("17:00");
});
