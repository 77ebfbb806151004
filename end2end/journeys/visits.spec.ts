// The schedule in staff's hands: appointments booked, moved, repeated, called off and closed, from the pages and on the
// calendar, by mouse, touch and keyboard; and everybody is told.

import type { Locator, Page } from "@playwright/test";
import { MADRID, freeDays, plus } from "../dates.ts";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import type { Mail } from "../mailbox.ts";
import { CLIENT, DISPATCHER, OWNER, TECHNICIANS, signIn } from "../people.ts";

const LUCIA = "Lucía Fernández";
const AMIR = "Amir Haddad";
const CLIENT_NAME = "The Miller family";

/** Days on which both work at one in the afternoon. */
const DAYS = freeDays([2, 3, 4]);

/** A day of a test's own. */
function day(nth: number): string {
  return DAYS[nth] as string;
}

/** So many weeks later. */
function later(date: string, weeks: number): string {
  return plus(date, weeks * 7);
}

/** "New appointment" for the demo's client, from their page. */
async function newAppointment(page: Page): Promise<void> {
  await page.goto(`/office/clients?text=${encodeURIComponent(CLIENT_NAME)}`);
  await page.getByRole("link", { name: new RegExp(CLIENT_NAME) }).click();
  await page.getByRole("link", { name: "New appointment" }).click();
  await expect(page.getByRole("heading", { name: `New appointment for ${CLIENT_NAME}` })).toBeVisible();
  // The form's script comes after the form: who chooses before it is there is asked by the server instead.
  await page.waitForLoadState("load");
}

/** Fills service, date and time; the check follows where scripts run. */
async function fill(page: Page, { service = "Dog walk", date = day(1), time = "13:00" } = {}): Promise<void> {
  await page.getByLabel("Service").selectOption({ label: service });
  await page.getByLabel("Length in minutes").fill("60");
  await page.getByLabel("Date", { exact: true }).fill(date);
  await page.getByLabel("Time", { exact: true }).fill(time);
  await page.getByLabel("Time", { exact: true }).blur();
}

const check = (page: Page) => page.locator(".visit-check");
const reference = (page: Page) => new URL(page.url()).pathname.split("/").at(-1) ?? "";

/** The sources of a mail's calendar files, one a visit, their lines unfolded. */
function calendarParts(mail: Mail): string[] {
  const parts = mail.attachments.filter((attachment) => attachment.mimeType === "application/ics");
  const source = ({ content }: (typeof parts)[number]) => (typeof content === "string" ? content : new TextDecoder().decode(content));
  return parts.map((part) => source(part).replace(/\r\n[ \t]/g, ""));
}

/** The facts of the one event in a mail's calendar part. */
function event(mail: Mail): { uid: string; sequence: number; method: string } {
  const part = calendarParts(mail)[0] ?? "";
  const line = (name: string) => part.match(new RegExp(`^${name}:(.*)$`, "m"))?.[1]?.trim() ?? "";
  expect(part.match(/BEGIN:VEVENT/g)).toHaveLength(1);
  return { uid: line("UID"), sequence: Number(line("SEQUENCE")), method: line("METHOD") };
}

test("an appointment is booked, moved to somebody else and cancelled; everybody's calendar follows", { tag: "@postgres" }, async ({ page, mailbox }) => {
  test.slow();
  await signIn(page, DISPATCHER);
  await newAppointment(page);
  await fill(page);
  await page.getByLabel(LUCIA).check();
  await expect(check(page)).toContainText("Free: nothing speaks against it.");
  await expect(check(page)).toContainText("This tells");
  await expectAccessible(page);
  let from = mailbox.mails.length;
  await page.getByRole("button", { name: "Book appointment" }).click();
  await expect(page.getByText("Booked. Everybody concerned is told.")).toBeVisible();
  const first = reference(page);
  await expectAccessible(page);

  const booked = event(await mailbox.wait({ to: CLIENT }, { after: from }));
  expect([booked.method, booked.sequence]).toEqual(["REQUEST", 0]);
  expect(event(await mailbox.wait({ to: TECHNICIANS[LUCIA] as string }, { after: from })).uid).toBe(booked.uid);

  from = mailbox.mails.length;
  await page.getByRole("link", { name: "Edit or move" }).click();
  await page.getByLabel("Time", { exact: true }).fill("15:00");
  await page.getByLabel(LUCIA).uncheck();
  await page.getByLabel(AMIR).check();
  await expect(check(page).getByRole("listitem").filter({ hasText: LUCIA })).toBeVisible();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).toHaveURL(/\/office\/visits\/V-/);
  await expect(page.getByText("moved it")).toBeVisible();
  expect(reference(page)).not.toBe(first);
  const moved = event(await mailbox.wait({ to: CLIENT }, { after: from }));
  expect(moved).toEqual({ uid: booked.uid, sequence: 1, method: "REQUEST" });
  const taken = event(await mailbox.wait({ to: TECHNICIANS[LUCIA] as string }, { after: from }));
  expect(taken).toEqual({ uid: booked.uid, sequence: 1, method: "CANCEL" });
  await mailbox.wait({ to: TECHNICIANS[AMIR] as string }, { after: from });

  // The old one points to the new one, and can be changed no more.
  const second = page.url();
  await page.goto(`/office/visits/${first}`);
  await expect(page.getByText("Moved. The appointment is now")).toBeVisible();
  await expect(page.getByRole("link", { name: "Edit or move" })).toHaveCount(0);

  from = mailbox.mails.length;
  await page.goto(second);
  await page.getByRole("link", { name: "Cancel", exact: true }).click();
  await expect(page.getByText("This tells")).toBeVisible();
  await page.getByLabel("Reason, the client reads it").fill("The van broke down.");
  await page.getByRole("button", { name: "Cancel the appointment" }).click();
  await expect(page.getByText("Cancelled. Everybody concerned is told.")).toBeVisible();
  const cancelled = await mailbox.wait({ to: CLIENT }, { after: from });
  expect(event(cancelled)).toEqual({ uid: booked.uid, sequence: 2, method: "CANCEL" });
  expect(cancelled.text).toContain("The van broke down.");
});

test("a clash is explained, and another time is taken with one press", async ({ page }) => {
  await signIn(page, DISPATCHER);
  for (const expected of ["Free: nothing speaks against it.", "This time cannot be had:"]) {
    await newAppointment(page);
    await fill(page, { date: day(2) });
    await page.getByLabel(LUCIA).check();
    await expect(check(page)).toContainText(expected);
    if (expected.startsWith("Free")) await page.getByRole("button", { name: "Book appointment" }).click();
    if (expected.startsWith("Free")) await expect(page).toHaveURL(/V-/);
  }
  await expect(check(page)).toContainText(`${LUCIA}: ${CLIENT_NAME}, 13:00–14:00`);
  // Pressed all the same: refused, and nothing typed is lost.
  await page.getByLabel("Internal notes, only your team").fill("Ring twice.");
  await page.getByRole("button", { name: "Book appointment" }).click();
  await expect(page.getByRole("alert")).toContainText("This time has just been taken.");
  await expect(page.getByLabel("Internal notes, only your team")).toHaveValue("Ring twice.");
  await check(page).locator("button[name=at]").first().click();
  await expect(check(page)).toContainText("Free: nothing speaks against it.");
  await page.getByRole("button", { name: "Book appointment" }).click();
  await expect(page.getByText("Ring twice.")).toBeVisible();
});

test("a series says which dates are lost, leaves them out, and is cancelled from one on", async ({ page, mailbox }) => {
  test.slow();
  await signIn(page, DISPATCHER);
  await newAppointment(page);
  await fill(page, { date: later(day(0), 2), time: "09:00" });
  await page.getByLabel(LUCIA).check();
  await page.getByRole("button", { name: "Book appointment" }).click();
  await expect(page).toHaveURL(/V-/);

  await newAppointment(page);
  await fill(page, { date: day(0), time: "09:00" });
  await page.getByLabel(LUCIA).check();
  await page.getByText("Repeat", { exact: true }).click();
  await page.getByLabel("How often").selectOption("weekly");
  await page.getByLabel("Times", { exact: true }).fill("5");
  await page.getByLabel("Times", { exact: true }).blur();
  await expect(check(page)).toContainText("Free dates: 4. Not free (1):");
  await page.getByLabel("Leave these out and book the others").check();
  const from = mailbox.mails.length;
  await page.getByRole("button", { name: "Book appointment" }).click();
  await expect(page.getByText("Part of a series")).toBeVisible();
  const letter = await mailbox.wait({ to: CLIENT }, { after: from });
  expect(calendarParts(letter)).toHaveLength(4);
  await page.getByRole("link", { name: "Cancel", exact: true }).click();
  await page.getByLabel("This one and those after it").check();
  await page.getByRole("button", { name: "Cancel the appointment" }).click();
  await expect(page.getByText("cancelled it")).toBeVisible();
  const off = await mailbox.wait({ to: CLIENT, subject: /cancelled/i }, { after: from });
  expect(calendarParts(off)).toHaveLength(4);
  expect(calendarParts(off).join("")).toContain("STATUS:CANCELLED");
});

test("another service brings its own length, and never overrules one that was typed", async ({ page }) => {
  await signIn(page, DISPATCHER);
  await newAppointment(page);
  const length = page.getByLabel("Length in minutes");
  await page.getByLabel("Service").selectOption({ label: "Dog walk" });
  await expect(length).toHaveValue("60");
  // Pressed before the form has answered: the new length is shown first, nothing is booked with the old one.
  await page.getByLabel("Service").selectOption({ label: "Home visit" });
  await page.getByRole("button", { name: "Book appointment" }).click();
  await expect(length).toHaveValue("30");
  await expect(page).toHaveURL(/\/new/);
  await length.fill("75");
  await page.getByLabel("Service").selectOption({ label: "Dog walk" });
  await expect(page.locator("[data-check]")).not.toHaveAttribute("data-asking");
  await expect(length).toHaveValue("75");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("a service changed without a look at its length is asked about", async ({ page }) => {
    await signIn(page, DISPATCHER);
    await newAppointment(page);
    const service = page.getByLabel("Service");
    await service.selectOption({ label: (await service.locator("option:checked").textContent()) === "Dog walk" ? "Home visit" : "Dog walk" });
    await page.getByRole("button", { name: "Book appointment" }).click();
    await expect(page.getByText("You chose another service: look at its length, then send again.")).toBeVisible();
    await expect(service.locator("option:checked")).toHaveText(/Home visit|Dog walk/);
  });
  test("an appointment is checked, booked and cancelled", async ({ page }) => {
    await signIn(page, DISPATCHER);
    await newAppointment(page);
    await fill(page, { date: day(3) });
    await page.getByLabel(AMIR).check();
    await page.getByRole("button", { name: "Check" }).click();
    await expect(check(page)).toContainText("Free: nothing speaks against it.");
    await expect(page.getByLabel(AMIR)).toBeChecked();
    await page.getByRole("button", { name: "Book appointment" }).click();
    await expect(page.getByText("booked it")).toBeVisible();
    await page.getByRole("link", { name: "Cancel", exact: true }).click();
    await page.getByRole("button", { name: "Cancel the appointment" }).click();
    await expect(page.getByText("cancelled it")).toBeVisible();
  });
});

test.describe("on the calendar", () => {
  /** Something of Lucía's on a day of its own; the entry in the day's grid. */
  async function entry(page: Page, nth: number) {
    await signIn(page, DISPATCHER);
    await newAppointment(page);
    await fill(page, { date: day(nth) });
    await page.getByLabel(LUCIA).check();
    await page.getByRole("button", { name: "Book appointment" }).click();
    await expect(page).toHaveURL(/V-/);
    const own = reference(page);
    await page.goto(`/office/schedule?view=day&date=${day(nth)}`);
    await alive(page);
    const found = page.locator(`a.entry[data-reference="${own}"]`);
    await inTheMiddle(found);
    return found;
  }

  /** With room above and below to drag it. */
  const inTheMiddle = (found: Locator) => found.evaluate((element) => element.scrollIntoView({ block: "center" }));

  const hour = async (page: Page) => (await page.locator(".board-hours li").nth(1).boundingBox())?.height ?? 0;
  const times = async (page: Page) => ({
    date: await page.getByLabel("Date", { exact: true }).inputValue(),
    time: await page.getByLabel("Time", { exact: true }).inputValue(),
    length: await page.getByLabel("Length in minutes").inputValue(),
  });

  test("an entry is dragged to another time and column, and made longer", async ({ page }) => {
    const own = await entry(page, 4);
    const box = await own.boundingBox();
    const other = await page.locator(".board-day", { hasText: AMIR }).locator(".board-rows").boundingBox();
    if (!box || !other) throw new Error("no boxes");
    const high = await hour(page);
    await page.mouse.move(box.x + 20, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(other.x + 20, box.y + 10 + high, { steps: 5 });
    await expect(page.locator(".drag-ghost")).toContainText("14:00");
    await page.mouse.up();
    await expect(page).toHaveURL(/\/edit\?/);
    expect(await times(page)).toEqual({ date: day(4), time: "14:00", length: "60" });
    await expect(page.getByLabel(AMIR)).toBeChecked();
    await expect(page.getByLabel(LUCIA)).not.toBeChecked();
    await page.goto(`/office/schedule?view=day&date=${day(4)}`);
    await alive(page);
    await inTheMiddle(own);
    const again = await own.boundingBox();
    if (!again) throw new Error("no box");
    await page.mouse.move(again.x + 20, again.y + again.height - 5);
    await page.mouse.down();
    await page.mouse.move(again.x + 20, again.y + again.height + high / 2, { steps: 5 });
    await page.mouse.up();
    await expect(page).toHaveURL(/\/edit\?/);
    expect(await times(page)).toEqual({ date: day(4), time: "13:00", length: "90" });
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.getByText("moved it")).toBeVisible();
  });

  test("the keyboard moves an entry, and Escape leaves it", async ({ page }) => {
    const own = await entry(page, 5);
    await own.focus();
    await page.keyboard.press("Alt+ArrowDown");
    await expect(page.locator(".drag-ghost")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.locator(".drag-ghost")).toHaveCount(0);
    await page.keyboard.press("Alt+ArrowDown");
    await page.keyboard.press("Alt+ArrowDown");
    await page.keyboard.press("Alt+Shift+ArrowDown");
    await expect(page.locator("#drag-said")).toContainText("13:30");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/edit\?/);
    expect(await times(page)).toEqual({ date: day(5), time: "13:30", length: "75" });
  });

  test("a press on what is free begins a new appointment there", async ({ page }) => {
    await signIn(page, DISPATCHER);
    await page.goto(`/office/schedule?view=day&date=${day(6)}`);
    await alive(page);
    const column = page.locator(".board-day", { hasText: LUCIA }).locator(".board-rows");
    await column.scrollIntoViewIfNeeded();
    const box = await column.boundingBox();
    if (!box) throw new Error("no box");
    const high = await hour(page);
    await page.mouse.move(box.x + 20, box.y + high * 2 + 4);
    await page.mouse.down();
    await page.mouse.move(box.x + 24, box.y + high * 4 + 2, { steps: 5 });
    await page.mouse.up();
    await page.getByRole("link", { name: new RegExp(CLIENT_NAME) }).click();
    const found = await times(page);
    expect([found.date, found.length]).toEqual([day(6), "120"]);
    await expect(page.getByLabel(LUCIA)).toBeChecked();
  });

  test.describe("by touch", () => {
    test.use({ hasTouch: true });
    test("a long press takes an entry; a swipe only scrolls", async ({ page }) => {
      const own = await entry(page, 7);
      const box = await own.boundingBox();
      if (!box) throw new Error("no box");
      const high = await hour(page);
      const touch = await page.context().newCDPSession(page);
      const at = (x: number, y: number) => [{ x, y }];
      const send = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
        touch.send("Input.dispatchTouchEvent", { type, touchPoints });
      await send("touchStart", at(box.x + 20, box.y + 10));
      await send("touchMove", at(box.x + 20, box.y + 40));
      await send("touchEnd", []);
      await expect(page.locator(".drag-ghost")).toHaveCount(0);
      // Where it stands once the board stands still again.
      let again = null as typeof box | null;
      await expect(async () => {
        const before = again;
        again = await own.boundingBox();
        expect(again).toEqual(before);
      }).toPass();
      if (!again) throw new Error("no box");
      await send("touchStart", at(again.x + 20, again.y + 10));
      await expect(page.locator(".drag-ghost")).toBeVisible();
      await send("touchMove", at(again.x + 20, again.y + 10 + high));
      await expect(page.locator(".drag-ghost")).toContainText("14:00");
      await send("touchEnd", []);
      await expect(page).toHaveURL(/\/edit\?/);
      expect((await times(page)).time).toBe("14:00");
    });
  });

  test("locations and equipment have columns of their own; time is blocked and freed", async ({ page }) => {
    await signIn(page, DISPATCHER);
    await page.goto(`/office/schedule?view=day&date=${day(8)}`);
    await page.getByRole("link", { name: "Show locations and equipment" }).click();
    await expect(page.locator(".board-day", { hasText: LUCIA })).toHaveCount(0);
    await expect(page.locator(".board-day").first()).toContainText("in all");
    await page.getByRole("link", { name: "Show technicians" }).click();
    await page.goto(`/office/visits/block?date=${day(8)}`);
    await page.getByLabel("What for").fill("Team meeting");
    await page.getByRole("button", { name: "Block the time" }).click();
    await expect(page.locator(".field-error")).toHaveText("Choose a technician.");
    await page.getByLabel(LUCIA).check();
    await page.getByRole("button", { name: "Block the time" }).click();
    await page.locator("a.entry", { hasText: "Team meeting" }).click();
    await page.getByRole("button", { name: "Free this time" }).click();
    await expect(page.locator("a.entry", { hasText: "Team meeting" })).toHaveCount(0);
  });
});

test.describe("a technician's telephone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });
  test("my day: start, note, complete; the record is corrected in the office", async ({ page, browser }) => {
    test.slow();
    // Written down for now, so that it can begin whatever the hour is.
    const office = await (await browser.newContext()).newPage();
    await signIn(office, OWNER);
    const madrid = (minutesAgo: number) =>
      new Intl.DateTimeFormat("sv-SE", { timeZone: MADRID, dateStyle: "short", timeStyle: "short" })
        .format(new Date(Date.now() - minutesAgo * 60_000))
        .split(" ") as [string, string];
    await newAppointment(office);
    await office.getByLabel("Tom Baker").check();
    // The demo's own visits may be in the way of one hour, never of all these.
    let date = "";
    for (const minutesAgo of [10, 100, 190, 280, 370, 460, 550]) {
      const [day, time] = madrid(minutesAgo);
      date = day;
      await fill(office, { service: "Home visit", date, time });
      await expect(office.locator("[data-check]")).not.toHaveAttribute("data-asking");
      await expect(check(office)).toContainText(/Possible, with a reason:|This time cannot be had:/);
      if ((await check(office).getByText("This time cannot be had:").count()) === 0) break;
    }
    await office.getByLabel("Reason for doing it anyway").fill("They called.");
    await office.getByRole("button", { name: "Book appointment" }).click();
    await expect(office.getByText("booked it")).toBeVisible();
    const own = reference(office);

    await signIn(page, "technician@example.com", { next: `/office/my-day?date=${date}` });
    const card = page.locator(".day-card", { has: page.locator(`a[href="/office/visits/${own}"]`) });
    await expect(card.getByRole("link", { name: "Directions" })).toHaveAttribute("href", /openstreetmap/);
    await card.getByRole("button", { name: "Start" }).click();
    await expect(card).toContainText("In progress");
    await card.getByText("Add a note").click();
    await card.getByLabel("Note").fill("Fed and walked.");
    await card.getByRole("button", { name: "Save" }).click();
    await expect(card).toContainText("Fed and walked.");
    await expectAccessible(page);
    await card.getByRole("button", { name: "Complete" }).click();
    await expect(card).toContainText("Completed");
    await expect(page.getByRole("link", { name: "Clients" })).toHaveCount(0);

    await office.reload();
    await office.getByRole("button", { name: "It was a no-show" }).click();
    await expect(office.getByText("corrected the record")).toBeVisible();
  });
});
