// Work that is not in the price list: staff send a quote, the client accepts or refuses it in the portal or on the page of the
// letter; a newer one takes its place, one that has run out cannot be accepted, and a new price list changes nothing.

import type { Browser, Page } from "@playwright/test";
import { chooseTime, inALetter, onToTheLastStep, send, toTheCalendar } from "../asking.ts";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { invitationIn, linkIn, type Mail, type Mailbox } from "../mailbox.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, OWNER, signIn } from "../people.ts";

const HOUR = 60;
const SERVICE = "Dog walk";

/** What a client reads, and nobody else. `total`: three hours at 45.00 and a call-out at 20.00, with 21 % of tax. */
const WORDS = {
  en: {
    email: CLIENT,
    subject: "Your quote: Dog walk",
    title: "A quote for you",
    accept: "Accept the quote",
    booked: "Your appointment is booked.",
    accepted: "Accepted",
    paper: "The quote on paper",
    sheet: "Quote",
    confirmed: "Confirmed: Dog walk",
    sum: "€\u00a0155.00",
    tax: "€\u00a032.55",
    total: "€\u00a0187.55",
  },
  es: {
    email: CLIENT_IN_SPANISH,
    subject: "Su presupuesto: Dog walk",
    title: "Un presupuesto para usted",
    accept: "Aceptar el presupuesto",
    booked: "Su cita está reservada.",
    accepted: "Aceptado",
    paper: "El presupuesto en papel",
    sheet: "Presupuesto",
    confirmed: "Confirmada: Dog walk",
    sum: "155,00\u00a0€",
    tax: "32,55\u00a0€",
    total: "187,55\u00a0€",
  },
};

type Language = keyof typeof WORDS;
type Settings = { language?: Language; scripts?: boolean };

/** A client at a telephone who has asked for a time. */
async function asked(browser: Browser, { language = "en", scripts = true, nth = 0 }: Settings & { nth?: number } = {}) {
  const locale = language === "en" ? "en-GB" : "es-ES";
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale, javaScriptEnabled: scripts });
  const client = await context.newPage();
  await signIn(client, WORDS[language].email);
  await toTheCalendar(client, SERVICE, { scripts });
  const { start } = await chooseTime(client, { nth }, language);
  await onToTheLastStep(client, "", language);
  return { client, start, reference: await send(client, language) };
}

/** The page on which a quote is written, from the details of the request. */
async function toTheQuote(page: Page, reference: string): Promise<void> {
  await page.goto(`/office/requests/${reference}`);
  await page.locator(".details").getByRole("link", { name: "Quote", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Send a quote: ${reference}`);
}

async function writeLine(page: Page, n: number, [words, quantity, unit]: [string, string, string]): Promise<void> {
  const line = page.getByRole("group", { name: `Line ${n}`, exact: true });
  await line.getByLabel(`What for ${n}`).fill(words);
  await line.getByLabel(`Quantity ${n}`).fill(quantity);
  await line.getByLabel(`Price of one ${n}`).fill(unit);
}

/** Sends a quote over 187.55; answers its reference. */
async function quoted(page: Page, reference: string, unit = "45"): Promise<string> {
  await toTheQuote(page, reference);
  await writeLine(page, 1, ["Walk in the mountains", "3", unit]);
  await writeLine(page, 2, ["Call-out <b>by car</b>", "1", "20.00"]);
  await page.getByLabel("Tax in per cent").fill("21");
  await page.getByRole("button", { name: "Send the quote" }).click();
  return sent(page);
}

/** The reference of the quote that was just sent. */
async function sent(page: Page): Promise<string> {
  await expect(page.getByText("The client has been asked.")).toBeVisible();
  const link = page.locator(".details a[href^='/office/quotes/Q-']").first();
  return ((await link.getAttribute("href")) ?? "").match(/Q-[0-9A-Z]+/)?.[0] ?? "";
}

/** The letter about it, and where it leads. */
async function letter(mailbox: Mailbox, reference: string, { language = "en" as Language, after = 0 } = {}): Promise<{ mail: Mail; link: string }> {
  const mail = await mailbox.wait({ to: WORDS[language].email, subject: `${WORDS[language].subject} (${reference})` }, { after });
  return { mail, link: linkIn(mail, "/l/") };
}

for (const { language, scripts } of [
  { language: "en", scripts: true },
  { language: "es", scripts: true },
  { language: "es", scripts: false },
] as const) {
  const words = WORDS[language];
  test(`a quote is sent, read, accepted and kept: ${language}, scripts ${scripts ? "on" : "off"}`, { tag: "@postgres" }, async ({ browser, mailbox }) => {
    test.slow();
    const { client, start, reference } = await asked(browser, { language, scripts });
    const office = await browser.newContext({ javaScriptEnabled: scripts });
    const page = await office.newPage();
    await signIn(page, DISPATCHER);

    const quote = await test.step("the dispatcher writes lines, adds one, and sends it", async () => {
      await toTheQuote(page, reference);
      await expect(page.getByLabel("What for 1")).toHaveValue(SERVICE);
      await writeLine(page, 1, ["Walk in the mountains", "3", "45"]);
      await writeLine(page, 2, ["Call-out <b>by car</b>", "1", "20.00"]);
      await page.getByLabel("Tax in per cent").fill("21");
      await page.getByLabel("A word for the client").fill("As we said on the phone.");
      await page.getByRole("button", { name: "Add a line" }).click();
      await expect(page.getByLabel("What for 4")).toHaveValue("");
      await expect(page.getByLabel("What for 2")).toHaveValue("Call-out <b>by car</b>");
      await expect(page.getByLabel("A word for the client")).toHaveValue("As we said on the phone.");
      await expect(page.getByText(`Total ${WORDS.en.total}`)).toBeVisible();
      await writeLine(page, 4, ["A gift", "0.5", "a lot"]);
      await page.getByRole("button", { name: "Send the quote" }).click();
      await expect(page.locator(".field-error")).toHaveCount(1);
      await expect(page.getByLabel("Price of one 4")).toHaveValue("a lot");
      await writeLine(page, 4, ["", "", ""]);
      await page.getByRole("button", { name: "Check", exact: true }).click();
      await expect(page.locator(".check-free")).toBeVisible();
      await page.getByRole("button", { name: "Send the quote" }).click();
      return sent(page);
    });
    expect(quote).toMatch(/^Q-[0-9A-Z]{5,}$/);

    await test.step("the client is told, with the price and the time", async () => {
      const { mail } = await letter(mailbox, reference, { language });
      expect(mail.html).toContain(`<html lang="${language}"`);
      const text = (mail.text ?? "").replace(/\s+/g, " ");
      for (const said of [quote, words.total.replace("\u00a0", " "), inALetter(start, HOUR, language), "As we said on the phone."]) {
        expect(text).toContain(said);
      }
      expect(mail.attachments).toHaveLength(0);
    });

    await test.step("the portal shows every line and the sums; the paper too", async () => {
      await client.goto(`/requests/${reference}`);
      await expect(client.getByRole("heading", { name: `${words.title}: ${quote}` })).toBeVisible();
      for (const text of ["Walk in the mountains", "Call-out <b>by car</b>", words.sum, words.tax, words.total]) {
        await expect(client.getByRole("table")).toContainText(text);
      }
      await client.getByRole("link", { name: words.paper }).click();
      await expect(client).toHaveURL(new RegExp(`/quotes/${quote}`));
      await expect(client.getByRole("article", { name: `${words.sheet} ${quote}` })).toContainText(words.total);
      await client.emulateMedia({ media: "print" });
      await expect(client.getByRole("heading", { level: 1 })).toBeHidden();
      await expect(client.getByRole("article")).toBeVisible();
      await client.emulateMedia({ media: "screen" });
      await client.goto(`/requests/${reference}`);
    });

    await test.step("one tap accepts it; the appointment is booked at that price", async () => {
      const after = mailbox.mails.length;
      await client.getByRole("button", { name: words.accept }).click();
      await expect(client.getByText(words.booked)).toBeVisible();
      const confirmed = await mailbox.wait({ to: words.email, subject: words.confirmed }, { after });
      expect(invitationIn(confirmed).event.start.toISOString()).toBe(start.toISOString());
      await client.goto(`/quotes/${quote}`);
      await expect(client.getByText(words.accepted, { exact: true })).toBeVisible();
      await page.goto(`/office/requests/${reference}`);
      await expect(page.locator(".details")).toContainText(`accepted quote ${quote}, ${WORDS.en.total}`);
    });
    await office.close();
    await client.context().close();
  });
}

test("a new price list changes no quote; the page of the letter accepts it", async ({ page, browser, mailbox }) => {
  const { client, reference } = await asked(browser, { nth: 1 });
  await signIn(page, OWNER);
  const quote = await quoted(page, reference);
  const { link } = await letter(mailbox, reference);
  await page.goto("/office/services");
  await page.getByRole("link", { name: new RegExp(SERVICE) }).first().click();
  const price = await page.getByLabel(/^Price/).inputValue();
  await page.getByLabel(/^Price/).fill("999");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await client.context().clearCookies();
  await client.goto(link);
  await expect(client.getByRole("table")).toContainText(WORDS.en.total);
  await client.getByRole("button", { name: "Accept the quote" }).click();
  await expect(client.getByText("Your appointment is booked.")).toBeVisible();
  await expect(client.getByText("Accepted", { exact: true })).toBeVisible();
  await client.goto(link);
  await expect(client.getByRole("button", { name: "Accept the quote" })).toHaveCount(0);
  await expect(client.getByRole("table")).toContainText(WORDS.en.total);
  await page.getByLabel(/^Price/).fill(price);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.goto(`/office/quotes/${quote}`);
  await expect(page.getByRole("article")).toContainText(WORDS.en.total);
  await client.context().close();
});

test("a quote is refused with a word; the next one takes the place of one before", async ({ page, browser, mailbox }) => {
  test.slow();
  const { client, reference } = await asked(browser, { nth: 2 });
  await signIn(page, DISPATCHER);
  const dear = await quoted(page, reference, "90");
  const first = await letter(mailbox, reference);
  await client.goto(`/requests/${reference}`);
  await client.getByText("Refuse the quote").click();
  await client.getByLabel("Why not?").fill("Too much for us.");
  await client.getByRole("button", { name: "Tell them" }).click();
  await expect(client.getByText(/^Thank you\. You will hear from/)).toBeVisible();
  await page.goto(`/office/requests/${reference}`);
  await expect(page.locator(".details")).toContainText("Too much for us.");
  await client.goto(first.link);
  await expect(client.getByText("Refused", { exact: true })).toBeVisible();

  let after = mailbox.mails.length;
  const middle = await quoted(page, reference, "60");
  const second = await letter(mailbox, reference, { after });
  await client.goto(`/requests/${reference}`);
  await expect(client.getByRole("button", { name: "Accept the quote" })).toBeVisible();
  after = mailbox.mails.length;
  await toTheQuote(page, reference);
  await expect(page.getByText("The client has not answered yet.")).toBeVisible();
  const cheap = await quoted(page, reference);
  await letter(mailbox, reference, { after });
  expect(new Set([dear, middle, cheap]).size).toBe(3);
  // The page in sight is older than the newest quote: it must not be accepted at another price.
  await client.getByRole("button", { name: "Accept the quote" }).click();
  await expect(client.getByText("Something has changed meanwhile.")).toBeVisible();
  await expect(client.getByRole("table")).toContainText(WORDS.en.total);
  await client.goto(second.link);
  await expect(client.getByText("Replaced by a newer one", { exact: true })).toBeVisible();
  await page.goto(`/office/requests/${reference}`);
  for (const quote of [dear, middle, cheap]) {
    await expect(page.locator(`.details a[href='/office/quotes/${quote}']`)).toBeVisible();
  }
  await client.context().close();
});

test.describe("when time passes", () => {
  test.use({ database: "postgres" });

  test("a quote that has run out says so and cannot be accepted", async ({ page, browser, frontdesk, mailbox }) => {
    test.slow();
    const { client, reference } = await asked(browser);
    await signIn(page, DISPATCHER);
    await quoted(page, reference);
    const { link } = await letter(mailbox, reference);
    await client.goto(link);
    const accept = client.getByRole("button", { name: "Accept the quote" });
    await expect(accept).toBeVisible();
    await frontdesk.stop();
    const row = `SELECT id FROM requests WHERE reference = '${reference}'`;
    const past = "date_trunc('second', now()) - interval '1 minute'";
    frontdesk.psql(`UPDATE requests SET expires_at = ${past} WHERE reference = '${reference}'`);
    frontdesk.psql(`UPDATE offers SET expires_at = ${past} WHERE request_id = (${row})`);
    frontdesk.psql(`UPDATE bookings SET expires_at = ${past} WHERE request_id = (${row}) AND blocking`);
    await frontdesk.start();
    await accept.click();
    await expect(client.getByText("Expired", { exact: true })).toBeVisible();
    await expect(accept).toHaveCount(0);
    const mail = await mailbox.wait({ to: CLIENT, subject: `Request ${reference} has expired` });
    expect(mail.text).toContain("We had no answer");
    await client.goto(`/requests/${reference}`);
    await expect(client.getByText("Expired").first()).toBeVisible();
    await expect(client.getByRole("link", { name: "Request again" })).toBeVisible();
    await page.goto(`/office/requests/${reference}`);
    await expect(page.locator(".details")).toContainText("Expired");
    expect(frontdesk.command("check")).not.toContain(reference);
    await client.context().close();
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the pages of a quote are accessible, ${colorScheme}`, { tag: "@phone" }, async ({ page, browser, mailbox }) => {
    // Seven pages are looked through.
    test.slow();
    const { client, reference } = await asked(browser, { nth: 5 });
    await client.context().close();
    await page.emulateMedia({ colorScheme });
    await signIn(page, DISPATCHER);
    await toTheQuote(page, reference);
    await expectAccessible(page);
    await page.getByLabel("Price of one 1").fill("a lot");
    await page.getByRole("button", { name: "Send the quote" }).click();
    await expect(page.locator(".field-error")).toHaveCount(1);
    await expectAccessible(page);
    const quote = await quoted(page, reference);
    await expectAccessible(page);
    await page.goto(`/office/quotes/${quote}`);
    await expectAccessible(page);
    const { link } = await letter(mailbox, reference);
    await page.context().clearCookies();
    await page.goto(link);
    await expect(page.getByRole("button", { name: "Accept the quote" })).toBeVisible();
    await expectAccessible(page);
    await signIn(page, CLIENT, { next: `/requests/${reference}` });
    await expectAccessible(page);
    await page.goto(`/quotes/${quote}`);
    await expectAccessible(page);
  });
}
