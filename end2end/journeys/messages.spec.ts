// Clients write to the office and are answered: on a telephone, with scripts and without, with the letters both ways.

import type { Browser, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { linkIn } from "../mailbox.ts";
import { CLIENT, CLIENT_IN_SPANISH, DISPATCHER, signIn } from "../people.ts";

const HOSTILE = "May I bring <b>two</b> dogs? {{ 7*7 }} </textarea>";

async function telephone(browser: Browser, { locale, scripts }: { locale: string; scripts: boolean }): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale, javaScriptEnabled: scripts });
  return context.newPage();
}

for (const scripts of [true, false]) {
  test(`a message is answered and both sides are told, ${scripts ? "with" : "without"} scripts`, async ({ browser, mailbox }) => {
    const client = await telephone(browser, { locale: scripts ? "en-GB" : "es-ES", scripts });
    // What judges a page needs scripts itself.
    const accessible = (page: Page) => (scripts ? expectAccessible(page) : Promise.resolve());
    const email = scripts ? CLIENT : CLIENT_IN_SPANISH;
    const [write, words, send, answered] = scripts
      ? ["Write to us", "Your message", "Send", "Answer from"]
      : ["Escríbanos", "Su mensaje", "Enviar", "Respuesta de"];
    const asked = `${HOSTILE} ${scripts}`;
    await signIn(client, email);
    await client.goto("/messages");
    await client.getByRole("link", { name: write }).click();
    await accessible(client);
    await client.getByLabel(words).fill(asked);
    const before = mailbox.mails.length;
    await client.getByRole("button", { name: send }).click();
    await expect(client).toHaveURL(/\/messages\/[0-9a-f-]{36}/);
    await expect(client.locator("main ol li")).toHaveText([new RegExp("May I bring <b>two</b> dogs")]);
    const thread = client.url();

    const staff = await (await browser.newContext({ javaScriptEnabled: scripts })).newPage();
    const mail = await mailbox.wait({ to: DISPATCHER, subject: /^Message from / }, { after: before });
    expect(mail.text).toContain(asked);
    expect(mail.html).not.toContain("<b>two</b>");
    await signIn(staff, DISPATCHER);
    await staff.goto(linkIn(mail, "/office/messages/"));
    await expect(staff.locator("main ol li")).toHaveText([new RegExp("May I bring <b>two</b> dogs")]);
    await expect(staff.locator("nav [data-live=messages]")).toHaveText("1");
    await accessible(staff);
    await staff.getByLabel("Your answer").fill("Yes, of course.\nSee you soon.");
    await staff.getByRole("button", { name: "Send" }).click();
    await expect(staff.locator("main ol li")).toHaveCount(2);
    await expect(staff.locator("nav [data-live=messages]")).toHaveText("0");

    const letter = await mailbox.wait({ to: email, subject: answered });
    expect(letter.text).toContain("Yes, of course.");
    expect(linkIn(letter, "/messages/")).toBe(thread);
    await client.goto("/messages");
    await accessible(client);
    await client.getByRole("button").filter({ hasText: "Yes, of course." }).click();
    await expect(client).toHaveURL(thread);
    await expect(client.locator("main ol li")).toHaveCount(2);
    await accessible(client);

    await staff.getByRole("button", { name: "Close" }).click();
    await expect(staff.getByRole("button", { name: "Open again" })).toBeVisible();
    await client.getByLabel(words).fill("Thank you");
    await client.getByRole("button", { name: send }).click();
    await expect(client.locator("main ol li")).toHaveCount(3);
    await staff.goto("/office/messages");
    await expect(staff.locator("main li").first()).toContainText("Waits for an answer");
    await accessible(staff);
    await staff.locator("main li a").first().click();
    await staff.getByRole("button", { name: "Close" }).click();
    await client.context().close();
    await staff.context().close();
  });
}

test("a message can be about a visit", async ({ page }) => {
  await signIn(page, CLIENT);
  await page.goto("/");
  await page.locator("#visits article h3 a").first().click();
  await page.getByRole("link", { name: "Write about this appointment" }).click();
  await expect(page.getByRole("link", { name: /About appointment V-/ })).toBeVisible();
  await page.getByLabel("Your message").fill("Please ring the bell.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("link", { name: /About appointment V-/ })).toBeVisible();
});
