// The server starts, answers and is safe to look at; every other journey builds on this.

import { expect, expectAccessible, test } from "../frontdesk.ts";

test("the server is ready", { tag: "@postgres" }, async ({ request }) => {
  expect((await request.get("/healthz")).status()).toBe(200);
  expect((await request.get("/readyz")).status()).toBe(200);
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
