// Nobody answers in time: the hold ends, both sides are told, and the time is everybody's again. The time that passes is
// taken from the database while the server is stopped.

import type { Page } from "@playwright/test";
import { ask, chooseTime, inALetter, onToTheLastStep, send } from "../asking.ts";
import { alive, expect, test } from "../frontdesk.ts";
import { linkIn } from "../mailbox.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, signIn } from "../people.ts";

test.use({ database: "postgres" });

const SERVICE = "Dog walk";
const TECHNICIAN = "Lucía Fernández";
const HOUR = 60;

/** How often a start stands among the times of its day, for one technician: once or not at all. */
async function offered(page: Page, { path, technician, start }: { path: string; technician: string; start: Date }): Promise<number> {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Madrid" }).format(start);
  await page.goto(`${path}?with=${technician}&day=${day}`);
  await expect(page.locator("#times .slot").first()).toBeVisible();
  return page.locator(`#times .slot[data-start="${start.toISOString().replace(".000", "")}"]`).count();
}

test("a request that nobody answers expires, and its time is free again", async ({ page, browser, frontdesk, mailbox }) => {
  test.slow();
  await signIn(page, CLIENT);
  const { reference, start } = await ask(page, { service: SERVICE, technician: TECHNICIAN, notes: "In time, I hope." });
  const other = await (await browser.newContext({ locale: "es-ES" })).newPage();
  await signIn(other, CLIENT_IN_SPANISH);
  await other.goto("/request");
  const path = (await other.locator("main a[href^='/request/']").filter({ hasText: SERVICE }).getAttribute("href")) ?? "";
  await other.goto(path);
  const technician = (await other.locator("select[name=with] option", { hasText: TECHNICIAN }).getAttribute("value")) ?? "";
  const time = { path, technician, start };
  expect(await offered(other, time)).toBe(0);
  await expect(page.getByText("Held for you until").first()).toBeVisible();

  await test.step("three days pass while the server rests", async () => {
    await mailbox.wait({ to: CLIENT, subject: `Request ${reference} received` });
    await frontdesk.stop();
    const past = "now() - interval '1 minute'";
    const row = `SELECT id FROM requests WHERE reference = '${reference}'`;
    frontdesk.psql(`UPDATE requests SET expires_at = ${past} WHERE reference = '${reference}'`);
    frontdesk.psql(`UPDATE bookings SET expires_at = ${past} WHERE request_id = (${row})`);
    await frontdesk.start();
  });

  await test.step("the client is asked to pick another time", async () => {
    const mail = await mailbox.wait({ to: CLIENT, subject: `Request ${reference} has expired: please pick another time` });
    expect(mail.text).toContain(inALetter(start, HOUR, "en"));
    expect(mail.attachments).toHaveLength(0);
    await page.goto(linkIn(mail, "/request"));
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.goto("/notices");
    await expect(page.getByRole("button").filter({ hasText: `Request ${reference} expired without an answer` })).toBeVisible();
  });

  await test.step("it is expired for the client, under All and nowhere else", async () => {
    await page.goto("/requests");
    await expect(page.getByRole("listitem").filter({ hasText: reference })).toContainText("Expired");
    for (const status of ["pending", "approved", "declined", "cancelled"]) {
      await page.goto(`/requests?status=${status}`);
      await expect(page.getByRole("navigation", { name: "Requests by status" })).toBeVisible();
      await expect(page.getByText(reference)).toHaveCount(0);
    }
  });

  await test.step("and for staff", async () => {
    const staff = await (await browser.newContext()).newPage();
    await signIn(staff, DISPATCHER, { next: `/office/requests?status=all&search=${reference}` });
    await expect(staff.locator(`#row-${reference}`)).toContainText("Expired");
    await expect(staff.locator(`#row-${reference}`).getByRole("button")).toHaveCount(0);
    await staff.goto(`/office/requests?status=pending&search=${reference}`);
    await expect(staff.locator(`#row-${reference}`)).toHaveCount(0);
    await staff.goto(`/office/requests/${reference}`);
    await expect(staff.locator(".details")).toContainText("Expired");
    await expect(staff.locator(".decide-form")).toHaveCount(0);
    await staff.context().close();
  });

  expect(await offered(other, time)).toBe(1);

  await test.step("asking again begins with what was asked before", async () => {
    await page.goto(`/requests/${reference}`);
    await page.getByRole("link", { name: "Request again" }).click();
    await alive(page);
    await expect(page.getByLabel("With")).toHaveValue(technician);
    const again = await chooseTime(page);
    expect(again.start.toISOString()).toBe(start.toISOString());
    await page.getByRole("link", { name: "Continue" }).click();
    await expect(page.getByLabel("Notes")).toHaveValue("In time, I hope.");
    await page.goBack();
    await onToTheLastStep(page, "Again, please.");
    const next = await send(page);
    expect(next).not.toBe(reference);
    await expect(page.getByText("Waiting for an answer").first()).toBeVisible();
  });
  await other.context().close();
});
