// Staff answer with other times instead of yes or no: the client takes one with one tap, in the portal or on the page of the
// letter, or refuses them all; in both languages, with scripts and without, and with what goes wrong on the way.

import type { Browser, Locator, Page } from "@playwright/test";
import { chooseTime, clock, inALetter, onToTheLastStep, send, toTheCalendar } from "../asking.ts";
import { dateOf } from "../dates.ts";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { invitationIn, linkIn, type Mail, type Mailbox } from "../mailbox.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, TECHNICIANS, signIn } from "../people.ts";

const HOUR = 60;
const SERVICE = "Dog walk";
const NOTE = "We are on a training that day. Would <b>one</b> of these do?";

/** What a client reads, and nobody else. */
const WORDS = {
  en: {
    email: CLIENT,
    subject: "Please choose another time: Dog walk",
    title: "Other times for you",
    with: "with",
    take: "Take this time",
    booked: "Your appointment is booked.",
    confirmed: "Confirmed: Dog walk, ",
    waits: "Waiting for you",
    notice: /proposes other times for Dog walk/,
  },
  es: {
    email: CLIENT_IN_SPANISH,
    subject: "Elija otra hora, por favor: Dog walk",
    title: "Otras horas para usted",
    with: "con",
    take: "Elegir esta hora",
    booked: "Su cita está reservada.",
    confirmed: "Confirmada: Dog walk, ",
    waits: "Espera su respuesta",
    notice: /le propone otras horas para Dog walk/,
  },
};

type Language = keyof typeof WORDS;
type Settings = { language?: Language; scripts?: boolean };

/** A telephone that nobody is signed in on. */
async function telephone(browser: Browser, { language = "en", scripts = true }: Settings = {}): Promise<Page> {
  const locale = language === "en" ? "en-GB" : "es-ES";
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale, javaScriptEnabled: scripts });
  return context.newPage();
}

/** A client at a telephone who has asked for a time. */
async function asked(browser: Browser, { language = "en", scripts = true, nth = 0 }: Settings & { nth?: number } = {}) {
  const client = await telephone(browser, { language, scripts });
  await signIn(client, WORDS[language].email);
  await toTheCalendar(client, SERVICE, { scripts });
  const { start } = await chooseTime(client, { nth }, language);
  await onToTheLastStep(client, "", language);
  return { client, start, reference: await send(client, language) };
}

const badge = (page: Page): Locator => page.locator("nav [data-live=pending]");

async function count(page: Page): Promise<number> {
  return Number(await badge(page).textContent());
}

/** The page on which other times are proposed, from the row of the request. */
async function toTheTimes(page: Page, reference: string): Promise<void> {
  await page.goto(`/office/requests?status=pending&search=${reference}`);
  const row = page.locator(`#row-${reference}`);
  await row.locator("summary").filter({ hasText: "Other answers" }).click();
  await row.getByRole("link", { name: "Other times" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Propose other times: ${reference}`);
}

/** A time that was offered, and who would come. */
type Offered = { start: Date; technician: string };

/** Ticks some of the free times nearby, the first, the third …; answers which. */
async function tick(page: Page, numbers: number[]): Promise<Offered[]> {
  const boxes = page.getByRole("group", { name: "Free times nearby" });
  const ticked: Offered[] = [];
  for (const nth of numbers) {
    const box = boxes.getByRole("checkbox").nth(nth);
    await box.check();
    const [start] = ((await box.getAttribute("value")) ?? "").split("|");
    const label = (await boxes.locator("label").nth(nth).textContent()) ?? "";
    ticked.push({ start: new Date(start ?? ""), technician: label.split(" · ").at(-1)?.trim() ?? "" });
  }
  return ticked;
}

async function sendTimes(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send the times" }).click();
}

/** Proposes two free times nearby. */
async function proposed(page: Page, reference: string): Promise<Offered[]> {
  await toTheTimes(page, reference);
  const times = await tick(page, [0, 2]);
  await sendTimes(page);
  await expect(page.getByText("The client has been asked.")).toBeVisible();
  return times;
}

/** The letter about it, and where it leads. */
async function letter(mailbox: Mailbox, reference: string, language: Language = "en"): Promise<{ mail: Mail; link: string }> {
  const mail = await mailbox.wait({ to: WORDS[language].email, subject: `${WORDS[language].subject} (${reference})` });
  return { mail, link: linkIn(mail, "/l/") };
}

/** The row of one of the times, with its button. */
function option(page: Page, start: Date): Locator {
  return page.locator("main li").filter({ hasText: clock(start) }).filter({ has: page.locator("[id^=when-]") });
}

for (const { language, scripts } of [
  { language: "en", scripts: true },
  { language: "es", scripts: true },
  { language: "es", scripts: false },
] as const) {
  const words = WORDS[language];
  test(`one of the times is taken in the portal with one tap: ${language}, scripts ${scripts ? "on" : "off"}`, { tag: "@postgres" }, async ({ browser, mailbox }) => {
    test.slow();
    const { client, reference } = await asked(browser, { language, scripts });
    const office = await browser.newContext({ javaScriptEnabled: scripts });
    const page = await office.newPage();
    await signIn(page, DISPATCHER, { next: "/office/requests" });
    const before = await count(page);

    const times = await test.step("the dispatcher ticks two free times and types a third", async () => {
      await toTheTimes(page, reference);
      const ticked = await tick(page, [0, 2]);
      const own = new Date(Math.max(...ticked.map(({ start }) => start.getTime())));
      own.setUTCDate(own.getUTCDate() + 7);
      await page.getByLabel("Date 1").fill(dateOf(own));
      await page.getByLabel("Time 1").fill(clock(own));
      const { technician } = ticked[0] as Offered;
      await page.getByLabel("Technician 1").selectOption({ label: technician });
      await page.getByLabel("A word for the client").fill(NOTE);
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await expect(page.locator(".check")).toHaveCount(1);
      await expect(page.getByRole("checkbox", { checked: true })).toHaveCount(2);
      await sendTimes(page);
      await expect(page.getByText("The client has been asked.")).toBeVisible();
      return [...ticked, { start: own, technician }];
    });

    await test.step("it waits for the client now, and is counted there", async () => {
      await expect(page.locator(".details")).toContainText("Waiting for the client");
      await expect(badge(page)).toHaveText(String(before - 1));
      await page.goto("/office/requests?status=pending");
      await expect(page.locator(`#row-${reference}`)).toHaveCount(0);
      await page.locator(".queue-tabs").getByRole("link", { name: /^Offered/ }).click();
      await expect(page.locator(`#row-${reference}`)).toContainText("Waiting for the client");
    });

    await test.step("the client is told by mail, with every time, and by a notice", async () => {
      const { mail } = await letter(mailbox, reference, language);
      const text = (mail.text ?? "").replace(/\s+/g, " ");
      expect(mail.html).toContain(`<html lang="${language}"`);
      for (const { start, technician } of times) {
        expect(text).toContain(`${inALetter(start, HOUR, language)}, ${words.with} ${technician}`);
      }
      expect(text).toContain(NOTE);
      expect(mail.html).not.toContain("<b>one</b>");
      expect(mail.attachments).toHaveLength(0);
      await client.goto("/notices");
      await client.getByRole("button", { name: words.notice }).first().click();
      await expect(client).toHaveURL(new RegExp(`/requests/${reference}`));
    });

    const [, taken] = times as [Offered, Offered];
    const first = mailbox.mails.length;
    await test.step("one tap books it", async () => {
      await expect(client.getByRole("heading", { name: words.title })).toBeVisible();
      await expect(client.getByText(words.waits).first()).toBeVisible();
      await expect(client.getByText(NOTE).first()).toBeVisible();
      await expect(client.getByRole("button", { name: words.take })).toHaveCount(3);
      await option(client, taken.start).filter({ hasText: taken.technician }).getByRole("button", { name: words.take }).first().click();
      await expect(client.getByText(words.booked)).toBeVisible();
      await expect(client.getByRole("button", { name: words.take })).toHaveCount(0);
    });

    await test.step("client and technician have it in their calendars", async () => {
      const confirmed = await mailbox.wait({ to: words.email, subject: words.confirmed }, { after: first });
      const assigned = await mailbox.wait({ to: TECHNICIANS[taken.technician] ?? "" }, { after: first });
      for (const { method, event } of [confirmed, assigned].map(invitationIn)) {
        expect(method).toBe("REQUEST");
        expect(event.start.toISOString()).toBe(taken.start.toISOString());
      }
    });

    await test.step("the office reads who took what", async () => {
      await page.goto(`/office/requests/${reference}`);
      await expect(page.locator(".details")).toContainText("Approved");
      await expect(page.locator(".details")).toContainText("proposed other times");
      await expect(page.locator(".details")).toContainText(/\w+ accepted/);
      await expect(badge(page)).toHaveText(String(before - 1));
    });
    await office.close();
    await client.context().close();
  });
}

for (const scripts of [true, false]) {
  test(`the page of the letter books without signing in, scripts ${scripts ? "on" : "off"}`, async ({ page, browser, mailbox }) => {
    const { client, reference } = await asked(browser, { nth: 1 });
    await client.context().close();
    await signIn(page, DISPATCHER);
    const [, other] = (await proposed(page, reference)) as [Offered, Offered];
    const { link } = await letter(mailbox, reference);
    const stranger = await telephone(browser, { scripts });
    // Mail programs look behind links by themselves: that must not answer anything.
    await stranger.goto(link);
    await stranger.goto(link);
    await expect(stranger.getByRole("button", { name: "Take this time" })).toHaveCount(2);
    const before = mailbox.mails.length;
    await option(stranger, other.start).getByRole("button", { name: "Take this time" }).first().click();
    await expect(stranger.getByText("Your appointment is booked.")).toBeVisible();
    const confirmed = await mailbox.wait({ to: CLIENT, subject: "Confirmed: Dog walk" }, { after: before });
    expect(invitationIn(confirmed).event.start.toISOString()).toBe(other.start.toISOString());
    await stranger.goto(link);
    await expect(stranger.getByText("Accepted", { exact: true })).toBeVisible();
    await expect(stranger.getByRole("button", { name: "Take this time" })).toHaveCount(0);
    // The link opens this offer and nothing else.
    await stranger.goto(`/requests/${reference}`);
    await expect(stranger).toHaveURL(/\/sign-in/);
    await stranger.context().close();
  });
}

test("none fits: a word goes back to staff, who propose again", async ({ page, browser, mailbox }) => {
  const { client, reference } = await asked(browser, { nth: 2 });
  await signIn(page, DISPATCHER, { next: "/office/requests" });
  const before = await count(page);
  await proposed(page, reference);
  const { link } = await letter(mailbox, reference);
  await client.goto(`/requests/${reference}`);
  await client.getByText("None of these").click();
  await client.getByLabel("What would suit you?").fill("Mornings <i>only</i>, please.");
  await client.getByRole("button", { name: "Tell them" }).click();
  await expect(client.getByText(/^Thank you\. You will hear from/)).toBeVisible();
  await page.goto(`/office/requests/${reference}`);
  await expect(page.locator(".details")).toContainText("Mornings <i>only</i>, please.");
  await expect(badge(page)).toHaveText(String(before));
  await page.goto("/notices");
  await expect(page.getByRole("button").filter({ hasText: reference }).filter({ hasText: "did not accept what was offered" })).toBeVisible();
  await client.goto(link);
  await expect(client.getByText("Refused", { exact: true })).toBeVisible();
  await proposed(page, reference);
  await client.goto(`/requests/${reference}`);
  await expect(client.getByRole("button", { name: "Take this time" })).toHaveCount(2);
  await client.context().close();
});

test("what cannot be proposed is said beside its field, and nothing typed is lost", async ({ page, browser }) => {
  const { client, reference, start } = await asked(browser, { nth: 3 });
  await client.context().close();
  await signIn(page, DISPATCHER);
  await toTheTimes(page, reference);
  await sendTimes(page);
  await expect(page.locator(".field-error")).toHaveCount(1);
  const date = dateOf(start);
  await page.getByLabel("Date 1").fill(date);
  await page.getByLabel("Time 1").fill("03:15");
  await page.getByLabel("A word for the client").fill("Very early.");
  await sendTimes(page);
  await expect(page.locator(".field-error")).toHaveCount(1);
  await expect(page.getByLabel("Time 1")).toHaveValue("03:15");
  await page.getByLabel("Technician 1").selectOption({ label: "Tom Baker" });
  await sendTimes(page);
  await expect(page.locator(".check-soft")).toBeVisible();
  await expect(page.getByLabel("A word for the client")).toHaveValue("Very early.");
  await page.getByLabel("Reason for doing it anyway").fill("Agreed on the phone");
  await sendTimes(page);
  await expect(page.getByText("The client has been asked.")).toBeVisible();
  await expect(page.locator(".details")).toContainText("03:15");
});

test("an offer falls away when staff decline after all", async ({ page, browser, mailbox }) => {
  const { client, reference } = await asked(browser, { nth: 4 });
  await signIn(page, DISPATCHER);
  await proposed(page, reference);
  const { link } = await letter(mailbox, reference);
  await client.goto(`/requests/${reference}`);
  const late = client.getByRole("button", { name: "Take this time" }).first();
  await expect(late).toBeVisible();
  await page.goto(`/office/requests/${reference}`);
  await alive(page);
  const decline = page.locator(".decide .decline");
  await decline.locator("summary").click();
  await decline.getByRole("button", { name: "Decline the request" }).click();
  await expect(page.locator(".details")).toContainText("Declined by");
  await late.click();
  await expect(client.getByText("Something has changed meanwhile.")).toBeVisible();
  await expect(client.getByText("Declined").first()).toBeVisible();
  await client.goto(link);
  await expect(client.getByText("No longer valid", { exact: true })).toBeVisible();
  await client.context().close();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the pages of an offer are accessible, ${colorScheme}`, { tag: "@phone" }, async ({ page, browser, mailbox }) => {
    const { client, reference } = await asked(browser, { nth: 5 });
    await client.context().close();
    await page.emulateMedia({ colorScheme });
    await signIn(page, DISPATCHER);
    await toTheTimes(page, reference);
    await expectAccessible(page);
    await sendTimes(page);
    await expect(page.locator(".field-error")).toHaveCount(1);
    await expectAccessible(page);
    await proposed(page, reference);
    await expectAccessible(page);
    await page.goto("/office/requests?status=offered");
    await expectAccessible(page);
    const { link } = await letter(mailbox, reference);
    await page.context().clearCookies();
    await page.goto(link);
    await expect(page.getByRole("button", { name: "Take this time" })).toHaveCount(2);
    await expectAccessible(page);
    await signIn(page, CLIENT, { next: `/requests/${reference}` });
    await expectAccessible(page);
  });
}
