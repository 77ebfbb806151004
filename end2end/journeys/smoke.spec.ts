// The server starts, answers and is safe to look at; every other journey builds on this.

import { alive, expect, expectAccessible, test } from "../frontdesk.ts";

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

test("the sign-in page comes alive and is accessible", { tag: "@phone" }, async ({ page }) => {
  await page.goto("/sign-in");
  await alive(page);
  await expectAccessible(page);
});
