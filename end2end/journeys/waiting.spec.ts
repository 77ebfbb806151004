// A day is full: clients stand in line for it. The first is told when a time frees, and it is held for half an hour; then it is
// the next one's. Time that passes is taken from the database.

import type { Browser, Page } from "@playwright/test";
import { plus, today } from "../dates.ts";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { linkIn } from "../mailbox.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, signIn } from "../people.ts";

test.use({ database: "postgres" });

const SERVICE = "Dog walk";
const TECHNICIAN = "Lucía Fernández";

async function telephone(browser: Browser, { locale, scripts }: { locale: string; scripts: boolean }): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale, javaScriptEnabled: scripts });
  return context.newPage();
}

/** The calendar of the service with one technician, next month, and its emptiest day. */
async function emptiestDay(page: Page): Promise<{ path: string; day: string }> {
  await page.goto("/request");
  const service = (await page.locator("main a[href^='/request/']").filter({ hasText: SERVICE }).getAttribute("href")) ?? "";
  await page.goto(service);
  const technician = (await page.locator("select[name=with] option", { hasText: TECHNICIAN }).getAttribute("value")) ?? "";
  const path = `${service}?with=${technician}`;
  const month = plus(`${today().slice(0, 7)}-15`, 30).slice(0, 7);
  await page.goto(`${path}&month=${month}`);
  const days = await page
    .locator(".day[data-state=open]")
    .evaluateAll((all) => all.map((day) => ({ date: day.getAttribute("data-date") ?? "", free: Number.parseInt(day.querySelector(".day-note")?.textContent ?? "0", 10) })));
  days.sort((a, b) => b.free - a.free);
  return { path, day: days[0]?.date ?? "" };
}

/** Minutes since midnight. */
function minutes(clock: string): number {
  const [hour, minute] = clock.split(":").map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}

/** "10:45" of minutes since midnight. */
function clock(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

/** Staff block a stretch of the technician's day. */
async function block(staff: Page, { day, what, from, until }: { day: string; what: string; from: string; until: number }): Promise<void> {
  await staff.goto(`/office/visits/block?date=${day}`);
  await staff.getByLabel("What for").fill(what);
  await staff.locator("input[name=time]").fill(from);
  await staff.locator("input[name=length]").fill(String(until - minutes(from)));
  await staff.getByLabel(TECHNICIAN).check();
  await staff.getByRole("button", { name: "Block the time" }).click();
  await expect(staff).toHaveURL(/\/office\/schedule/);
}

test("a time frees: the first in line is told, then the next", async ({ page: staff, browser, frontdesk, mailbox }) => {
  test.slow();
  await signIn(staff, DISPATCHER);
  const first = await telephone(browser, { locale: "en-GB", scripts: true });
  await signIn(first, CLIENT);
  const { path, day } = await emptiestDay(first);
  await first.goto(`${path}&day=${day}`);
  const label = (await first.locator("#times .slot").first().getAttribute("aria-label")) ?? "";
  const end = label.match(/(\d\d:\d\d)\D*$/)?.[1] ?? "";
  // The morning goes to the end of the first time; the rest begins later, so that no buffer is in its way, and too soon for
  // another one: freed, the morning has one time.
  await block(staff, { day, what: "Early meeting", from: "00:00", until: minutes(end) });
  await block(staff, { day, what: "Inventory", from: clock(minutes(end) + 45), until: 24 * 60 });

  await test.step("the full day has a page of its own, with scripts", async () => {
    await first.goto(`${path}&month=${day.slice(0, 7)}`);
    await alive(first);
    const full = first.locator(`.day[data-date="${day}"]`);
    await expect(full).toHaveAttribute("data-state", "full");
    await full.click();
    await expect(first).toHaveURL(new RegExp(`day=${day}`));
    await expectAccessible(first);
    await first.getByRole("button", { name: "Tell me when a time frees" }).click();
    await expect(first.getByText("You are in line for this day.")).toBeVisible();
    await expect(first.getByRole("button", { name: "Tell me when a time frees" })).toHaveCount(0);
    await first.goto("/requests");
    await expect(first.getByRole("region", { name: "Waiting list" }).getByRole("listitem")).toContainText("In line");
    await expectAccessible(first);
  });

  const second = await telephone(browser, { locale: "es-ES", scripts: false });
  await test.step("and without; the second comes after the first", async () => {
    await signIn(second, CLIENT_IN_SPANISH);
    await second.goto(`${path}&day=${day}`);
    await second.getByRole("button", { name: "Avíseme si se libera una hora" }).click();
    await expect(second.getByText("Está en la lista de espera de este día.")).toBeVisible();
  });

  let waitingPage = "";
  const subject = { en: "A time is free: Dog walk", es: "Hay una hora libre: Dog walk" };
  await test.step("the day frees, and the first is told", async () => {
    await staff.goto(`/office/schedule?view=day&date=${day}`);
    await staff.locator("a.entry", { hasText: "Early meeting" }).first().click();
    await staff.getByRole("button", { name: "Free this time" }).click();
    const mail = await mailbox.wait({ to: CLIENT, subject: subject.en }, { timeout: 45_000 });
    expect(mail.text).toContain("It is held for you until");
    waitingPage = linkIn(mail, "/waiting/");
    await first.goto(waitingPage);
    await expect(first.getByRole("heading", { level: 1, name: "A time is free" })).toBeVisible();
    await expect(first.getByRole("button", { name: "Request this time" })).toBeVisible();
    await expectAccessible(first);
    expect(mailbox.find({ to: CLIENT_IN_SPANISH, subject: subject.es }), "one time, one letter").toHaveLength(0);
    await first.goto("/notices");
    await expect(first.getByRole("button").filter({ hasText: "A time is free: Dog walk" })).toBeVisible();
  });

  await test.step("half an hour passes, and it is the next one's turn; one press is a request", async () => {
    const past = "now() - interval '1 minute'";
    frontdesk.psql(`UPDATE bookings SET expires_at = ${past} WHERE id IN (SELECT booking_id FROM waiting WHERE status = 'told')`);
    frontdesk.psql(`UPDATE waiting SET held_until = ${past} WHERE status = 'told'`);
    const mail = await mailbox.wait({ to: CLIENT_IN_SPANISH, subject: subject.es }, { timeout: 60_000 });
    await second.goto(linkIn(mail, "/waiting/"));
    await second.getByRole("button", { name: "Solicitar esta hora" }).click();
    await expect(second).toHaveURL(/\/requests\/R-/);
    await second.goto("/requests?status=pending");
    await expect(second.getByRole("listitem").filter({ hasText: SERVICE }).first()).toBeVisible();
  });

  await test.step("the first was too late", async () => {
    await first.goto(waitingPage);
    await expect(first.getByText("This time is held for you no longer.")).toBeVisible();
    await first.goto("/requests");
    await expect(first.getByRole("region", { name: "Waiting list" })).toHaveCount(0);
  });
  await first.context().close();
  await second.context().close();
});
