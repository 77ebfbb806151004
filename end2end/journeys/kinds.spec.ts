// Requests for no exact time: one visit in some days, visits that repeat, something that is wrong. The client says which days,
// staff find the time; in both languages, with scripts and without.

import type { Browser, Locator, Page } from "@playwright/test";
import { clock, dayInALetter, inALetter, send, WORDS as BUTTONS } from "../asking.ts";
import { CLOSED, dateOf, freeDays, plus, today, weekday } from "../dates.ts";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { eventsIn, invitationIn, type Mail } from "../mailbox.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, OWNER, signIn } from "../people.ts";

const SERVICE = "Home visit";
const [TOM, LUCIA, AMIR] = ["Tom Baker", "Lucía Fernández", "Amir Haddad"] as const;

/** The words that a client must read on the way. */
const WORDS = {
  en: {
    someDays: "Any time in some days will do",
    from: "Preferred date",
    to: "Last possible date",
    afternoon: "Afternoon",
    between: (from: string, to: string) => `between ${from} and ${to}, in the afternoon`,
    repeating: "Repeating visits",
    problem: "Report a problem",
    confirmed: "Confirmed",
    notice: "Approved",
    approved: "Approved",
    file: "Add to calendar",
    show: "Show the dates",
  },
  es: {
    someDays: "Me sirve cualquier hora en unos días",
    from: "Fecha preferida",
    to: "Última fecha posible",
    afternoon: "Tarde",
    between: (from: string, to: string) => `entre ${from} y ${to}, por la tarde`,
    repeating: "Visitas periódicas",
    problem: "Un problema",
    confirmed: "Confirmada",
    notice: "Aprobada",
    approved: "Aprobada",
    file: "Añadir al calendario",
    show: "Mostrar las fechas",
  },
};
type Language = keyof typeof WORDS;

const CLIENTS = [
  { language: "en", email: CLIENT, name: "The Miller family" },
  { language: "es", email: CLIENT_IN_SPANISH, name: "Familia Ortega" },
] as const;

/** Days on which everybody works. */
const DAYS = freeDays([2, 3, 4, 5]);

/** A day of a test's own. */
const day = (nth: number): string => DAYS[nth] as string;

/** A date as a page says it: the year only where it is another one. */
function said(date: string, language: Language = "en"): string {
  const whole = dayInALetter(new Date(`${date}T12:00:00Z`), language);
  return date.slice(0, 4) === today().slice(0, 4) ? whole.replace(/ \d{4}$/, "") : whole;
}

/** A screen of the office, whatever screen the client has. */
async function office(browser: Browser, path: string, { who = DISPATCHER, scripts = true } = {}): Promise<Page> {
  const wide = { viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false, javaScriptEnabled: scripts };
  const page = await (await browser.newContext(wide)).newPage();
  await signIn(page, who, { next: path });
  if (scripts) await alive(page);
  return page;
}

type Wish = { language?: Language; service?: string; from: string; to: string; part?: string; notes?: string };

/** From the services to the days of one. */
async function toTheDays(page: Page, { language = "en", service = SERVICE }: { language?: Language; service?: string }, kind = ""): Promise<void> {
  await page.goto("/request");
  if (kind) await page.getByRole("link", { name: kind, exact: true }).click();
  await page.locator("main a[href^='/request/']").filter({ hasText: service }).click();
  if (!kind) await page.getByRole("link", { name: WORDS[language].someDays }).click();
}

/** Fills the days and goes on to the last step. */
async function chooseDays(page: Page, { language = "en", from, to, part, notes = "" }: Wish): Promise<void> {
  const words = WORDS[language];
  await page.getByLabel(words.from).fill(from);
  await page.getByLabel(words.to).fill(to);
  if (part) await page.getByLabel(part, { exact: true }).check();
  await onToTheLastStep(page, notes, language);
}

async function onToTheLastStep(page: Page, notes: string, language: Language = "en"): Promise<void> {
  const words = BUTTONS[language];
  await page.getByRole("button", { name: words.goOn }).click();
  await page.getByLabel(words.notes).fill(notes);
  await page.getByRole("button", { name: words.goOn }).click();
  await expect(page.getByRole("button", { name: words.send })).toBeVisible();
}

/** A request for some days, sent. */
async function askForDays(page: Page, wish: Wish, kind = ""): Promise<string> {
  await toTheDays(page, wish, kind);
  await chooseDays(page, wish);
  return send(page, wish.language);
}

const row = (page: Page, reference: string): Locator => page.locator(`#row-${reference}`);

/** Opens a request from its row. */
async function open(page: Page, reference: string): Promise<Locator> {
  await row(page, reference).locator(".qrow-name a").click();
  const form = page.locator(`#decide-${reference}-form`);
  await expect(form).toBeVisible();
  return form;
}

const approve = (page: Page): Promise<void> => page.locator(".decide-buttons").getByRole("button", { name: "Approve", exact: true }).click();

/** Chooses a day and a time on the small calendar of the form. */
async function takeTime(form: Locator, date: string, time: string): Promise<void> {
  await form.getByRole("radio", { name: new RegExp(`^${said(date)},`) }).check();
  await form.getByRole("group", { name: new RegExp(`^${said(date)},`) }).getByRole("button", { name: time }).click();
  await expect(form.locator("input[name=date]")).toHaveValue(date);
  await expect(form.locator("input[name=time]")).toHaveValue(time);
}

/** The letters that confirm something to somebody. */
const confirmations = (mails: Mail[], to: string): Mail[] => mails.filter((mail) => mail.envelope.includes(to) && /^Confirm/.test(mail.subject ?? ""));

/** The events of all calendar files of a mail. */
function eventsOf(mail: Mail) {
  const files = mail.attachments.filter((file) => file.mimeType === "application/ics");
  return files.flatMap(({ content }) => eventsIn(typeof content === "string" ? content : new TextDecoder().decode(content)).events);
}

let nth = 0;
for (const { language, email, name } of CLIENTS) {
  for (const scripts of [true, false]) {
    const [from, to] = [day(nth), day(nth + 1)];
    const tag = scripts && language === "en" ? ["@phone", "@postgres"] : ["@phone"];
    nth += 1;

    test.describe(`one visit in some days: ${language}, scripts ${scripts ? "on" : "off"}`, { tag }, () => {
      test.use({ javaScriptEnabled: scripts });

      test("is asked for, proposed, moved by staff, confirmed", async ({ page, browser, mailbox }) => {
        test.slow();
        const words = WORDS[language];
        await signIn(page, email);
        await toTheDays(page, { language });
        await chooseDays(page, { language, from, to, part: words.afternoon, notes: "The bell is broken." });
        const asked = words.between(said(from, language), said(to, language));
        await expect(page.locator("main dl")).toContainText(asked.slice(1));
        const before = mailbox.mails.length;
        const reference = await send(page, language);
        await expect(page.locator("main dl")).toContainText(asked.slice(1));
        await page.goto("/");
        await expect(page.getByRole("listitem").filter({ hasText: reference })).toContainText(asked.slice(1));
        const received = await mailbox.wait({ to: email, subject: reference }, { after: before });
        const inLetter = (date: string) => dayInALetter(new Date(`${date}T12:00:00Z`), language);
        expect(received.text).toContain(words.between(inLetter(from), inLetter(to)).slice(1));

        const staff = await office(browser, "/office/requests?status=pending", { scripts });
        await expect(row(staff, reference)).toContainText(name);
        await expect(row(staff, reference)).toContainText("One visit");
        await expect(row(staff, reference)).toContainText(SERVICE);
        await expect(row(staff, reference)).toContainText(WORDS.en.between(said(from), said(to)));
        await expect(row(staff, reference)).toContainText("The bell is broken.");
        await expect(row(staff, reference).getByText("Decline", { exact: true })).toBeVisible();

        // The preferred day, in the part of the day that was named, with somebody who is free.
        await row(staff, reference).getByRole("link", { name: "Approve", exact: true }).click();
        const form = staff.locator(`#decide-${reference}-form`);
        await expect(form.locator("input[name=date]")).toHaveValue(from);
        await expect(form.locator("input[name=time]")).toHaveValue(/^1[2-7]:/);
        await expect(form.locator("select[name=technician] option:checked")).toContainText("· free,");
        await expect(form.locator(".check-free")).toBeVisible();

        await takeTime(form, to, "15:30");
        await expect(form.locator(".check-free")).toBeVisible();
        const decided = mailbox.mails.length;
        await approve(staff);
        await expect(row(staff, reference)).toBeHidden();
        await staff.context().close();

        const confirmed = await mailbox.wait({ to: email, subject: `${words.confirmed}: ${SERVICE}` }, { after: decided });
        const { event, method } = invitationIn(confirmed);
        const start = new Date(event.start);
        expect([method, dateOf(start), clock(start)]).toEqual(["REQUEST", to, "15:30"]);
        expect(confirmed.text).toContain(inALetter(start, 30, language));
        await page.goto("/notices");
        await expect(page.getByRole("button", { name: new RegExp(`^${words.notice}: ${SERVICE}, ${said(to, language)}, 15:30–16:00`) })).toBeVisible();
        await page.goto(`/requests/${reference}`);
        await expect(page.getByText(words.approved, { exact: true }).first()).toBeVisible();
        await expect(page.getByRole("link", { name: words.file })).toBeVisible();
        await page.goto(`/?day=${to}`);
        await expect(page.locator("#visits article").filter({ hasText: SERVICE })).toContainText("15:30–16:00");
      });
    });
  }
}

test("the proposal goes to whoever has least to do, unless the client named somebody", { tag: "@postgres" }, async ({ page, browser }) => {
  test.slow();
  await signIn(page, CLIENT);
  const wish = { from: day(5), to: day(5), part: "Afternoon" };
  const reference = await askForDays(page, wish);
  await toTheDays(page, {});
  await page.getByLabel("With", { exact: true }).selectOption({ label: AMIR });
  await chooseDays(page, wish);
  const named = await send(page);

  const staff = await office(browser, `/office/requests/${reference}`);
  const chosen = staff.locator("select[name=technician] option:checked");
  const first = ((await chosen.textContent()) ?? "").split(" · ")[0] ?? "";
  await newAppointment(staff, { date: day(5), time: "08:30", who: first, reason: "They asked." });
  await staff.goto(`/office/requests/${reference}`);
  await expect(chosen).not.toContainText(first);
  await expect(chosen).toContainText("free, 0 that day");
  await staff.goto(`/office/requests/${named}`);
  await expect(chosen).toContainText(`${AMIR} · asked for · free`);
  await staff.context().close();
});

test("a time outside the days asked for is pointed out, and can be taken", async ({ page, browser }) => {
  await signIn(page, CLIENT);
  const reference = await askForDays(page, { from: day(6), to: day(6) });
  const staff = await office(browser, "/office/requests?status=pending");
  const form = await open(staff, reference);
  const hint = form.getByText("The client did not name this day.");
  await expect(form.locator(".check-free")).toBeVisible();
  await expect(hint).toHaveCount(0);
  await form.locator("input[name=date]").fill(day(7));
  await form.locator("input[name=date]").blur();
  await expect(hint).toBeVisible();
  await expect(form.locator(".check-free")).toBeVisible();
  await approve(staff);
  await expect(row(staff, reference)).toBeHidden();
  await staff.context().close();
});

test("two pages approve one request: one visit, one letter", { tag: "@postgres" }, async ({ page, browser, mailbox }) => {
  await signIn(page, CLIENT);
  const reference = await askForDays(page, { from: day(8), to: day(8) });
  const path = `/office/requests/${reference}`;
  const before = mailbox.mails.length;
  // Without scripts neither page hears of the other.
  const pages = [await office(browser, path, { scripts: false }), await office(browser, path, { who: OWNER, scripts: false })];
  for (const staff of pages) await approve(staff);
  await pages[1]?.goto(path);
  await expect(pages[1]!.locator(".details-outcome").first()).toContainText("Approved by Dan Murphy");
  await mailbox.wait({ to: CLIENT, subject: "Confirmed" }, { after: before });
  await page.goto(`/?day=${day(8)}`);
  await expect(page.locator("#visits article")).toHaveCount(1);
  expect(confirmations(mailbox.mails.slice(before), CLIENT)).toHaveLength(1);
  for (const staff of pages) await staff.context().close();
});

test.describe("something that is wrong", { tag: "@phone" }, () => {
  test("approving opens a case with the client's words", { tag: "@postgres" }, async ({ page, browser }) => {
    await signIn(page, CLIENT_IN_SPANISH);
    const reference = await askForDays(page, { language: "es", from: day(9), to: day(9), notes: "El comedero <no> gira & pita." }, WORDS.es.problem);
    const staff = await office(browser, "/office/requests?status=pending");
    await expect(row(staff, reference)).toContainText("Issue");
    await open(staff, reference);
    await approve(staff);
    await expect(row(staff, reference)).toBeHidden();
    await staff.goto(`/office/requests/${reference}`);
    await staff.locator(".details").getByRole("link", { name: /^T-\d+$/ }).click();
    await expect(staff.getByText("El comedero <no> gira & pita.").first()).toBeVisible();
    await expect(staff.locator("main")).toContainText(reference);
    await page.goto(`/requests/${reference}`);
    await expect(page.locator("main dl")).toContainText(/T-\d+/);
    await staff.context().close();
  });

  test("or it is linked to a case that is open", async ({ page, browser }) => {
    await signIn(page, CLIENT);
    const reference = await askForDays(page, { from: day(9), to: day(9) }, WORDS.en.problem);
    const staff = await office(browser, "/office/requests?status=pending");
    const form = await open(staff, reference);
    await form.locator("input[name=ticket]").fill("T-1");
    await approve(staff);
    await expect(row(staff, reference)).toBeHidden();
    await staff.goto(`/office/requests/${reference}`);
    await expect(staff.locator(".details").getByRole("link", { name: "T-1", exact: true })).toBeVisible();
    await staff.context().close();
  });
});

/** Two weekdays on which the demo is never closed, as the builder numbers and names them. */
const WEEKDAYS = [
  { number: 2, en: "Tue", es: "mar" },
  { number: 5, en: "Fri", es: "vie" },
  { number: 3, en: "Wed", es: "mié" },
].filter(({ number }) => number !== weekday(CLOSED)).slice(0, 2).sort((a, b) => a.number - b.number);

/** Ten dates, every second week, from a date on. */
function tenDates(from: string): string[] {
  const monday = plus(from, -((weekday(from) + 6) % 7));
  const weeks = [...Array(7).keys()].map((week) => plus(monday, week * 14));
  const all = weeks.flatMap((week) => WEEKDAYS.map(({ number }) => plus(week, number - 1)));
  return all.filter((date) => date >= from).slice(0, 10);
}

/** Fills the builder: every second week on two days, ten times. */
async function build(page: Page, { language, from, scripts = true }: { language: Language; from: string; scripts?: boolean }): Promise<void> {
  const labels = {
    en: { starting: "Starting on", interval: "Every how many", count: "Times", morning: "Morning" },
    es: { starting: "A partir del", interval: "Cada cuántos", count: "Veces", morning: "Mañana" },
  }[language];
  await page.getByLabel(labels.starting).fill(from);
  await page.getByLabel(labels.interval).fill("2");
  for (const one of WEEKDAYS) await page.getByRole("checkbox", { name: one[language], exact: true }).check();
  await page.getByLabel(labels.count, { exact: true }).fill("10");
  await page.getByLabel(labels.morning, { exact: true }).check();
  if (!scripts) await page.getByRole("button", { name: WORDS[language].show }).click();
  const [one, other] = WEEKDAYS.map((weekday) => weekday[language]);
  const rule = language === "en" ? `very 2 weeks on ${one} and ${other}, 10 times, from ${said(from)}` : `ada 2 semanas los ${one} y ${other}, 10 veces, desde ${said(from, "es")}`;
  const meant = page.locator("[data-part=dates]");
  await expect(meant).toContainText(rule);
  await expect(meant.getByRole("listitem")).toHaveText(tenDates(from).map((date) => said(date, language)));
}

/** A request for repeating visits, sent; its dates. */
async function askToRepeat(page: Page, wish: { language: Language; from: string; scripts?: boolean }): Promise<string> {
  await toTheDays(page, { language: wish.language, service: "Dog walk" }, WORDS[wish.language].repeating);
  await build(page, wish);
  await onToTheLastStep(page, "Two leads by the door.", wish.language);
  await expect(page.locator("main dl")).toContainText(wish.language === "en" ? "10 times" : "10 veces");
  return send(page, wish.language);
}

/** An appointment that staff book. */
async function newAppointment(page: Page, { date, time, who, service = "Dog walk", client = "Ben Osei", reason = "" }: { date: string; time: string; who: string; service?: string; client?: string; reason?: string }): Promise<void> {
  await page.goto(`/office/clients?text=${encodeURIComponent(client)}`);
  await page.getByRole("link", { name: new RegExp(client) }).click();
  await page.getByRole("link", { name: "New appointment" }).click();
  await page.waitForLoadState("load");
  await page.getByLabel("Service").selectOption({ label: service });
  await page.getByLabel("Length in minutes").fill("60");
  await page.getByLabel("Date", { exact: true }).fill(date);
  await page.getByLabel("Time", { exact: true }).fill(time);
  await page.getByLabel(who).check();
  await expect(page.locator("[data-check]")).not.toHaveAttribute("data-asking");
  const field = page.getByLabel("Reason for doing it anyway");
  if (reason && (await field.count())) await field.fill(reason);
  await page.getByRole("button", { name: "Book appointment" }).click();
  await expect(page).toHaveURL(/V-/);
}

/** The plan of a request's series, with somebody at some time. */
async function plan(page: Page, reference: string, { who, time }: { who: string; time: string }): Promise<void> {
  await page.goto(`/office/requests/${reference}`);
  await page.getByRole("link", { name: "Plan the series…" }).click();
  await page.waitForLoadState("load");
  await expect(page.getByText(`This answers the request ${reference}`)).toBeVisible();
  await page.getByLabel("Time", { exact: true }).fill(time);
  for (const box of await page.locator('[name="technician[]"]:checked').all()) await box.uncheck();
  await page.getByLabel(who).check();
}

const check = (page: Page): Locator => page.locator(".visit-check");

test("the plan of a series starts with a time that is free on its first date", async ({ page, browser }) => {
  await signIn(page, CLIENT);
  const reference = await askToRepeat(page, { language: "en", from: day(0) });
  const first = tenDates(day(0))[0] as string;
  const staff = await office(browser, `/office/requests/${reference}`);
  await staff.getByRole("link", { name: "Plan the series…" }).click();
  await expect(staff.getByLabel("Date", { exact: true })).toHaveValue(first);
  await expect(staff.getByLabel("Time", { exact: true })).toHaveValue(/^(08|09|10|11):/);
  await expect(staff.locator('[name="technician[]"]:checked')).toHaveCount(1);
  await expect(check(staff).locator(".check-lines li").filter({ hasText: said(first) })).toHaveCount(0);
  await expect(staff.locator("[name=freq]")).toHaveValue("weekly");
  await expect(staff.locator("[name=interval]")).toHaveValue("2");
  await staff.context().close();
});

test("a date on which the business is closed is named in the plan, and left out", async ({ page, browser, mailbox }) => {
  const closed = CLOSED;
  await signIn(page, CLIENT);
  await toTheDays(page, {}, WORDS.en.repeating);
  await page.getByLabel("Starting on").fill(plus(closed, -7));
  await page.getByLabel("Times", { exact: true }).fill("3");
  await onToTheLastStep(page, "");
  const reference = await send(page);
  const staff = await office(browser, `/office/requests/${reference}`);
  await staff.getByRole("link", { name: "Plan the series…" }).click();
  await expect(check(staff)).toContainText("All 3 dates are free.");
  await expect(check(staff).getByRole("listitem").filter({ hasText: "We are closed on that day." })).toContainText(said(closed));
  const reason = staff.getByLabel("Reason for doing it anyway");
  await expect(reason).toBeVisible();
  await staff.locator(`select[aria-label^="Instead of ${said(closed)}"]`).selectOption({ label: "Leave it out" });
  await expect(check(staff)).toContainText("All 2 dates are free.");
  await expect(reason).toHaveCount(0);
  const before = mailbox.mails.length;
  await staff.getByRole("button", { name: "Approve and book the series" }).click();
  await expect(staff.getByText("Part of a series")).toBeVisible();
  const letter = await mailbox.wait({ to: CLIENT, subject: "Confirmed" }, { after: before });
  expect(eventsOf(letter).map(({ start }) => dateOf(start))).toEqual([plus(closed, -7), plus(closed, 7)]);
  await staff.context().close();
});

test("nothing is free in the days: the form holds the preferred one", async ({ page, browser }) => {
  const closed = CLOSED;
  await signIn(page, CLIENT);
  const reference = await askForDays(page, { from: closed, to: closed, part: "Evening" });
  const staff = await office(browser, `/office/requests/${reference}`);
  const form = staff.locator(`#decide-${reference}-form`);
  await expect(form.locator("input[name=date]")).toHaveValue(closed);
  await expect(form.locator("input[name=time]")).toHaveValue("18:00");
  await form.locator("select[name=technician]").selectOption({ index: 1 });
  await expect(form.locator(".check-soft")).toContainText("Possible, with a reason:");
  await staff.context().close();
});

test("a series: its third date is taken and left out", { tag: ["@phone", "@postgres"] }, async ({ page, browser, mailbox }) => {
  test.slow();
  await signIn(page, CLIENT);
  const reference = await askToRepeat(page, { language: "en", from: day(0) });
  const dates = tenDates(day(0));
  const third = dates[2] as string;
  const staff = await office(browser, "/office/requests?status=pending");
  await expect(row(staff, reference)).toContainText("Recurring");
  await expect(row(staff, reference)).toContainText("every 2 weeks on");
  // Other times and quotes are for one visit: nowhere is a button for what the desk would refuse.
  await expect(row(staff, reference).getByText("Other answers")).toHaveCount(0);
  await staff.goto(`/office/requests/${reference}`);
  await expect(staff.getByRole("link", { name: "Plan the series…" })).toBeVisible();
  for (const name of ["Other times", "Quote"]) await expect(staff.getByRole("link", { name, exact: true })).toHaveCount(0);
  await newAppointment(staff, { date: third, time: "11:00", who: LUCIA });
  await plan(staff, reference, { who: LUCIA, time: "11:00" });
  await expect(check(staff)).toContainText("Free dates: 9. Not free (1):");
  await expect(check(staff)).toContainText(`${said(third)}, 11:00`);

  // Pressed all the same: nothing is booked, nothing typed is lost.
  await staff.getByLabel("Internal notes, only your team").fill("Ring twice.");
  await staff.getByRole("button", { name: "Approve and book the series" }).click();
  await expect(staff.getByRole("alert").first()).toContainText("Some of the dates are not free. Nothing was created.");
  await expect(staff.getByLabel("Internal notes, only your team")).toHaveValue("Ring twice.");
  await staff.getByLabel(`Instead of ${said(third)}, 11:00`).selectOption({ label: "Leave it out" });
  await expect(check(staff)).toContainText("All 9 dates are free.");

  const before = mailbox.mails.length;
  await staff.getByRole("button", { name: "Approve and book the series" }).click();
  await expect(staff).toHaveURL(/\/office\/visits\/V-/);
  await expect(staff.getByText("Part of a series")).toBeVisible();
  const letter = await mailbox.wait({ to: CLIENT, subject: "Confirmed" }, { after: before });
  expect(eventsOf(letter).map(({ start }) => dateOf(start))).toEqual(dates.filter((date) => date !== third));
  expect(confirmations(mailbox.mails.slice(before), CLIENT)).toHaveLength(1);

  await page.goto(`/requests/${reference}`);
  await expect(page.getByText("Approved", { exact: true }).first()).toBeVisible();
  await page.goto(`/?day=${dates[1]}`);
  await expect(page.locator("#visits article").filter({ hasText: "Dog walk" })).toContainText("11:00–12:00");
  await page.goto(`/?day=${third}`);
  await expect(page.locator("#visits-title")).toBeVisible();
  await expect(page.locator("#visits article").filter({ hasText: "Dog walk" })).toHaveCount(0);
  await staff.context().close();
});

test.describe("with scripts off", () => {
  test.use({ javaScriptEnabled: false });

  test("a series in Spanish: its third date is taken and moved", { tag: ["@phone"] }, async ({ page, browser, mailbox }) => {
    test.slow();
    await signIn(page, CLIENT_IN_SPANISH);
    const reference = await askToRepeat(page, { language: "es", from: day(1), scripts: false });
    const dates = tenDates(day(1));
    const third = dates[2] as string;
    const helper = await office(browser, "/office/requests");
    await newAppointment(helper, { date: third, time: "13:00", who: AMIR });
    await helper.context().close();

    const staff = await office(browser, "/office/requests", { scripts: false });
    await plan(staff, reference, { who: AMIR, time: "13:00" });
    await staff.getByRole("button", { name: "Check", exact: true }).click();
    await expect(check(staff)).toContainText("Free dates: 9. Not free (1):");
    const instead = staff.getByLabel(`Instead of ${said(third)}, 13:00`);
    const other = (await instead.locator("option").nth(1).textContent()) ?? "";
    expect(other).toMatch(new RegExp(`^${said(third)}, \\d\\d:\\d\\d$`));
    await instead.selectOption({ label: other });
    await staff.getByRole("button", { name: "Check", exact: true }).click();
    await expect(check(staff)).toContainText("All 10 dates are free.");
    const before = mailbox.mails.length;
    await staff.getByRole("button", { name: "Approve and book the series" }).click();
    await expect(staff.getByText("Part of a series")).toBeVisible();
    const letter = await mailbox.wait({ to: CLIENT_IN_SPANISH, subject: "Confirmada" }, { after: before });
    const events = eventsOf(letter);
    expect(events.map(({ start }) => dateOf(start))).toEqual(dates);
    const moved = events.find(({ start }) => dateOf(start) === third);
    expect(`${said(third)}, ${clock(moved?.start as Date)}`).toBe(other);
    await page.goto(`/?day=${third}`);
    await expect(page.locator("#visits article").filter({ hasText: "Dog walk" })).toContainText(clock(moved?.start as Date));
    await staff.context().close();
  });

  test("what waits is edited and cancelled", { tag: "@phone" }, async ({ page }) => {
    await signIn(page, CLIENT);
    const reference = await askForDays(page, { from: day(9), to: day(10) });
    await editAndCancel(page, reference);
    await page.getByRole("link", { name: "Cancel request" }).click();
    await page.getByRole("button", { name: "Cancel the request" }).click();
    await expect(page.getByText("The request was cancelled.")).toBeVisible();
  });
});

/** Edits it, wrongly first. */
async function editAndCancel(page: Page, reference: string): Promise<void> {
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByLabel("Last possible date").fill(day(8));
  await page.getByLabel("Evening", { exact: true }).check();
  await page.getByLabel("Notes").fill("Use the back door.");
  await page.getByRole("button", { name: "Save changes" }).click();
  const field = page.locator(".field").filter({ has: page.getByLabel("Last possible date") });
  await expect(field.getByRole("alert")).toHaveText("Choose dates from today on, the first before the last.");
  await expect(page.getByLabel("Last possible date")).toHaveValue(day(8));
  await expect(page.getByLabel("Evening", { exact: true })).toBeChecked();
  await expect(page.getByLabel("Notes")).toHaveValue("Use the back door.");
  await page.getByLabel("Last possible date").fill(day(11));
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Your changes were saved.")).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/requests/${reference}`));
  await expect(page.locator("main dl")).toContainText(`${said(day(9))} and ${said(day(11))}, in the evening`);
  await expect(page.locator("main dl")).toContainText("Use the back door.");
}

test("what waits is edited and cancelled; the office sees both", { tag: "@phone" }, async ({ page, browser }) => {
  await signIn(page, CLIENT);
  const reference = await askForDays(page, { from: day(9), to: day(10) });
  await alive(page);
  await editAndCancel(page, reference);
  const staff = await office(browser, "/office/requests?status=pending");
  await expect(row(staff, reference)).toContainText(`between ${said(day(9))} and ${said(day(11))}, in the evening`);
  await alive(page);
  await page.getByRole("link", { name: "Cancel request" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel the request" }).click();
  await expect(page.getByText("The request was cancelled.")).toBeVisible();
  await expect(row(staff, reference)).toBeHidden();
  await staff.context().close();
});

test("how visits repeat is edited, and a refused form keeps its days", async ({ page }) => {
  await signIn(page, CLIENT);
  await askToRepeat(page, { language: "en", from: day(2) });
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  const [one, other] = WEEKDAYS.map((weekday) => page.getByRole("checkbox", { name: weekday.en, exact: true })) as [Locator, Locator];
  await expect(one).toBeChecked();
  await one.uncheck();
  await page.getByRole("checkbox", { name: "Sat", exact: true }).check();
  await page.getByLabel("Ends", { exact: true }).selectOption({ label: "On a date" });
  await expect(page.getByLabel("Times", { exact: true })).toBeHidden();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.locator(".field-error")).toHaveText("This is not a date.");
  await expect(one).not.toBeChecked();
  await expect(other).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Sat", exact: true })).toBeChecked();
  await page.getByLabel("Ends", { exact: true }).selectOption({ label: "After a number of times" });
  await page.getByLabel("Times", { exact: true }).fill("4");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.locator("main dl")).toContainText(`on ${WEEKDAYS[1]?.en} and Sat, 4 times`);
});

test("markup in the reason of a refusal stays words", { tag: "@postgres" }, async ({ page, browser, mailbox }) => {
  await signIn(page, CLIENT_IN_SPANISH);
  const reference = await askForDays(page, { language: "es", from: day(3), to: day(4), part: WORDS.es.afternoon });
  const staff = await office(browser, "/office/requests?status=pending");
  const reason = 'No <b>podemos</b> & "lo" sentimos.';
  await row(staff, reference).getByText("Decline", { exact: true }).click();
  await row(staff, reference).getByLabel("Reason, the client reads it").fill(reason);
  const before = mailbox.mails.length;
  await row(staff, reference).getByRole("button", { name: "Decline the request" }).click();
  await expect(row(staff, reference)).toBeHidden();
  const mail = await mailbox.wait({ to: CLIENT_IN_SPANISH, subject: `Solicitud ${reference} rechazada: ${SERVICE}` }, { after: before });
  expect(mail.text).toContain(reason);
  expect(mail.html).toContain("&lt;b&gt;podemos&lt;");
  expect(mail.html).not.toContain("<b>");
  expect(mail.text).toContain("por la tarde");
  expect(mail.attachments).toHaveLength(0);
  await page.goto(`/requests/${reference}`);
  await expect(page.getByText(reason).first()).toBeVisible();
  await expect(page.locator("main b")).toHaveCount(0);
  await staff.context().close();
});

test("an approval is taken back: nobody was told, the days are asked for again", { tag: "@postgres" }, async ({ page, browser, mailbox }) => {
  test.slow();
  const minutes = async (staff: Page, value: string) => {
    await staff.goto("/office/settings/approval");
    await staff.getByLabel("Minutes to take a decision back").fill(value);
    await staff.getByRole("button", { name: "Save" }).click();
    await expect(staff.getByText("Saved.")).toBeVisible();
  };
  await signIn(page, CLIENT);
  const reference = await askForDays(page, { from: day(10), to: day(10) });
  const visits = page.locator("#visits article");
  await page.goto(`/?day=${day(10)}`);
  const others = await visits.count();
  const staff = await office(browser, "/office/settings/approval", { who: OWNER, scripts: false });
  await minutes(staff, "10");
  const before = mailbox.mails.length;
  await staff.goto(`/office/requests/${reference}`);
  await approve(staff);
  await staff.goto(`/office/requests/${reference}`);
  await staff.getByRole("button", { name: /^Undo/ }).click();
  await expect(staff.getByText("The decision is taken back; the request waits again.")).toBeVisible();
  await expect(staff.locator(`#decide-${reference}-form .wdays`)).toBeVisible();
  await page.goto(`/?day=${day(10)}`);
  await expect(visits).toHaveCount(others);
  expect(confirmations(mailbox.mails.slice(before), CLIENT)).toHaveLength(0);
  await minutes(staff, "0");
  await staff.goto(`/office/requests/${reference}`);
  await approve(staff);
  await mailbox.wait({ to: CLIENT, subject: "Confirmed" }, { after: before });
  expect(confirmations(mailbox.mails.slice(before), CLIENT)).toHaveLength(1);
  await staff.context().close();
});

for (const scripts of [true, false]) {
  test.describe(`what cannot be asked for, scripts ${scripts ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled: scripts });

    test("is said beside its field, and nothing is lost", { tag: "@phone" }, async ({ page, browser }) => {
      test.slow();
      await signIn(page, CLIENT);
      await toTheDays(page, { service: "Grooming" });
      const beside = (label: string) => page.locator(".field").filter({ has: page.getByLabel(label, { exact: true }) }).locator(".field-error");
      const goOn = () => page.getByRole("button", { name: "Continue" }).click();
      await page.getByLabel("Preferred date").fill(plus(today(), -3));
      await page.getByLabel("Last possible date").fill(day(2));
      await page.getByLabel("Morning", { exact: true }).check();
      await goOn();
      await expect(beside("Preferred date")).toHaveText("This time has already passed.");
      await expect(page.getByLabel("Last possible date")).toHaveValue(day(2));
      await expect(page.getByLabel("Morning", { exact: true })).toBeChecked();
      await page.getByLabel("Preferred date").fill(day(3));
      await goOn();
      await expect(beside("Last possible date")).toHaveText("Choose dates from today on, the first before the last.");
      await expect(page.getByLabel("Preferred date")).toHaveValue(day(3));
      await page.getByLabel("Last possible date").fill(day(4));
      await onToTheLastStep(page, "Short, please.");

      // Meanwhile the owner offers exact times only.
      const owner = await office(browser, "/office/services", { who: OWNER });
      const offer = async (how: string) => {
        await owner.goto("/office/services");
        await owner.getByRole("link", { name: /Grooming/ }).first().click();
        await owner.getByLabel(how).check();
        await owner.getByRole("button", { name: "Save" }).click();
        await expect(owner.getByText("Saved.")).toBeVisible();
      };
      await offer("For an exact time only");
      await page.getByRole("button", { name: "Send request" }).click();
      await expect(page.getByRole("alert").filter({ hasText: "This service cannot be booked online." })).toHaveCount(1);
      await expect(page.locator("main dl")).toContainText("Short, please.");
      await expect(page.locator("main dl")).toContainText(`${said(day(3))} and ${said(day(4))}, in the morning`);
      await offer("For an exact time, or for some days");
      await owner.context().close();
      expect(await send(page)).toMatch(/^R-/);
    });
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the new pages are accessible, ${colorScheme}`, { tag: "@phone" }, async ({ page, browser }) => {
    test.slow();
    await page.emulateMedia({ colorScheme });
    await signIn(page, CLIENT);
    await page.goto("/request?kind=recurring");
    await expectAccessible(page);
    await toTheDays(page, { service: "Dog walk" }, WORDS.en.repeating);
    await expectAccessible(page);
    await toTheDays(page, {}, WORDS.en.problem);
    await page.getByLabel("Preferred date").fill("2020-01-01");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.locator(".field-error")).toBeVisible();
    await expectAccessible(page);
    await chooseDays(page, { from: day(11), to: day(11), part: "Afternoon" });
    await expectAccessible(page);
    const reference = await send(page);
    await expectAccessible(page);
    await page.goto(`/requests/${reference}/edit`);
    await expectAccessible(page);

    const { viewport } = test.info().project.use;
    const staff = await (await browser.newContext({ viewport, colorScheme })).newPage();
    await signIn(staff, DISPATCHER, { next: "/office/requests?status=pending" });
    await alive(staff);
    await expectAccessible(staff);
    for (const path of [`/office/requests/${reference}`, `/office/schedule?view=day&panel=requests&open=${reference}`]) {
      await staff.goto(path);
      await alive(staff);
      await expect(staff.locator(".wdays").first()).toBeVisible();
      await expectAccessible(staff);
    }
    await staff.goto("/office/requests?status=pending");
    const recurring = await staff.locator(".qrow").filter({ hasText: "Casa Rural El Olivo" }).filter({ hasText: "Recurring" }).first().getAttribute("id");
    await staff.goto(`/office/visits/new?request=${recurring?.replace("row-", "")}`);
    await staff.getByLabel(TOM).check();
    await expect(staff.locator("[data-check]")).not.toHaveAttribute("data-asking");
    await expectAccessible(staff);
    await staff.context().close();
  });
}
