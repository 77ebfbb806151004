// The main job, whole: a client asks on a telephone, the office hears of it while it looks at the Schedule and decides,
// and everybody is told — in their own language, with one appointment for their calendars.

import type { Browser, Locator, Page } from "@playwright/test";
import { ask, dayInALetter, inALetter, type Language } from "../asking.ts";
import { alive, expect, test } from "../frontdesk.ts";
import { calendarIn, invitationIn, isReminder, linkIn, type Mail, type Mailbox } from "../mailbox.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, TECHNICIANS, signIn } from "../people.ts";
import { readFileSync } from "node:fs";

const HOUR = 60;
const SERVICE = "Dog walk";

/** The two clients, and the words that they and only they must read. */
const CLIENTS = [
  {
    language: "en" as Language,
    email: CLIENT,
    client: "The Miller family",
    received: (reference: string) => `Request ${reference} received: ${SERVICE}`,
    confirmed: `Confirmed: ${SERVICE}, `,
    heading: "Your appointment is confirmed",
    approved: "Approved",
    notice: `Approved: ${SERVICE}`,
    file: "Add to calendar",
  },
  {
    language: "es" as Language,
    email: CLIENT_IN_SPANISH,
    client: "Familia Ortega",
    received: (reference: string) => `Solicitud ${reference} recibida: ${SERVICE}`,
    confirmed: `Confirmada: ${SERVICE}, `,
    heading: "Su cita está confirmada",
    approved: "Aprobada",
    notice: `Aprobada: ${SERVICE}`,
    file: "Añadir al calendario",
  },
];

/** A client's telephone. */
async function telephone(browser: Browser, language: Language): Promise<Page> {
  const locale = language === "en" ? "en-GB" : "es-ES";
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale });
  return context.newPage();
}

/** The Schedule of the office, alive, marked so that a reload would be noticed. */
async function schedule(page: Page): Promise<void> {
  await signIn(page, DISPATCHER, { next: "/office/schedule" });
  await alive(page);
  await page.evaluate(() => Object.assign(window, { stayed: true }));
}

async function stayed(page: Page): Promise<boolean> {
  return page.evaluate(() => "stayed" in window);
}

const badge = (page: Page): Locator => page.locator("nav [data-live=pending]");
const button = (page: Page): Locator => page.getByRole("link", { name: /^Appointment Requests · \d+ pending$/ });

async function count(page: Page): Promise<number> {
  return Number((await button(page).textContent())?.match(/\d+/)?.[0]);
}

/** Opens a request in the panel beside the Schedule. */
async function openInThePanel(page: Page, reference: string): Promise<Locator> {
  await button(page).click();
  await alive(page);
  const row = page.locator("aside").locator(`#row-${reference}`);
  await row.getByRole("link").first().click();
  await expect(row.locator(".decide-form")).toBeVisible();
  return row;
}

/** The mails since a moment, as soon as so many have come; more than that is one too many. */
async function arrived(mailbox: Mailbox, after: number, recipients: string[]): Promise<Mail[]> {
  await Promise.all(recipients.map((to) => mailbox.wait({ to }, { after })));
  const mails = mailbox.mails.slice(after).filter((mail) => !isReminder(mail));
  expect(mails.flatMap((mail) => mail.envelope).sort()).toEqual([...recipients].sort());
  return recipients.map((to) => mails.find((mail) => mail.envelope.includes(to)) as Mail);
}

for (const { language, email, client: name, ...words } of CLIENTS) {
  test(`a request is sent, seen, approved and in everybody's calendar: ${language}`, { tag: "@postgres" }, async ({ page, browser, mailbox }) => {
    test.slow();
    await schedule(page);
    const before = await count(page);
    const client = await telephone(browser, language);
    await signIn(client, email);

    const first = mailbox.mails.length;
    const { reference, start } = await ask(client, { service: SERVICE, notes: "Two leads by the door." }, language);
    const end = new Date(start.getTime() + HOUR * 60_000);
    const time = inALetter(start, HOUR, language);

    await test.step("the office sees it come without reloading", async () => {
      await expect(button(page)).toHaveText(new RegExp(` ${before + 1} pending$`));
      await expect(badge(page)).toHaveText(String(before + 1));
      expect(await stayed(page)).toBe(true);
    });

    await test.step("client and approver are told by mail, each in their language", async () => {
      const [received, asked] = (await arrived(mailbox, first, [email, DISPATCHER])) as [Mail, Mail];
      expect(received.subject).toBe(words.received(reference));
      expect(received.html).toContain(`<html lang="${language}"`);
      expect(received.text).toContain(time);
      expect(new URL(linkIn(received, "/requests/")).pathname).toBe(`/requests/${reference}`);
      expect(received.attachments).toHaveLength(0);
      expect(asked.subject).toBe(`New request ${reference}: ${name}, ${SERVICE}`);
      expect(asked.html).toContain('<html lang="en"');
      expect(asked.text).toContain(inALetter(start, HOUR, "en"));
      expect(asked.text).toContain("Two leads by the door.");
      expect(new URL(linkIn(asked, "/office/")).pathname).toBe(`/office/requests/${reference}`);
    });

    const second = mailbox.mails.length;
    const unread = Number(await client.locator("nav [data-live=unread]").textContent());
    const technician = await test.step("the dispatcher approves in the panel, with a technician who is free", async () => {
      const row = await openInThePanel(page, reference);
      const choice = row.getByLabel("Technician");
      const free = await choice.locator("option", { hasText: / · free, / }).first().textContent();
      await choice.selectOption({ label: free ?? "" });
      await expect(row.locator(".check-free")).toBeVisible();
      await row.getByRole("button", { name: "Approve", exact: true }).click();
      await expect(page.locator(".queue-said")).toContainText(`${reference} approved`);
      await expect(row).toBeHidden();
      return (free ?? "").split(" · ")[0] ?? "";
    });

    await test.step("the badge says what is left", async () => {
      await expect(badge(page)).toHaveText(String(before));
      await expect(button(page)).toHaveText(new RegExp(` ${before} pending$`));
      await page.goto("/office/requests?status=pending");
      await expect(page.locator(".queue-rows > li")).toHaveCount(before);
      await expect(badge(page)).toHaveText(String(before));
    });

    const uid = await test.step("one appointment comes to client and technician, at the time that was chosen", async () => {
      const to = TECHNICIANS[technician] ?? technician;
      const [confirmed, assigned] = (await arrived(mailbox, second, [email, to])) as [Mail, Mail];
      expect(confirmed.subject).toContain(`${words.confirmed}${dayInALetter(start, language)}`);
      expect(confirmed.html).toContain(`<html lang="${language}"`);
      expect(confirmed.text).toContain(words.heading);
      expect(confirmed.text).toContain(time);
      expect(confirmed.text).toContain(technician);
      expect(assigned.subject).toContain(`Your appointment: ${name}, ${SERVICE}, ${dayInALetter(start, "en")}`);
      expect(assigned.text).toContain(inALetter(start, HOUR, "en"));
      const invitations = [confirmed, assigned].map(invitationIn);
      for (const { method, sequence, event } of invitations) {
        expect(method).toBe("REQUEST");
        expect(sequence).toBe(0);
        expect(event.start.toISOString()).toBe(start.toISOString());
        expect(event.end?.toISOString()).toBe(end.toISOString());
      }
      const [one, other] = invitations.map((invitation) => invitation.uid);
      expect(one).toBeTruthy();
      expect(other).toBe(one);
      return one;
    });

    await test.step("the portal says it too, at once, and hands out the same appointment", async () => {
      await expect(client.locator("nav [data-live=unread]")).toHaveText(String(unread + 1));
      await client.goto("/notices");
      await expect(client.getByRole("button", { name: new RegExp(`^${words.notice}`) }).first()).toContainText(technician);
      await client.goto("/requests?status=approved");
      await expect(client.getByRole("listitem").filter({ hasText: reference })).toContainText(words.approved);
      await client.goto(`/requests/${reference}`);
      const coming = client.waitForEvent("download");
      await client.getByRole("link", { name: words.file }).click();
      const file = await coming;
      expect(file.suggestedFilename()).toMatch(/^V-[0-9A-Z]+\.ics$/);
      const kept = calendarIn(readFileSync(await file.path(), "utf8"));
      expect(kept.uid).toBe(uid);
      expect(kept.event.start.toISOString()).toBe(start.toISOString());
    });

    await client.context().close();
  });
}

test("markup in a reason stays words, in the letter and in the portal", { tag: "@postgres" }, async ({ page, browser, mailbox }) => {
  await schedule(page);
  const client = await telephone(browser, "es");
  await signIn(client, CLIENT_IN_SPANISH);
  const { reference, start } = await ask(client, { service: SERVICE, nth: 1 }, "es");
  await mailbox.wait({ to: CLIENT_IN_SPANISH, subject: reference });

  const reason = 'No <b>podemos</b> & lo <img src=x onerror="alert(1)"> sentimos.';
  const row = await openInThePanel(page, reference);
  await row.getByText("Decline", { exact: true }).click();
  await row.getByLabel("Reason, the client reads it").fill(reason);
  await row.getByRole("button", { name: "Decline the request" }).click();
  await expect(page.locator(".queue-said")).toContainText(`${reference} declined`);

  const mail = await mailbox.wait({ to: CLIENT_IN_SPANISH, subject: `Solicitud ${reference} rechazada: ${SERVICE}` });
  expect(mail.text).toContain(reason);
  expect(mail.text).toContain(inALetter(start, HOUR, "es"));
  expect(mail.html).toContain("&lt;b&gt;podemos&lt;");
  expect(mail.html).not.toContain("<b>");
  expect(mail.html).not.toContain("<img src=x");
  expect(mail.attachments).toHaveLength(0);
  expect(mailbox.find({ to: DISPATCHER, subject: `New request ${reference}: Familia Ortega` })).toHaveLength(1);

  await client.goto("/notices");
  const notice = client.getByRole("button").filter({ hasText: reference }).first();
  await expect(notice).toContainText(reason);
  await notice.click();
  await expect(client).toHaveURL(new RegExp(`/requests/${reference}`));
  await expect(client.getByText(reason).first()).toBeVisible();
  await expect(client.getByText("Rechazada").first()).toBeVisible();
  await expect(client.locator("main b, main img[src=x]")).toHaveCount(0);
  await client.context().close();
});
