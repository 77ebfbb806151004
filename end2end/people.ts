// The people of the demo data, and how they come in. Their names and the password stand in server/desk/src/seed_demo.rs.

import { expect, type Page } from "@playwright/test";

export const PASSWORD = "frontdesk-demo";

export const OWNER = "owner@example.com";
export const DISPATCHER = "dispatcher@example.com";
export const TECHNICIAN = "technician@example.com";
export const CLIENT = "client@example.com";
export const CLIENT_IN_SPANISH = "cliente@example.com";

/** The technicians' addresses, by the names that stand on the screen. */
export const TECHNICIANS: Record<string, string> = {
  "Tom Baker": TECHNICIAN,
  "Lucía Fernández": "lucia@demo.invalid",
  "Amir Haddad": "amir@demo.invalid",
  "Nora Lindqvist": "nora@demo.invalid",
};

/** Signs in by the form, as a person does, and waits for the page behind it. */
export async function signIn(page: Page, email: string, { password = PASSWORD, next = "" } = {}): Promise<void> {
  await page.goto(next ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in");
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.locator("form:has(input[name=password]) button:not([type=button])").click();
  await expect(page).not.toHaveURL(/\/sign-in/);
}
