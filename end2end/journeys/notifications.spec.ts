// What people are told, and how: letters in the owner's own words, channels taken away, decisions taken back before anybody
// is told, and reminders. Forms without scripts; the preview follows what is typed where there are some.

import { ask, dayInALetter, inALetter } from "../asking.ts";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, OWNER, TECHNICIANS, signIn } from "../people.ts";

test.use({ database: "postgres" });

const SERVICE = "Dog walk";
const TECHNICIAN = "Lucía Fernández";
const TEMPLATE = "/office/settings/templates/booking.approved-client/es";

test("the pages are accessible, in both themes", async ({ page }) => {
  await signIn(page, OWNER, { next: "/office/settings/notifications" });
  for (const place of ["/office/settings/notifications", "/office/settings/templates", TEMPLATE]) {
    await page.goto(place);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
  }
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled });

    test("a letter gets words of its own: a mistake is refused with its line, then it is seen, tried and kept", async ({ page, mailbox }) => {
      const before = mailbox.mails.length;
      const subject = javaScriptEnabled ? "¡Hecho!" : "¡Listo!";
      await signIn(page, OWNER, { next: "/office/settings/templates" });
      await page.getByRole("link", { name: "Español: A request was approved, Client", exact: true }).click();
      await page.waitForLoadState("load");
      await page.getByLabel("Subject", { exact: true }).fill(`${subject} {{ service }}`);
      await page.getByLabel("Text", { exact: true }).fill("Nos vemos.\nLe atiende {{ tecnico }}.");
      if (javaScriptEnabled) {
        await expect(page.getByText("Line 2: This letter knows no placeholder of that name. {{ tecnico }}")).toBeVisible();
        await expect(page.locator("#preview")).toContainText("once the mistakes are corrected");
      }
      await page.getByRole("button", { name: "Save" }).click();
      await page.waitForLoadState("load");
      await expect(page.getByText("Line 2: This letter knows no placeholder of that name. {{ tecnico }}")).toBeVisible();
      await expect(page.getByLabel("Text", { exact: true })).toHaveValue("Nos vemos.\nLe atiende {{ tecnico }}.");
      await expect(page.getByLabel("Subject", { exact: true })).toHaveValue(`${subject} {{ service }}`);

      await page.getByLabel("Text", { exact: true }).fill("Nos vemos.\nLe atiende {{ technician }}.");
      if (!javaScriptEnabled) await page.getByRole("button", { name: "Preview" }).click();
      await expect(page.locator("#preview [data-subject]")).toContainText(subject);
      await expect(page.locator("#preview")).toContainText(/Le atiende \S+ \S+\./);
      await expect(page.locator("#preview")).toContainText("Ver la cita");

      await page.getByRole("button", { name: "Send it to me" }).click();
      const mail = await mailbox.wait({ to: OWNER, subject: `Prueba: ${subject}` }, { after: before });
      expect(mail.text).toContain("Nos vemos.");
      expect(mail.text).not.toContain("{{");
      await expect(page.getByLabel("Text", { exact: true })).toHaveValue("Nos vemos.\nLe atiende {{ technician }}.");
      if (javaScriptEnabled) await expect(page.getByText("Original words")).toBeVisible();

      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByText("Saved.")).toBeVisible();
      await page.goto("/office/settings/templates");
      await expect(page.getByRole("listitem").filter({ has: page.locator(`a[href="${TEMPLATE}"]`) })).toContainText("Changed");
      if (!javaScriptEnabled) {
        await page.goto(TEMPLATE);
        await page.getByRole("button", { name: "Back to the original words" }).click();
        await expect(page.getByLabel("Subject", { exact: true })).toHaveValue("Confirmada: {{ service }}, {{ day }}");
        await page.goto("/office/settings/templates");
        await expect(page.getByText("Changed", { exact: true })).toHaveCount(0);
      } else {
        await page.goto(TEMPLATE);
      }
    });
  });
}

test("what is switched off is not sent, and a decision can be taken back before anybody is told", async ({ page, browser, frontdesk, mailbox }) => {
  test.slow();
  await signIn(page, CLIENT);
  const { reference, start } = await ask(page, { service: SERVICE, technician: TECHNICIAN });
  await mailbox.wait({ to: DISPATCHER, subject: `New request ${reference}` });

  const owner = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await test.step("the owner wants no mail to technicians, and ten minutes to think", async () => {
    await signIn(owner, OWNER, { next: "/office/settings/notifications" });
    const approved = owner.getByRole("group", { name: "A request was approved" }).getByRole("group", { name: "Technician" });
    await approved.getByLabel("Mail").uncheck();
    await owner.getByRole("button", { name: "Save" }).click();
    await expect(owner.getByText("Saved.")).toBeVisible();
    await expect(approved.getByLabel("Mail")).not.toBeChecked();
    await expect(approved.getByLabel("Notice")).toBeChecked();
    await owner.goto("/office/settings/approval");
    await owner.getByLabel("Minutes to take a decision back").fill("10");
    await owner.getByRole("button", { name: "Save" }).click();
    await expect(owner.getByText("Saved.")).toBeVisible();
  });

  const before = mailbox.mails.length;
  await test.step("approved, and taken back", async () => {
    await owner.goto(`/office/requests/${reference}`);
    await owner.getByRole("button", { name: "Approve", exact: true }).click();
    await owner.goto(`/office/requests/${reference}`);
    await expect(owner.getByRole("button", { name: /^Undo \((10:00|9:\d\d) left\)$/ })).toBeVisible();
    await page.goto("/notices");
    await expect(page.getByText(`Approved: ${SERVICE}`).filter({ hasText: reference })).toHaveCount(0);
    await owner.getByRole("button", { name: /^Undo/ }).click();
    await expect(owner.getByText("The decision is taken back; the request waits again.")).toBeVisible();
    await expect(owner.getByRole("button", { name: "Approve", exact: true })).toBeVisible();
    await expect(owner.locator(".details-history")).toContainText("took the decision back");
    expect(frontdesk.psql(`SELECT count(*) FROM outbox WHERE event = 'booking.approved' AND status = 'waiting'`)).toBe("0");
    expect(frontdesk.psql(`SELECT status FROM requests WHERE reference = '${reference}'`)).toBe("pending");
  });

  await test.step("approved again: the client reads it once the time has passed, the technician gets no mail", async () => {
    await owner.getByRole("button", { name: "Approve", exact: true }).click();
    await owner.goto(`/office/requests/${reference}`);
    await expect(owner.getByRole("button", { name: /^Undo/ })).toBeVisible();
    await frontdesk.stop();
    frontdesk.psql("UPDATE outbox SET due_at = now() - interval '1 second' WHERE status = 'waiting'");
    frontdesk.psql("UPDATE notices SET visible_at = now() - interval '1 second' WHERE visible_at IS NOT NULL");
    frontdesk.psql("UPDATE undo_windows SET until = now() - interval '1 second'");
    await frontdesk.start();
    const mail = await mailbox.wait({ to: CLIENT, subject: `Confirmed: ${SERVICE}` }, { after: before });
    expect(mail.text).toContain(inALetter(start, 60, "en"));
    expect(mailbox.mails.slice(before).filter((mail) => mail.subject?.startsWith("Confirmed"))).toHaveLength(1);
    await owner.goto(`/office/requests/${reference}`);
    await expect(owner.getByRole("button", { name: /^Undo/ })).toHaveCount(0);
    await page.goto("/notices");
    await expect(page.getByRole("button").filter({ hasText: `Approved: ${SERVICE}` }).first()).toBeVisible();
    expect(mailbox.mails.slice(before).filter((mail) => mail.envelope.includes(TECHNICIANS[TECHNICIAN] ?? ""))).toHaveLength(0);
  });
  await owner.context().close();
});

test("a reminder comes when the time is near, in the language of whoever reads it", async ({ page, browser, frontdesk, mailbox }) => {
  test.slow();
  await signIn(page, CLIENT_IN_SPANISH);
  const { reference } = await ask(page, { service: SERVICE, technician: TECHNICIAN }, "es");
  const staff = await (await browser.newContext()).newPage();
  await signIn(staff, OWNER, { next: `/office/requests/${reference}` });
  await staff.getByRole("button", { name: "Approve", exact: true }).click();
  await expect.poll(() => frontdesk.psql(`SELECT status FROM requests WHERE reference = '${reference}'`)).toBe("approved");
  await staff.context().close();

  const before = mailbox.mails.length;
  await frontdesk.stop();
  // The visit was booked long ago, and is tomorrow in three hours less than a day.
  const visit = `SELECT visit_id FROM requests WHERE reference = '${reference}'`;
  const near = "date_trunc('second', now()) + interval '21 hours'";
  frontdesk.psql("UPDATE outbox SET status = 'sent', created_at = created_at - interval '9 days' WHERE event = 'booking.approved'");
  frontdesk.psql(`UPDATE bookings SET starts_at = ${near}, ends_at = ${near} + interval '1 hour' WHERE visit_id = (${visit})`);
  frontdesk.psql(`UPDATE visits SET starts_at = ${near}, ends_at = ${near} + interval '1 hour', created_at = created_at - interval '9 days' WHERE id = (${visit})`);
  const start = new Date(frontdesk.psql(`SELECT to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM visits WHERE id = (${visit})`));
  await frontdesk.start();

  const mail = await mailbox.wait({ to: CLIENT_IN_SPANISH, subject: /^(Hoy|Mañana) a las \d\d:\d\d: / }, { after: before });
  expect(mail.text).toContain("Le recordamos su cita");
  expect(mail.text).toContain(dayInALetter(start, "es"));
  expect(mail.attachments).toHaveLength(0);
  await page.goto("/notices");
  await expect(page.getByRole("button").filter({ hasText: `Su cita se acerca: ${SERVICE}` }).first()).toBeVisible();
  expect(frontdesk.psql(`SELECT count(*) FROM reminders_sent WHERE visit_id = (${visit})`)).toBe("2");
});
