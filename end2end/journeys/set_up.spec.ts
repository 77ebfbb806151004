// The first day of a business: from the link that an empty installation prints to the first request approved. Without
// scripts, so that every step is a page, a link or a form; where a person would be stuck, this stops.

import type { Browser, Page } from "@playwright/test";
import { chooseTime, inALetter, onToTheLastStep, send, toTheCalendar } from "../asking.ts";
import { expect, test, type Frontdesk } from "../frontdesk.ts";
import { invitationIn, linkIn } from "../mailbox.ts";

test.use({ demo: false, javaScriptEnabled: false });
test.describe.configure({ mode: "serial" });

const OWNER = { name: "Greta Holm", email: "greta@example.com", password: "a boat named thursday" };
const TECHNICIAN = { name: "Sam Field", email: "sam@example.com", password: "a bicycle for two" };
const CONTACT = { name: "Iris Novak", email: "iris@example.com", password: "seven small lanterns" };
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** The link that the server prints while nobody owns it. */
function printedLink(frontdesk: Frontdesk): string {
  const link = frontdesk.log.join("").match(/Set it up at (\S+\/l\/\S+)/)?.[1];
  if (!link) throw new Error(`No link is printed:\n${frontdesk.log.join("")}`);
  return link;
}

async function somebody(browser: Browser): Promise<Page> {
  return (await browser.newContext({ javaScriptEnabled: false })).newPage();
}

async function comeIn(page: Page, { email, password }: typeof OWNER): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/sign-in/);
}

/** Follows the link of an invitation and chooses a password. */
async function accept(page: Page, link: string, { name, password }: typeof OWNER): Promise<void> {
  await page.goto(link);
  await expect(page.getByLabel("Your name")).toHaveValue(name);
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Come in" }).click();
  await expect(page).not.toHaveURL(/\/l\//);
}

/** The office's main menu, as it is read. */
async function go(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Main menu" }).getByRole("link", { name: new RegExp(`^${name}( \\d+)?$`) }).click();
}

test("the printed link makes the business and its owner, once", async ({ page, browser, frontdesk }) => {
  const link = printedLink(frontdesk);
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Set up Frontdesk");

  await test.step("a weak password is refused, and all the rest stays", async () => {
    await page.getByLabel("Name of the business").fill("Holm & Daughters");
    await page.getByLabel("Time zone").selectOption("Europe/Madrid");
    await page.getByRole("combobox", { name: "Language" }).selectOption("en");
    await page.getByLabel("Currency").selectOption("EUR");
    await page.getByLabel("Your name").fill(OWNER.name);
    await page.getByLabel("E-mail address").fill(OWNER.email);
    await page.getByLabel("New password").fill("password");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByText(/at least 10 characters, and not/).last()).toBeVisible();
    await expect(page.getByLabel("Name of the business")).toHaveValue("Holm & Daughters");
    await expect(page.getByLabel("Time zone")).toHaveValue("Europe/Madrid");
    await expect(page.getByLabel("E-mail address")).toHaveValue(OWNER.email);
  });

  await page.getByLabel("New password").fill(OWNER.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL("/office/set-up");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Getting started");
  await expect(page.getByText("Holm & Daughters").first()).toBeVisible();

  const late = await somebody(browser);
  const answer = await late.goto(link);
  expect(answer?.status()).toBe(410);
  await expect(late.getByText("This link has expired or was used already.")).toBeVisible();
  await late.context().close();
  await frontdesk.stop();
  const from = frontdesk.log.length;
  await frontdesk.start();
  expect(frontdesk.log.slice(from).join("")).not.toContain("/l/");
});

test("the way back to the steps is in sight while something is missing", async ({ page }) => {
  await comeIn(page, OWNER);
  await page.goto("/office");
  await expect(page.getByRole("link", { name: "Getting started" })).toBeVisible();
});

test("the owner makes a service, by the steps that are shown", async ({ page }) => {
  await comeIn(page, OWNER);
  await page.goto("/office/set-up");
  const step = page.getByRole("listitem").filter({ hasText: "A first service" });
  await step.getByRole("link").click();
  await expect(page.getByText("No services yet")).toBeVisible();
  await page.getByRole("link", { name: "New service" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Boat check");
  await page.getByLabel("Description").fill("Hull, engine and lines.");
  await page.getByLabel(/^Price/).fill("120");
  await page.getByLabel("Lengths in minutes").fill("60");
  await page.getByLabel("Clients can book it themselves").check();
  await page.getByRole("button", { name: "Add the service" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
});

test("a technician is invited, comes in by the letter, and gets hours", async ({ page, browser, mailbox }) => {
  await comeIn(page, OWNER);
  await page.goto("/office/set-up");
  await page.getByRole("listitem").filter({ hasText: "A first technician" }).getByRole("link").click();
  await expect(page.getByText("Nobody can be booked yet")).toBeVisible();
  await page.getByRole("link", { name: "Invite staff" }).click();
  const form = page.locator("#invite");
  await form.getByLabel("Name", { exact: true }).fill(TECHNICIAN.name);
  await form.getByLabel("E-mail").fill(TECHNICIAN.email);
  await expect(form.getByLabel("Technician")).toBeChecked();
  await form.getByRole("button", { name: "Send the invitation" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();

  await test.step("the letter lets them choose a password, once", async () => {
    const mail = await mailbox.wait({ to: TECHNICIAN.email, subject: "Holm & Daughters invites you" });
    const link = linkIn(mail, "/l/");
    const technician = await somebody(browser);
    await accept(technician, link, TECHNICIAN);
    await expect(technician).toHaveURL("/office");
    const answer = await technician.goto(link);
    expect(answer?.status()).toBe(410);
    await technician.context().close();
  });

  await go(page, "Team");
  const row = page.getByRole("listitem").filter({ hasText: TECHNICIAN.name });
  await expect(row).toContainText("No hours yet");
  await row.getByRole("link").click();
  for (const day of WEEKDAYS) {
    await page.getByLabel(`${day}, from, row 1`).fill("08:00");
    await page.getByLabel(`${day}, to, row 1`).fill("20:00");
  }
  await page.getByRole("button", { name: "Save the week" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
});

test("a client is made, and its contact comes in by the letter", async ({ page, browser, mailbox }) => {
  await comeIn(page, OWNER);
  await go(page, "Clients");
  await page.getByRole("link", { name: "New client" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Marina Novak");
  await page.getByRole("button", { name: "Add the client" }).click();
  await expect(page.getByText("Nobody can sign in for this client yet.")).toBeVisible();
  await page.getByText("Invite a contact").click();
  const form = page.locator("form", { hasText: "They get a letter with a link" });
  await form.getByLabel("Name", { exact: true }).fill(CONTACT.name);
  await form.getByLabel("E-mail").fill(CONTACT.email);
  await form.getByRole("button", { name: "Send the invitation" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: CONTACT.name })).toContainText("Invited");

  const mail = await mailbox.wait({ to: CONTACT.email, subject: "Holm & Daughters invites you" });
  expect(mail.text).toContain("Marina Novak");
  const client = await somebody(browser);
  await accept(client, linkIn(mail, "/l/"), CONTACT);
  await expect(client).toHaveURL("/");
  await page.reload();
  await expect(page.getByRole("listitem").filter({ hasText: CONTACT.name })).toContainText("Active");
  await client.context().close();
});

test("the contact asks, the owner approves, and everybody is told", async ({ page, browser, mailbox }) => {
  test.slow();
  const client = await somebody(browser);
  await comeIn(client, CONTACT);
  await toTheCalendar(client, "Boat check", { scripts: false });
  const { start, line } = await chooseTime(client);
  await onToTheLastStep(client, "Berth 12.");
  const reference = await send(client);
  await expect(client.getByText(line).first()).toBeVisible();
  // Nobody but the owner can decide: the owner is who is told.
  await mailbox.wait({ to: OWNER.email, subject: `New request ${reference}: Marina Novak, Boat check` });

  await comeIn(page, OWNER);
  await go(page, "Requests");
  const row = page.locator(`#row-${reference}`);
  await row.getByRole("button", { name: `Approve · ${TECHNICIAN.name.split(" ")[0]}` }).click();
  await expect(row).toHaveCount(0);

  const confirmed = await mailbox.wait({ to: CONTACT.email, subject: "Confirmed: Boat check" });
  expect(confirmed.text).toContain(inALetter(start, 60, "en"));
  const assigned = await mailbox.wait({ to: TECHNICIAN.email, subject: "Your appointment: Marina Novak" });
  expect(invitationIn(assigned).uid).toBe(invitationIn(confirmed).uid);
  expect(invitationIn(confirmed).event.start.toISOString()).toBe(start.toISOString());

  await client.goto(`/requests/${reference}`);
  await expect(client.getByText("Approved").first()).toBeVisible();
  await client.goto("/");
  await expect(client.getByText("Boat check").first()).toBeVisible();
  await client.context().close();
});

test("what a visit can be for stands under a word, before the business has chosen one", async ({ page, browser }) => {
  await comeIn(page, OWNER);
  await go(page, "Clients");
  await page.getByRole("link", { name: /^Marina Novak/ }).click();
  const form = page.locator("form", { hasText: "What whoever comes should know" });
  await page.locator("details", { has: form }).locator("summary").click();
  await form.getByLabel("Name", { exact: true }).fill("The Seagull");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByText("Saved.")).toBeVisible();

  const client = await somebody(browser);
  await comeIn(client, CONTACT);
  await toTheCalendar(client, "Boat check", { scripts: false });
  await chooseTime(client);
  await client.getByRole("link", { name: "Continue" }).click();
  await expect(client.getByRole("group").filter({ hasText: "The Seagull" })).toHaveAccessibleName(/\w/);
  await client.context().close();
});
