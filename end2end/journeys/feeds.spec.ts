// Calendars elsewhere: a private address that any calendar program reads, for clients and for staff; what it shows, and
// that it stops. Read by the parser of Thunderbird's calendar. Everything is plain forms, so most of it is played without scripts.

import type { Locator, Page } from "@playwright/test";
import { ask } from "../asking.ts";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { eventsIn, invitationIn } from "../mailbox.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, TECHNICIAN, signIn } from "../people.ts";

const HOUR = 60 * 60_000;

const part = (page: Page): Locator => page.locator("#feeds");

/** Makes an address on the page of one's account; answers it. */
async function makeAddress(page: Page, name: string, shows: "details" | "busy" = "details"): Promise<string> {
  await page.goto("/account");
  await part(page).locator("input[name=name]").fill(name);
  await part(page).locator(`input[name=shows][value=${shows}]`).check();
  await part(page).locator("form:has(input[name=name]) button").click();
  return shownAddress(page);
}

/** The address that the page shows this once. */
async function shownAddress(page: Page): Promise<string> {
  const address = part(page).locator("#feed-address");
  await expect(address).toHaveValue(/^http.*\/feeds\/[\w-]{43}\.ics$/);
  return address.inputValue();
}

/** As a calendar program asks: no session, no browser. */
async function subscribed(address: string) {
  const answer = await fetch(address);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
  const source = await answer.text();
  return { ...eventsIn(source), source, tag: answer.headers.get("etag") ?? "" };
}

const status = async (address: string): Promise<number> => (await fetch(address)).status;

test("what was approved is in both calendars, as in the letters", { tag: "@postgres" }, async ({ page, browser, mailbox }) => {
  test.slow();
  await signIn(page, CLIENT);
  const clients = await makeAddress(page, "Phone");
  const elsewhere = await (await browser.newContext()).newPage();
  await signIn(elsewhere, TECHNICIAN, { next: "/account" });
  const staffs = await makeAddress(elsewhere, "Phone");
  await expectAccessible(page);
  const before = (await subscribed(clients)).events.length;

  const { reference, start } = await ask(page, { service: "Dog walk", technician: "Tom Baker" });
  expect((await subscribed(clients)).events).toHaveLength(before);
  const sent = mailbox.mails.length;
  await page.context().clearCookies();
  await signIn(page, DISPATCHER, { next: `/office/requests/${reference}` });
  await page.locator(".decide-buttons").getByRole("button", { name: "Approve", exact: true }).click();
  await expect(page.locator(".details-outcome").first()).toContainText("Approved by");

  const subject = /^(Confirmed|Your appointment): /;
  const letters = await Promise.all([CLIENT, TECHNICIAN].map((to) => mailbox.wait({ to, subject }, { after: sent })));
  const calendars = await Promise.all([clients, staffs].map(subscribed));
  const titles = ["Dog walk (Brightside Care (demo))", "Dog walk: The Miller family"];
  for (const [place, { events, calendar }] of calendars.entries()) {
    const invitation = invitationIn(letters[place]!);
    const found = events.filter((event) => event.uid === invitation.uid);
    expect(found).toHaveLength(1);
    const event = found[0]!;
    expect(event.start.toISOString()).toBe(start.toISOString());
    expect(event.end.getTime() - start.getTime()).toBe(HOUR);
    expect(event.sequence).toBe(invitation.sequence);
    expect(event.status).toBe("CONFIRMED");
    expect(event.summary).toBe(titles[place]);
    expect(event.summary).toBe(eventsIn(invitation.source).events[0]?.summary);
    expect(event.text("dtstamp")).toBe(event.text("last-modified"));
    expect(event.text("description")).toContain(reference);
    expect(calendar("refresh-interval")).toBe("PT5M");
  }
  const own = calendars[1]!.events.find((event) => event.start.getTime() === start.getTime());
  expect(own?.text("location")).toMatch(/^Calle de la Demo \d+, Madrid$/);
  expect(calendars[0]!.source).not.toContain("Calle de la Demo");

  const after = mailbox.mails.length;
  await page.goto(`${new URL(own?.text("url") ?? "").pathname}/cancel`);
  await page.locator("form").getByRole("button", { name: "Cancel the appointment" }).click();
  await expect(page).not.toHaveURL(/cancel$/);
  for (const [place, to] of [CLIENT, TECHNICIAN].entries()) {
    const letter = invitationIn(await mailbox.wait({ to }, { after }));
    expect(letter.method).toBe("CANCEL");
    const gone = (await subscribed([clients, staffs][place]!)).events.filter((event) => event.uid === letter.uid);
    expect(gone.map((event) => [event.status, event.sequence])).toEqual([["CANCELLED", letter.sequence]]);
  }
  await elsewhere.context().close();
});

test.describe("with scripts off", () => {
  test.use({ javaScriptEnabled: false });

  test("an address is shown once, replaced, and taken back", { tag: ["@phone", "@postgres"] }, async ({ page }) => {
    await signIn(page, CLIENT, { next: "/account" });
    const name = `Tablet ${test.info().project.name}`;
    const first = await makeAddress(page, name);
    expect(await status(first)).toBe(200);
    await page.goto("/account");
    await expect(page.locator("#feed-address")).toHaveCount(0);
    await expect(page.locator("body")).not.toContainText("/feeds/");

    await page.getByRole("button", { name: `Replace the address “${name}”` }).click();
    const second = await shownAddress(page);
    expect(second).not.toBe(first);
    expect([await status(first), await status(second)]).toEqual([404, 200]);

    await page.getByRole("button", { name: `Remove the address “${name}”` }).click();
    await expect(part(page)).not.toContainText(name);
    expect([await status(first), await status(second)]).toEqual([404, 404]);
    expect(await status(second.replace(/\/[^/]*$/, "/unknown.ics"))).toBe(404);
  });

  test("busy times tell nothing but times; what was cancelled takes none", async ({ page }) => {
    await signIn(page, TECHNICIAN, { next: "/account" });
    const open = await subscribed(await makeAddress(page, "Phone"));
    const busy = await subscribed(await makeAddress(page, "Family", "busy"));
    expect(open.events.length).toBeGreaterThan(10);
    const times = ({ events }: typeof open) => events.map(({ uid, start, end, status }) => [uid, start, end, status]);
    expect(times(busy)).toEqual(times(open));
    for (const event of busy.events) {
      expect(event.summary).toBe("Busy");
      for (const name of ["description", "location", "url", "organizer"]) expect(event.text(name)).toBe("");
    }
    for (const { summary } of open.events) {
      const client = summary.split(": ").at(-1) ?? "";
      expect(busy.source).not.toContain(client);
    }
    const cancelled = open.events.filter((event) => event.status === "CANCELLED");
    expect(cancelled.length).toBeGreaterThan(0);
    for (const event of cancelled) {
      expect(event.text("transp")).toBe("TRANSPARENT");
      expect(event.sequence).toBeGreaterThan(0);
      expect(event.summary).toMatch(/^Cancelled: /);
    }
  });

  test("a calendar that is kept is asked for again with a short answer", async ({ page }) => {
    await signIn(page, CLIENT_IN_SPANISH, { next: "/account" });
    const address = await makeAddress(page, "Móvil");
    const { tag, calendar } = await subscribed(address);
    expect(calendar("x-wr-calname")).toBe("Brightside Care (demo)");
    const again = await fetch(address, { headers: { "If-None-Match": tag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect(again.headers.get("cache-control")).toBe("private, max-age=60");
  });

  test("a name that says nothing is refused beside its field, and the choice stays", async ({ page }) => {
    await signIn(page, CLIENT, { next: "/account" });
    await part(page).locator("input[name=name]").fill("   ");
    await part(page).locator("input[name=shows][value=busy]").check();
    await part(page).locator("form:has(input[name=name]) button").click();
    await expect(part(page).getByText("Please fill this in.").last()).toBeVisible();
    await expect(part(page).locator("input[name=shows][value=busy]")).toBeChecked();
  });
});
