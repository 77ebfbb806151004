// The door: passwords, links by mail, resets, and the ways out. Everything here is plain forms, so scripts are off: what
// works without them works with them.

import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../frontdesk.ts";
import { linkIn } from "../mailbox.ts";
import { CLIENT, DISPATCHER, PASSWORD, signIn } from "../people.ts";

test.use({ javaScriptEnabled: false });

const WRONG = "The e-mail address or the password is wrong.";
const USED = "This link has expired or was used already.";
const NOBODY = "nobody.at.all@example.com";

/** Fills the form at the door and sends it. */
async function knock(page: Page, email: string, password: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Asks for a letter with a link; what the page then says. */
async function askForALetter(page: Page, link: string, email: string): Promise<string> {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: link }).click();
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Look at your mail");
  return page.locator("main").innerText();
}

/** Somebody else's browser. */
async function elsewhere(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

async function expectSignedOut(page: Page, path = "/"): Promise<void> {
  await page.goto(path);
  await expect(page).toHaveURL(/\/sign-in/);
}

test("a wrong password is said in a sentence, and the address stays", { tag: ["@phone", "@postgres"] }, async ({ page }) => {
  await knock(page, CLIENT, "not the password");
  await expect(page.getByText(WRONG).first()).toBeVisible();
  await expect(page.getByLabel("E-mail address")).toHaveValue(CLIENT);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  await expectSignedOut(page);
  await knock(page, CLIENT, PASSWORD);
  await expect(page).toHaveURL("/");
});

test("whoever is sent to the door comes out where they wanted to go, and never on another site", async ({ page, baseURL }) => {
  await page.goto("/requests?status=declined");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByLabel("E-mail address").fill(CLIENT);
  await page.getByLabel("Password", { exact: true }).fill("first a slip");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText(WRONG).first()).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/requests?status=declined");
  await page.context().clearCookies();
  await signIn(page, CLIENT, { next: "//example.org/" });
  expect(new URL(page.url()).origin).toBe(baseURL);
});

test("an address that nobody has is answered like one that somebody has", async ({ page, mailbox }) => {
  await knock(page, NOBODY, "not the password");
  await expect(page.getByText(WRONG).first()).toBeVisible();
  await expect(page.getByLabel("E-mail address")).toHaveValue(NOBODY);
  for (const link of ["Forgotten your password?", "Send me a link instead"]) {
    const known = await askForALetter(page, link, "mei@demo.invalid");
    expect(await askForALetter(page, link, NOBODY)).toBe(known);
  }
  // Letters leave in the order they were asked for: this one comes after any that the address could have got.
  const after = mailbox.mails.length;
  await askForALetter(page, "Send me a link instead", "karim@demo.invalid");
  await mailbox.wait({ to: "karim@demo.invalid" }, { after });
  expect(mailbox.find({ to: NOBODY })).toHaveLength(0);
});

test("a link by mail shows a page, signs in by its button, and works once", { tag: "@postgres" }, async ({ page, browser, mailbox }) => {
  const email = "ben@demo.invalid";
  await askForALetter(page, "Send me a link instead", email);
  const mail = await mailbox.wait({ to: email, subject: "Your sign-in link for" });
  expect(mail.envelope).toEqual([email]);
  const link = linkIn(mail, "/l/");
  const other = await elsewhere(browser);

  // Looking is not using: mail scanners look too.
  for (const looking of [page, other, page]) {
    const answer = await looking.goto(link);
    expect(answer?.status()).toBe(200);
    await expect(looking.getByText(`You are about to sign in as ${email}.`)).toBeVisible();
  }
  await expectSignedOut(page);

  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();

  await test.step("the page that was open elsewhere is refused", async () => {
    await other.getByRole("button", { name: "Sign in" }).click();
    await expect(other.getByText(USED).first()).toBeVisible();
    await expectSignedOut(other);
  });
  await test.step("so is opening it again", async () => {
    const answer = await other.goto(link);
    expect(answer?.status()).toBe(410);
    await expect(other.getByText(USED)).toBeVisible();
    await expect(other.getByRole("button", { name: "Sign in" })).toHaveCount(0);
  });
  await other.context().close();
});

test("a forgotten password is replaced by mail; who was signed in with the old one is out", { tag: "@postgres" }, async ({ page, browser, mailbox }) => {
  const email = "anna@demo.invalid";
  const fresh = "correct horse battery";
  const other = await elsewhere(browser);
  await signIn(other, email);
  await askForALetter(page, "Forgotten your password?", email);
  const link = linkIn(await mailbox.wait({ to: email, subject: "Choose a new password for" }), "/l/");
  await page.goto(link);
  await page.getByLabel("New password").fill("short");
  await page.getByRole("button", { name: "Save the password" }).click();
  await expect(page.getByText(/at least 10 characters/i).last()).toBeVisible();
  await page.getByLabel("New password").fill(fresh);
  await page.getByRole("button", { name: "Save the password" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByText("The new password holds. Sign in with it.")).toBeVisible();
  await mailbox.wait({ to: email, subject: /was changed$/ });

  await expectSignedOut(other);
  await knock(other, email, PASSWORD);
  await expect(other.getByText(WRONG).first()).toBeVisible();
  await knock(page, email, fresh);
  await expect(page).toHaveURL("/");
  const answer = await other.goto(link);
  expect(answer?.status()).toBe(410);
  await other.context().close();
});

test("signing out ends this session and no other", async ({ page, browser }) => {
  const other = await elsewhere(browser);
  await signIn(page, CLIENT);
  await signIn(other, CLIENT);
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out here" }).click();
  await expectSignedOut(page);
  await other.goto("/");
  await expect(other).toHaveURL("/");
  await other.context().close();
});

test("signing out everywhere ends the session of another browser", { tag: "@postgres" }, async ({ page, browser }) => {
  const other = await elsewhere(browser);
  await signIn(page, CLIENT);
  await signIn(other, CLIENT);
  await page.goto("/account");
  await expect(page.locator("#sessions").getByRole("button", { name: "Sign out", exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await expectSignedOut(page);
  await expectSignedOut(other, "/requests");
  await other.context().close();
});

test("staff leave by the menu under their name", async ({ page }) => {
  await signIn(page, DISPATCHER, { next: "/office" });
  await page.getByRole("button", { name: "Dan Murphy" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expectSignedOut(page, "/office");
});
