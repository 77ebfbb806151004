// What a client does about visits that are booked: asks for a change, cancels one or several, on a telephone by touch and on a
// wide screen by keyboard, with scripts and without; staff decide, and both are told.

import type { Page } from "@playwright/test";
import { clock as clockOf } from "../asking.ts";
import { dateOf, freeDays } from "../dates.ts";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { invitationIn, type Mail } from "../mailbox.ts";
import { CLIENT, DISPATCHER, OWNER, signIn } from "../people.ts";

/** Visits of the client that can be asked about, by reference. */
async function mine(page: Page): Promise<string[]> {
  await page.goto("/?select=1");
  return page.locator("input[name=visit]").evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
}

/** The calendar files of a mail, one a visit, their lines unfolded. */
function parts(mail: Mail): string[] {
  const files = mail.attachments.filter((attachment) => attachment.mimeType === "application/ics");
  return files.map(({ content }) => (typeof content === "string" ? content : new TextDecoder().decode(content)).replace(/\r\n[ \t]/g, ""));
}

/** What staff see: the page of what waits against a visit. */
async function atTheDesk(page: Page, visit: string): Promise<void> {
  await page.goto(`/office/visits/${visit}`);
  await page.getByRole("link", { name: "Look at it" }).click();
  await expect(page).toHaveURL(/\/office\/requests\/R-/);
}

test("a change is asked for on the visit's pencil, approved, and both are told", { tag: ["@phone", "@postgres"] }, async ({ page, browser, baseURL, mailbox, isMobile }) => {
  test.slow();
  await signIn(page, CLIENT);
  const [visit] = await mine(page);
  await page.goto("/");
  const before = mailbox.mails.length;
  const pencil = page.getByRole("button", { name: /^Change or cancel: / }).first();
  if (isMobile) {
    await pencil.tap();
  } else {
    await pencil.focus();
    await page.keyboard.press("Enter");
  }
  const sheet = page.locator(`#sheet-${visit}`);
  await expect(sheet).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await pencil.click();
  const change = sheet.getByRole("link", { name: "Request changes" });
  if (isMobile) {
    await change.tap();
  } else {
    await change.focus();
    await page.keyboard.press("Enter");
  }
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Request changes");
  const now = (await page.getByText(/^Now: /).textContent())?.replace("Now: ", "") ?? "";
  await page.getByLabel("Notes").fill("Please ring twice. </textarea><b>");
  await page.getByRole("button", { name: "Change the time" }).click();
  await alive(page);
  await expect(page.locator("select[name=with]")).toHaveCount(0);
  const title = page.locator("#month-title");
  const month = (await title.textContent()) ?? "";
  await page.getByRole("link", { name: "Next month" }).click();
  await expect(title).not.toHaveText(month);
  const day = page.locator(".day[data-state=open]").first();
  const name = (await day.getAttribute("aria-label"))?.split(",")[0] ?? "";
  await day.click();
  await expect(page.locator("#times-title")).toHaveText(name);
  const slot = page.locator("#times .slot").first();
  const line = (await slot.getAttribute("aria-label")) ?? "";
  await slot.click();
  await expect(page.locator(".choice-bar strong")).toHaveText(line);
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(page.getByLabel("Notes")).toHaveValue("Please ring twice. </textarea><b>");
  await expectAccessible(page);
  // It comes to whoever has the queue open.
  const office = await (await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 } })).newPage();
  await signIn(office, DISPATCHER, { next: "/office/requests" });
  await alive(office);
  await expect(office.getByRole("region", { name: "Changes and cancellations" })).toHaveCount(0);
  await page.getByRole("button", { name: "Send the request" }).click();
  await expect(page.getByText("Your request is being processed.")).toBeVisible();
  await expect(page.locator("main")).toContainText(`${now} → ${line}`);
  await page.goto("/");
  await expect(page.getByText("Change waiting for an answer")).toBeVisible();
  await expect(page.getByRole("region", { name: /waiting for an answer/ })).toContainText("Please ring twice.");
  await expectAccessible(page);
  const asked = await mailbox.wait({ to: DISPATCHER, subject: /asks for a change/ }, { after: before });
  expect(asked.text).toContain("Wanted time");

  await expect(office.getByRole("region", { name: "Changes and cancellations" })).toContainText(line);
  // It counts among what waits.
  const waiting = (await office.locator("nav [data-live=pending]").textContent()) ?? "";
  await expect(office.locator("span[data-tally=pending]")).toHaveText(waiting);
  await atTheDesk(office, visit ?? "");
  await expect(office.locator("dl")).toContainText(line);
  await expectAccessible(office);
  await office.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(office.locator("main")).toContainText("Approved");
  const told = await mailbox.wait({ to: CLIENT, subject: /^Changed: / }, { after: before });
  expect(invitationIn(told).method).toBe("REQUEST");
  await page.goto("/");
  await expect(page.getByText("Change waiting for an answer")).toHaveCount(0);
  await expect(page.locator("#visits")).toContainText(line.split(", ").at(-1) ?? "");
  await office.context().close();
});

for (const scripts of [true, false]) {
  test.describe(`time blocks, scripts ${scripts ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled: scripts });

    test("the owner defines them, a client asks for one, staff choose the time in it", { tag: ["@phone", "@postgres"] }, async ({ page, browser, baseURL, mailbox }) => {
      test.slow();
      const wide = { baseURL, viewport: { width: 1440, height: 900 }, javaScriptEnabled: scripts };
      const owner = await (await browser.newContext(wide)).newPage();
      await signIn(owner, OWNER, { next: "/office/settings/portal" });
      await expect(owner.getByLabel("Block 1, from")).toHaveValue("07:00");
      await owner.getByLabel("Block 5, from").fill("18:00");
      await owner.getByLabel("Block 5, to").fill("17:00");
      await owner.getByRole("button", { name: "Save" }).click();
      await expect(owner.locator(".field-error")).toHaveText("This is not a time, or the end is not after the start.");
      await expect(owner.getByLabel("Block 5, to")).toHaveValue("17:00");
      await owner.getByLabel("Block 5, to").fill("18:30");
      await owner.getByRole("button", { name: "Save" }).click();
      await expect(owner).toHaveURL(/done=page/);

      await signIn(page, CLIENT);
      const [visit] = await mine(page);
      await page.goto(`/visits/${visit}/change`);
      const date = freeDays([2, 3, 4]).at(-1) as string;
      const block = page.getByLabel("Time block", { exact: true });
      await page.getByLabel("Day", { exact: true }).fill(date);
      await block.selectOption("18:00–18:30");
      await page.getByLabel("Notes").fill("The gate is open.");
      await page.getByRole("button", { name: "Send the request" }).click();
      await expect(page.locator(".field-error")).toHaveText("This appointment is longer than the time block.");
      await expect(page.getByLabel("Notes")).toHaveValue("The gate is open.");
      await expect(page.getByLabel("Day", { exact: true })).toHaveValue(date);
      await block.selectOption("09:00–12:00");
      const before = mailbox.mails.length;
      await page.getByRole("button", { name: "Send the request" }).click();
      await expect(page.getByText("Your request is being processed.")).toBeVisible();
      await expect(page.locator("main")).toContainText("09:00–12:00 (time block)");
      const asked = await mailbox.wait({ to: DISPATCHER, subject: /asks for a change/ }, { after: before });
      expect(asked.text).toContain("09:00–12:00");
      expect(asked.text).toContain("(time block)");

      const office = await (await browser.newContext(wide)).newPage();
      await signIn(office, DISPATCHER);
      await atTheDesk(office, visit ?? "");
      await expect(office.locator("dl")).toContainText("09:00–12:00 (time block)");
      const times = office.getByLabel("Time and who comes");
      const chosen = (await times.locator("option").nth(1).textContent()) ?? "";
      await times.selectOption({ label: chosen });
      const clock = chosen.split(" · ")[0] ?? "";
      expect(clock >= "09:00" && clock < "12:00").toBe(true);
      await office.getByRole("button", { name: "Approve", exact: true }).click();
      await expect(office.locator("main")).toContainText("Approved");
      const told = await mailbox.wait({ to: CLIENT, subject: /^Changed: / }, { after: before });
      const { method, event } = invitationIn(told);
      expect(method).toBe("REQUEST");
      expect([dateOf(event.start), clockOf(event.start)]).toEqual([date, clock]);
      await page.goto(`/?day=${date}`);
      await expect(page.locator("#visits")).toContainText(`${clock}–`);
      for (const one of [owner, office]) await one.context().close();
    });
  });
}

test.describe("with scripts off", () => {
  test.use({ javaScriptEnabled: false });

  test("a cancellation is reviewed, declined and taken back; the visit stands", async ({ page, browser, baseURL, mailbox }) => {
    test.slow();
    await signIn(page, CLIENT);
    const visits = await mine(page);
    const visit = visits[0] ?? "";
    const before = mailbox.mails.length;
    await page.goto(`/visits/${visit}`);
    await page.getByRole("link", { name: "Make changes" }).click();
    await page.getByRole("link", { name: "Cancel this visit" }).click();
    await page.getByLabel("Reason").fill("We are away.");
    await page.getByRole("button", { name: "Confirm Cancellation Request" }).click();
    await expect(page.getByText("Being reviewed")).toBeVisible();
    await expect(page.getByRole("status")).toContainText("Your request is being processed.");
    await mailbox.wait({ to: DISPATCHER, subject: /asks to cancel/ }, { after: before });

    const office = await (await browser.newContext({ baseURL, javaScriptEnabled: false })).newPage();
    await signIn(office, DISPATCHER);
    await atTheDesk(office, visit);
    await expect(office.locator("dl")).toContainText("We are away.");
    await office.getByLabel("Reason for the client").fill("The key is with us already.");
    await office.getByRole("button", { name: "Decline", exact: true }).click();
    await expect(office.locator("main")).toContainText("The key is with us already.");
    const kept = await mailbox.wait({ to: CLIENT, subject: /^Not cancelled: / }, { after: before });
    expect(kept.text).toContain("The key is with us already.");

    // Asked again, by the form for changes this time, and taken back.
    await page.goto(`/visits/${visit}/change`);
    await page.getByLabel("Notes").fill("Bring a ladder.");
    await page.getByRole("button", { name: "Send the request" }).click();
    await page.getByRole("button", { name: "Take the request back" }).click();
    await expect(page.getByText("You took your request back.")).toBeVisible();
    // Nothing changed is said beside the form, and loses nothing.
    await page.goto(`/visits/${visit}/change`);
    await page.getByRole("button", { name: "Send the request" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await office.context().close();
  });
});

test("the owner lets clients cancel at once; several go with one letter", { tag: "@phone" }, async ({ page, browser, baseURL, mailbox }) => {
  test.slow();
  const owner = await (await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 } })).newPage();
  await signIn(owner, OWNER, { next: "/office/settings/portal" });
  await owner.getByLabel("What happens").selectOption("at_once_before");
  await owner.locator("select[name=at_once_kind]").selectOption("hours");
  await owner.locator("input[name=at_once_hours]").fill("1");
  await owner.getByLabel("Late cancellation fee").fill("a lot");
  await owner.getByLabel("What is said before confirming").fill("Please tell us a day before.");
  await owner.getByRole("button", { name: "Save" }).click();
  await expect(owner.locator(".field-error")).toBeVisible();
  await expect(owner.getByLabel("What is said before confirming")).toHaveValue("Please tell us a day before.");
  await owner.getByLabel("Late cancellation fee").fill("20");
  await owner.getByRole("button", { name: "Save" }).click();
  await expect(owner).toHaveURL(/done=page/);
  await expectAccessible(owner);

  await signIn(page, CLIENT);
  const visits = await mine(page);
  expect(visits.length).toBeGreaterThan(1);
  const before = mailbox.mails.length;
  await page.goto("/");
  await page.getByRole("link", { name: "Choose several to cancel" }).click();
  for (const visit of visits) await page.locator(`input[value="${visit}"]`).check();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel the chosen ones" }).click();
  await expect(page.getByText("It is cancelled at once.")).toHaveCount(visits.length);
  await expect(page.getByText("Please tell us a day before.")).toBeVisible();
  await page.getByRole("button", { name: "Confirm Cancellation Request" }).click();
  await expect(page).toHaveURL(/\/visits\/cancelled/);
  await expect(page.getByRole("listitem").filter({ hasText: "Cancelled" })).toHaveCount(visits.length);
  const letter = await mailbox.wait({ to: CLIENT, subject: /^Cancelled: / }, { after: before });
  expect(parts(letter)).toHaveLength(visits.length);
  expect(parts(letter).join("")).toContain("STATUS:CANCELLED");
  expect(await mine(page)).toEqual([]);
  await owner.context().close();
});
