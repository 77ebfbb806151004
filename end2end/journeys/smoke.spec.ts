// The server starts, answers and is safe to look at; every other journey builds on this.

import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, DISPATCHER, signIn } from "../people.ts";

test("the server answers", { tag: "@postgres" }, async ({ request }) => {
  const answer = await request.get("/healthz", { maxRedirects: 0 });
  expect(answer.status()).toBe(200);
});

test("a stranger is asked to sign in", { tag: ["@phone", "@postgres"] }, async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByLabel(/e-?mail/i).first()).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the sign-in page is accessible, ${colorScheme}`, { tag: "@phone" }, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto("/sign-in");
    await expectAccessible(page);
  });
}

test("the style sheet and the font of this build are served", async ({ page }) => {
  const loaded: string[] = [];
  page.on("response", (answer) => answer.ok() && loaded.push(new URL(answer.url()).pathname));
  await page.goto("/sign-in");
  await page.evaluate(() => document.fonts.ready);
  expect(loaded.filter((path) => path.endsWith("/pkg/frontdesk.css"))).toHaveLength(1);
  expect(loaded.filter((path) => path.endsWith("/fonts/inter-latin.woff2"))).toHaveLength(1);
});

test("a client comes in, and the page comes alive", { tag: ["@phone", "@postgres"] }, async ({ page }) => {
  await signIn(page, CLIENT);
  await expect(page).toHaveURL("/");
  await alive(page);
  await expectAccessible(page);
});

test("a dispatcher comes in, and the page comes alive", { tag: "@postgres" }, async ({ page }) => {
  await signIn(page, DISPATCHER, { next: "/office" });
  await expect(page).toHaveURL("/office");
  await alive(page);
  await expectAccessible(page);
});

test.describe("with scripts off", () => {
  test.use({ javaScriptEnabled: false });

  test("a client comes in", async ({ page }) => {
    await signIn(page, CLIENT);
    await expect(page).toHaveURL("/");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  });
});
