// What the office configures is what a client sees. Each test makes a service of its own, performed by one technician
// only, and looks at the month after next, where the demonstration has no visits: so every free time can be counted.

import type { Browser, Page } from "@playwright/test";
import { plus, today, weekday } from "../dates.ts";
import { expect, test } from "../frontdesk.ts";
import { CLIENT, DISPATCHER, OWNER, signIn } from "../people.ts";
import { onToTheLastStep, send } from "../asking.ts";

test.use({ javaScriptEnabled: false });

const TUESDAY = 2;
const DAY = 24 * 60 * 60_000;

/** A service that a client can book from now on, with times in every month; answers where the office changes it. */
async function newService(page: Page, name: string, technician: string): Promise<string> {
  await signIn(page, OWNER, { next: "/office/services/new" });
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Lengths in minutes").fill("60");
  await page.getByLabel("Shortest notice").fill("0");
  await page.getByLabel("Days ahead").fill("");
  await page.getByLabel("Clients can book it themselves").check();
  await page.getByLabel("Only those ticked here").check();
  await page.getByLabel(technician).check();
  await page.getByRole("button", { name: "Add the service" }).click();
  await saved(page);
  return new URL(page.url()).pathname;
}

async function saved(page: Page): Promise<void> {
  await expect(page.getByText("Saved.")).toBeVisible();
}

/** Changes a form of the office: labels, and what is typed under them or ticked. */
async function change(page: Page, path: string, fields: Record<string, string | boolean>, button = "Save"): Promise<void> {
  await page.goto(path);
  const labels = Object.keys(fields);
  const form = page.locator("form").filter({ has: page.locator("label", { hasText: labels[0] ?? "" }) });
  for (const [label, value] of Object.entries(fields)) {
    const field = form.getByLabel(label).and(page.locator("input"));
    if (typeof value === "boolean") await field.setChecked(value);
    else await field.fill(value);
  }
  await form.getByRole("button", { name: button, exact: true }).click();
  await saved(page);
}

/** A client who looks; the path of the calendar of a service. */
async function looking(browser: Browser, service: string): Promise<{ client: Page; path: string }> {
  const client = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(client, CLIENT, { next: "/request" });
  const path = await client.locator("main a[href^='/request/']").filter({ hasText: service }).getAttribute("href");
  return { client, path: path ?? "" };
}

/** The month that is so many months from now, in Madrid: `2027-01`. */
function month(ahead: number): string {
  const [year, now] = today().split("-").map(Number) as [number, number];
  return new Date(Date.UTC(year, now - 1 + ahead, 1)).toISOString().slice(0, 7);
}

/** The days of a month that the client can choose. */
async function openDays(client: Page, path: string, ahead: number): Promise<string[]> {
  await client.goto(`${path}?month=${month(ahead)}`);
  await expect(client.getByRole("grid")).toBeVisible();
  return client.locator(".day[data-state=open]").evaluateAll((days) => days.map((day) => day.getAttribute("data-date") ?? ""));
}

/** The times of a day, as they stand on their buttons. */
async function times(client: Page, path: string, date: string, more = ""): Promise<string[]> {
  await client.goto(`${path}?day=${date}${more}`);
  await expect(client.locator("#times .slot").first()).toBeVisible();
  return client.locator("#times .slot span:first-child").allTextContents();
}

/** Chooses a time of the next month: one that is not about to pass. */
async function takeATime(client: Page, path: string): Promise<void> {
  const [day] = await openDays(client, path, 1);
  await client.goto(`${path}?day=${day}`);
  await client.locator("#times .slot").first().click();
  await expect(client.locator(".slot[aria-current=true]")).toHaveCount(1);
}

/** The last day of the month after next that falls on a weekday, among those given. */
function last(days: string[], wanted: number): string {
  return days.filter((day) => weekday(day) === wanted).at(-1) ?? "none";
}

/** Opens a technician's page in the office; answers its path. */
async function technicianPage(page: Page, name: string): Promise<string> {
  await page.goto("/office/team");
  await page.getByRole("link", { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  return new URL(page.url()).pathname;
}

test("a weekday without hours has no times, and the others keep theirs", async ({ page, browser }) => {
  await newService(page, "Aviary check", "Tom Baker");
  const { client, path } = await looking(browser, "Aviary check");
  const before = await openDays(client, path, 2);
  expect(before.filter((day) => weekday(day) === 1).length).toBeGreaterThan(2);
  await technicianPage(page, "Tom Baker");
  for (const row of [1, 2]) {
    await page.getByLabel(`Monday, from, row ${row}`).fill("");
    await page.getByLabel(`Monday, to, row ${row}`).fill("");
  }
  await page.getByRole("button", { name: "Save the week" }).click();
  await saved(page);
  expect(await openDays(client, path, 2)).toEqual(before.filter((day) => weekday(day) !== 1));
  await client.context().close();
});

test("a day on which the business is closed is not offered", async ({ page, browser }) => {
  await newService(page, "Pond check", "Tom Baker");
  const { client, path } = await looking(browser, "Pond check");
  const before = await openDays(client, path, 2);
  const closed = before[0] ?? "";
  await change(page, "/office/team/closures", { "First day": closed, Why: "Fiesta" }, "Close these days");
  expect(await openDays(client, path, 2)).toEqual(before.slice(1));
  await client.goto(`${path}?day=${closed}`);
  await expect(client.getByText("No times are free on this day.")).toBeVisible();
  await client.context().close();
});

test("nothing is offered further ahead than the service allows", async ({ page, browser }) => {
  const office = await newService(page, "Cage check", "Tom Baker");
  const { client, path } = await looking(browser, "Cage check");
  expect((await openDays(client, path, 2)).length).toBeGreaterThan(0);
  await change(page, office, { "Days ahead": "10" });
  const offered = [...(await openDays(client, path, 0)), ...(await openDays(client, path, 1))];
  const limit = plus(today(), 10);
  expect(offered.length).toBeGreaterThan(0);
  expect(offered.filter((day) => day > limit)).toEqual([]);
  expect(await openDays(client, path, 2)).toEqual([]);
  await client.context().close();
});

test("nothing is offered sooner than the shortest notice", async ({ page, browser }) => {
  const office = await newService(page, "Stable check", "Tom Baker");
  const { client, path } = await looking(browser, "Stable check");
  const soonest = async (): Promise<number> => {
    await client.goto(path);
    return Date.parse((await client.locator("#times .slot").first().getAttribute("data-start")) ?? "");
  };
  expect(await soonest()).toBeLessThan(Date.now() + 20 * DAY);
  await page.goto(office);
  await page.getByLabel("Unit", { exact: true }).selectOption({ label: "days" });
  await page.getByLabel("Shortest notice").fill("20");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await saved(page);
  const now = Date.now();
  expect(await soonest()).toBeGreaterThanOrEqual(now + 20 * DAY);
  await client.context().close();
});

test("lengths and the minutes between starts decide which times there are", async ({ page, browser }) => {
  const office = await newService(page, "Hutch check", "Tom Baker");
  const { client, path } = await looking(browser, "Hutch check");
  const day = last(await openDays(client, path, 2), TUESDAY);
  const hours = ["09:00", "10:00", "11:00", "12:00", "14:00", "15:00", "16:00", "17:00"];
  expect(await times(client, path, day)).toEqual(hours);
  await expect(client.locator("select[name=length]")).toHaveCount(0);

  await change(page, office, { "Lengths in minutes": "60, 90", "Minutes between starts": "30" });
  const halves = hours.flatMap((hour) => [hour, hour.replace(":00", ":30")]);
  const fitting = (ends: string[]) => halves.filter((start) => !ends.includes(start));
  expect(await times(client, path, day)).toEqual(fitting(["12:30", "17:30"]));
  await expect(client.locator("select[name=length] option")).toHaveText(["60 min", "1 h 30 min"]);
  expect(await times(client, path, day, "&length=90")).toEqual(fitting(["12:00", "12:30", "17:00", "17:30"]));
  await client.context().close();
});

test("a technician who cannot be booked leaves no times behind", async ({ page, browser }) => {
  await newService(page, "Kennel check", "Lucía Fernández");
  const { client, path } = await looking(browser, "Kennel check");
  expect((await openDays(client, path, 2)).length).toBeGreaterThan(0);
  const team = await technicianPage(page, "Lucía Fernández");
  await change(page, team, { "Can be booked": false });
  expect(await openDays(client, path, 2)).toEqual([]);
  await client.goto("/request");
  const card = client.getByRole("link", { name: /Kennel check/ });
  await expect(card).toContainText("Nothing free at present");
  await change(page, team, { "Can be booked": true });
  await client.reload();
  await expect(card).toContainText("Next:");
  await client.context().close();
});

test("clients choose a technician only where the service lets them", async ({ page, browser }) => {
  const office = await newService(page, "Terrarium check", "Tom Baker");
  await change(page, office, { "Clients may choose a technician": true });
  const { client, path } = await looking(browser, "Terrarium check");
  await client.goto(path);
  await expect(client.getByLabel("With").locator("option")).toHaveText(["Anyone", "Tom Baker"]);
  await change(page, office, { "Clients may choose a technician": false });
  await client.reload();
  await expect(client.locator("#times .slot").first()).toBeVisible();
  await expect(client.locator("select[name=with]")).toHaveCount(0);
  await client.context().close();
});

test("name, first weekday and the word for pets are the business's own", async ({ page, browser }) => {
  const { client, path } = await looking(browser, "Dog walk");
  await client.goto(path);
  await expect(client.getByRole("grid").locator("th abbr").first()).toHaveAttribute("title", "Monday");
  await signIn(page, OWNER);
  await page.goto("/office/settings/business");
  await page.getByLabel("Name of the business").fill("Circuit & Sons");
  await page.getByLabel("The week begins on").selectOption({ label: "Sunday" });
  await page.getByLabel("Label", { exact: true }).fill("Devices");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await saved(page);

  await expect(page.getByRole("link", { name: /Circuit & Sons/ })).toBeVisible();
  await technicianPage(page, "Nora Lindqvist");
  await expect(page.locator("input[type=time]").first()).toHaveAccessibleName(/^Sunday/);
  await page.goto("/office/clients");
  await page.getByRole("link", { name: /^The Miller family/ }).click();
  await expect(page.getByRole("heading", { name: "Devices" })).toBeVisible();
  await client.goto(path);
  await expect(client.getByRole("link", { name: /Circuit & Sons/ })).toBeVisible();
  await expect(client.getByRole("grid").locator("th abbr").first()).toHaveAttribute("title", "Sunday");
  // The first of a month stands under its own weekday.
  const first = `${month(2)}-01`;
  await client.goto(`${path}?month=${month(2)}`);
  const column = await client.locator(`[data-date="${first}"]`).evaluate((day) => (day.closest("td") as HTMLTableCellElement).cellIndex);
  expect(column).toBe(weekday(first));

  await takeATime(client, path);
  await client.getByRole("link", { name: "Continue" }).click();
  await expect(client.getByRole("group", { name: "Devices" }).getByLabel("Rex")).toBeVisible();
  await client.context().close();
});

test("a ticket of an outside system is taken, and leads there, once its address is known", async ({ page, browser }) => {
  const { client, path } = await looking(browser, "Dog walk");
  await takeATime(client, path);
  await client.getByRole("link", { name: "Continue" }).click();
  await client.getByLabel("Ticket number").fill("INC 4711/b");
  await client.getByRole("button", { name: "Continue" }).click();
  await client.getByRole("button", { name: "Send request" }).click();
  await expect(client.getByText("There is no such ticket.").last()).toBeVisible();

  await signIn(page, OWNER);
  await change(page, "/office/settings/business", { "Link template": "https://desk.example.com/t/{id}" });
  const reference = await send(client);
  await page.goto(`/office/requests/${reference}`);
  await expect(page.locator(".details .facts").getByRole("link", { name: "INC 4711/b" })).toHaveAttribute("href", "https://desk.example.com/t/INC%204711%2Fb");
  await client.context().close();
});

test("a reason that is required is asked for, and then accepted", async ({ page, browser }) => {
  const { client, path } = await looking(browser, "Dog walk");
  await takeATime(client, path);
  await onToTheLastStep(client);
  const reference = await send(client);
  await signIn(page, OWNER);
  await change(page, "/office/settings/approval", { "A reason is required to decline": true });
  await page.context().clearCookies();
  await signIn(page, DISPATCHER, { next: `/office/requests?status=pending&search=${reference}` });
  const row = page.locator(`#row-${reference}`);
  await row.locator(".decline summary").click();
  // The browser itself asks for some text; blanks are none.
  await row.getByLabel("Reason, the client reads it").fill("  ");
  await row.getByRole("button", { name: "Decline the request" }).click();
  await expect(page.getByText("Please give a reason.").first()).toBeVisible();
  await client.goto(`/requests/${reference}`);
  await expect(client.getByText("Waiting for an answer").first()).toBeVisible();

  await page.goto(`/office/requests?status=pending&search=${reference}`);
  await row.locator(".decline summary").click();
  await row.getByLabel("Reason, the client reads it").fill("The park is closed.");
  await row.getByRole("button", { name: "Decline the request" }).click();
  await expect(row).toHaveCount(0);
  await client.reload();
  await expect(client.getByText("Declined").first()).toBeVisible();
  await expect(client.getByText("The park is closed.").first()).toBeVisible();
  await client.context().close();
});

test("the form in a row says that the reason is required", async ({ page }) => {
  await signIn(page, OWNER);
  await change(page, "/office/settings/approval", { "A reason is required to decline": true });
  await page.goto("/office/requests?status=pending");
  const row = page.locator(".qrow:has(.qrow-actions)").first();
  await row.locator(".decline summary").click();
  await expect(row.getByText("Required. The client reads it in the mail.")).toBeVisible();
});
