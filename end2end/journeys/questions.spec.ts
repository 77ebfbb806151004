// What a service asks: defined in the office, answered in the wizard, refused beside the question with everything kept,
// read wherever the request and its appointment stand.

import { dateOf } from "../dates.ts";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, OWNER, TECHNICIAN, signIn } from "../people.ts";
import { chooseTime, send, toTheCalendar } from "../asking.ts";
import type { Page } from "@playwright/test";

async function addQuestion(page: Page, words: string, kind: string, { options = "", required = false } = {}): Promise<void> {
  const part = page.locator("#questions");
  await part.getByText("Add a question").first().click();
  const form = part.locator("details").last();
  await form.getByLabel("Question", { exact: true }).fill(words);
  await form.getByLabel("Answer", { exact: true }).selectOption({ label: kind });
  await form.getByLabel("The list, one option a line").fill(options);
  await form.getByLabel("Must be answered").setChecked(required);
  await form.getByRole("button", { name: "Add a question" }).click();
}

/** The questions of the service in sight, in their order. */
function questions(page: Page) {
  return page.locator("#questions li summary span.font-semibold");
}

for (const scripts of [true, false]) {
  test.describe(`with scripts ${scripts ? "on" : "off"}`, () => {
    test.use({ javaScriptEnabled: scripts });
    const service = scripts ? "Dog walk" : "Home visit";

    test("an owner defines, moves, rewords and removes questions", async ({ page }) => {
      await signIn(page, OWNER, { next: "/office/services" });
      await page.getByRole("link", { name: new RegExp(service) }).click();
      await expect(page.getByText("Nothing is asked yet.")).toBeVisible();
      await addQuestion(page, "How does your pet greet strangers?", "One of a list", { options: "Calmly" });
      const wrong = page.locator("#questions").getByText("Write 2 to 10 different options, one a line.");
      await expect(wrong.last()).toBeVisible();
      const form = page.locator("#questions details").last();
      await expect(form.getByLabel("Question", { exact: true })).toHaveValue("How does your pet greet strangers?");
      await form.getByLabel("The list, one option a line").fill("Calmly\nLoudly");
      await form.getByLabel("Must be answered").check();
      await form.getByRole("button", { name: "Add a question" }).click();
      await expect(page.locator("#questions").getByText("Saved.")).toBeVisible();
      await addQuestion(page, "How many pets?", "A number");
      await addQuestion(page, "A garden?", "Yes or no");
      await addQuestion(page, "Anything at the door?", "In words");
      await expect(questions(page)).toHaveText(["How does your pet greet strangers?", "How many pets?", "A garden?", "Anything at the door?"]);
      await page.getByRole("button", { name: "Move up: A garden?" }).click();
      await expect(questions(page)).toHaveText(["How does your pet greet strangers?", "A garden?", "How many pets?", "Anything at the door?"]);
      const door = page.locator("#questions li").filter({ hasText: "Anything at the door?" });
      await door.locator("summary").click();
      await door.getByRole("button", { name: "Remove" }).click();
      await expect(questions(page)).toHaveCount(3);
      const garden = page.locator("#questions li").filter({ hasText: "A garden?" });
      await garden.locator("summary").click();
      await garden.getByLabel("Question", { exact: true }).fill("Is there a garden?");
      await garden.getByRole("button", { name: "Save" }).click();
      await expect(questions(page).nth(1)).toHaveText("Is there a garden?");
      if (scripts) await expectAccessible(page);
    });

    test("a client answers; what cannot be taken is said beside it, and nothing is lost", async ({ page, browser, baseURL }) => {
      test.slow();
      await signIn(page, CLIENT);
      await toTheCalendar(page, service, { scripts });
      await chooseTime(page, { nth: scripts ? 1 : 2 });
      await page.getByRole("link", { name: "Continue" }).click();
      const greet = page.getByLabel("How does your pet greet strangers?");
      const number = page.getByLabel(/How many pets\?/);
      await number.fill("a few");
      await page.getByLabel("Notes").fill("Kept, I hope.");
      await page.getByRole("button", { name: "Continue" }).click();
      await expect(page).toHaveURL(/\/details\?/);
      await expect(page.getByText("Please fill this in.")).toBeVisible();
      await expect(page.getByText("Write a number, like 3 or 2.5.")).toBeVisible();
      await expect(number).toHaveValue("a few");
      await expect(number).toHaveAttribute("aria-invalid", "true");
      await expect(page.getByLabel("Notes")).toHaveValue("Kept, I hope.");
      if (scripts) await expectAccessible(page);
      await greet.selectOption("Loudly");
      await number.fill("2,5");
      await page.getByLabel(/Is there a garden\?/).selectOption({ label: "Yes" });
      // The way to another time and back keeps the answers.
      await page.getByRole("button", { name: "Change" }).click();
      await page.getByRole("link", { name: "Continue" }).click();
      await expect(number).toHaveValue("2,5");
      await expect(greet).toHaveValue("Loudly");
      await page.getByRole("button", { name: "Continue" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Check and send");
      await expect(page.getByText("Loudly")).toBeVisible();
      const reference = await send(page);
      await expect(page.locator("dl")).toContainText("How does your pet greet strangers?Loudly");
      await expect(page.locator("dl")).toContainText("How many pets?2.5");
      await expect(page.locator("dl")).toContainText("Is there a garden?Yes");

      // An edit asks again, filled in; refused, it keeps what was typed.
      await page.getByRole("link", { name: "Edit" }).click();
      await expect(greet).toHaveValue("Loudly");
      await number.fill("many");
      await page.getByRole("button", { name: "Save changes" }).click();
      await expect(page.getByText("Write a number, like 3 or 2.5.").last()).toBeVisible();
      await expect(number).toHaveValue("many");
      await number.fill("3");
      await page.getByRole("button", { name: "Save changes" }).click();
      await expect(page).toHaveURL(new RegExp(`/requests/${reference}`));
      await expect(page.locator("dl")).toContainText("How many pets?3");

      // Staff read them where they decide, and where the appointment stands.
      const context = await browser.newContext({ javaScriptEnabled: scripts, baseURL });
      const office = await context.newPage();
      await signIn(office, DISPATCHER, { next: `/office/requests/${reference}` });
      await expect(office.getByText("How does your pet greet strangers?")).toBeVisible();
      await expect(office.getByText("Loudly")).toBeVisible();
      await office.locator("select[name=technician]").selectOption({ label: await firstFree(office) });
      await office.locator(".decide-buttons").getByRole("button", { name: "Approve", exact: true }).click();
      await expect(office.locator(".details-outcome").first()).toContainText("Approved by");
      await context.close();
      await page.goto(`/requests/${reference}`);
      const file = await page.getByRole("link", { name: /calendar/i }).getAttribute("href");
      const visit = file?.match(/V-[0-9A-Z]+/)?.[0] ?? "";
      await page.goto(`/visits/${visit}`);
      await expect(page.locator("dl")).toContainText("Loudly");
      if (scripts) await expectAccessible(page);
      const team = await browser.newContext({ javaScriptEnabled: scripts, baseURL });
      const staff = await team.newPage();
      await signIn(staff, DISPATCHER, { next: `/office/visits/${visit}` });
      await expect(staff.getByText("Loudly")).toBeVisible();
      if (scripts) await expectAccessible(staff);
      await team.close();
    });
  });
}

/** The label of a technician who is free for the request in sight. */
async function firstFree(office: Page): Promise<string> {
  const option = office.locator("select[name=technician] option:not([value=''])").first();
  return (await option.textContent())?.trim() ?? "";
}

test("the questions stand in Spanish around words that are the business's own", async ({ page }) => {
  await signIn(page, CLIENT_IN_SPANISH);
  await toTheCalendar(page, "Pet taxi");
  await chooseTime(page, {}, "es");
  await page.getByRole("link", { name: "Continuar" }).click();
  await page.getByLabel(/How heavy is your pet/).fill("mucho");
  await page.getByRole("button", { name: "Continuar" }).click();
  await expect(page.getByText("Escriba un número, como 3 o 2,5.")).toBeVisible();
});

test("a technician finds the answers on the card of the day", async ({ page, browser, baseURL }) => {
  await signIn(page, CLIENT);
  await toTheCalendar(page, "Pet taxi");
  await page.locator("select[name=with]").selectOption({ label: "Tom Baker" });
  await expect(page).toHaveURL(/with=/);
  await alive(page);
  const { start } = await chooseTime(page);
  await page.getByRole("link", { name: "Continue" }).click();
  await page.getByLabel(/How heavy is your pet/).fill("31");
  await page.getByRole("button", { name: "Continue" }).click();
  const reference = await send(page);
  const context = await browser.newContext({ baseURL });
  const office = await context.newPage();
  await signIn(office, DISPATCHER, { next: `/office/requests/${reference}` });
  await office.locator(".decide-buttons").getByRole("button", { name: "Approve", exact: true }).click();
  await expect(office.locator(".details-outcome").first()).toContainText("Approved by");
  await context.close();
  const van = await browser.newContext({ baseURL });
  const technician = await van.newPage();
  await signIn(technician, TECHNICIAN, { next: `/office/my-day?date=${dateOf(start)}` });
  const card = technician.locator(".day-card").filter({ hasText: "How heavy is your pet, in kilos?" });
  await expect(card.first()).toContainText("31");
  await van.close();
});
