// The office's configuration and records: forms and links that work without scripts, refuse beside the field, and keep
// what was typed.

import { plus, today } from "../dates.ts";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, DISPATCHER, OWNER, signIn } from "../people.ts";

const PAGES = [
  "/office/services",
  "/office/services/new",
  "/office/team",
  "/office/team/closures",
  "/office/resources",
  "/office/resources/new",
  "/office/clients",
  "/office/clients/new",
  "/office/tickets",
  "/office/tickets/new",
  "/office/settings/business",
  "/office/settings/approval",
  "/office/settings/sign-in",
  "/office/settings/people",
];

test("every page of the configuration is accessible, in both themes", async ({ page }) => {
  test.slow();
  await signIn(page, OWNER, { next: "/office/services" });
  const lists = ["/office/services", "/office/team", "/office/clients"];
  const places = [...PAGES];
  for (const list of lists) {
    await page.goto(list);
    const first = page.locator(".row-link").first();
    places.push((await first.getAttribute("href")) ?? list);
  }
  for (const place of places) {
    await page.goto(place);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
  }
});

test.describe("with scripts off", () => {
  test.use({ javaScriptEnabled: false });

  test("a service is refused beside its field, kept as typed, then added and taken off the list", async ({ page }) => {
    await signIn(page, OWNER, { next: "/office/services/new" });
    await page.getByLabel("Name", { exact: true }).fill("Window cleaning");
    await page.getByLabel(/^Price/).fill("a lot");
    await page.getByLabel("Lengths in minutes").fill("45, 90");
    await page.getByRole("button", { name: "Add the service" }).click();
    await expect(page.getByText("Write the price like 80 or 80.50.").last()).toBeVisible();
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Window cleaning");
    await expect(page.getByLabel("Lengths in minutes")).toHaveValue("45, 90");
    await page.getByLabel(/^Price/).fill("49.50");
    await page.getByRole("button", { name: "Add the service" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await expect(page.getByLabel(/^Price/)).toHaveValue("49.50");
    await page.getByRole("button", { name: "Take it off the list" }).click();
    await page.goto("/office/services");
    await expect(page.getByRole("listitem").filter({ hasText: "Window cleaning" })).toContainText("Inactive");
  });

  test("a service that clients may not book disappears from the portal, and comes back", async ({ page, browser, baseURL }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
    const client = await context.newPage();
    await signIn(client, CLIENT, { next: "/request" });
    await expect(client.getByText("Home visit").first()).toBeVisible();
    await signIn(page, OWNER, { next: "/office/services" });
    await page.getByRole("link", { name: /Home visit/ }).click();
    const address = page.url();
    for (const bookable of [false, true]) {
      await page.goto(address);
      await page.getByLabel("Clients can book it themselves").setChecked(bookable);
      await page.getByRole("button", { name: "Save" }).click();
      await expect(page.getByText("Saved.")).toBeVisible();
      await client.goto("/request");
      await expect(client.getByText("Dog walk").first()).toBeVisible();
      await expect(client.getByText("Home visit")).toHaveCount(bookable ? 1 : 0);
    }
    await context.close();
  });

  test("a week with a break is saved, an overlap refused with what was typed", async ({ page }) => {
    await signIn(page, DISPATCHER, { next: "/office/team" });
    await page.locator(".row-link").first().click();
    const monday = page.getByRole("group", { name: "Monday" });
    const fill = async (row: number, from: string, to: string) => {
      await monday.getByLabel(`Monday, from, row ${row}`).fill(from);
      await monday.getByLabel(`Monday, to, row ${row}`).fill(to);
    };
    await fill(1, "09:00", "13:00");
    await fill(2, "12:00", "18:00");
    await page.getByRole("button", { name: "Save the week" }).click();
    await expect(page.getByText(/working hours cannot be read/).last()).toBeVisible();
    await expect(monday.getByLabel("Monday, from, row 2")).toHaveValue("12:00");
    await fill(2, "14:00", "18:00");
    await page.getByRole("button", { name: "Save the week" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await page.goto("/office/team");
    await expect(page.locator(".row").first()).toContainText("09:00–13:00, 14:00–18:00");
  });

  test("the business is closed on a day, and open again", async ({ page }) => {
    await signIn(page, OWNER, { next: "/office/team/closures" });
    await page.getByLabel("First day").fill(plus(today(), 45));
    await page.getByLabel("Why").fill("Epiphany");
    await page.getByRole("button", { name: "Close these days" }).click();
    const closed = page.getByRole("listitem").filter({ hasText: "Epiphany" });
    await expect(closed).toHaveCount(1);
    await closed.getByRole("button", { name: /Open again/ }).click();
    await expect(page.getByRole("listitem").filter({ hasText: "Epiphany" })).toHaveCount(0);
  });

  test("a logo is refused in words, then stands on every page, and is taken away", async ({ page, browser, baseURL }) => {
    const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    await signIn(page, OWNER, { next: "/office/settings/business" });
    const send = async (name: string, content: Buffer) => {
      await page.getByLabel("Picture").setInputFiles({ name, mimeType: "image/png", buffer: content });
      await page.getByRole("button", { name: "Use this picture" }).click();
    };
    await send("logo.png", Buffer.from("<svg onload='alert(1)'/>"));
    await expect(page.getByRole("alert")).toContainText("This is not a picture that can be used.");
    await send("logo.png", Buffer.from(pixel, "base64"));
    await expect(page.getByText("Saved.")).toBeVisible();
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
    const visitor = await context.newPage();
    await visitor.goto("/sign-in");
    const logo = visitor.locator(".brand-logo");
    await expect(logo).toBeVisible();
    const address = (await logo.getAttribute("src")) ?? "";
    expect((await visitor.request.get(address)).headers()["content-type"]).toBe("image/png");
    await page.getByRole("button", { name: "Remove the logo" }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await visitor.reload();
    await expect(logo).toHaveCount(0);
    await context.close();
  });

  test("a dispatcher reads settings and cannot change them", async ({ page }) => {
    await signIn(page, DISPATCHER, { next: "/office/settings/business" });
    await expect(page.getByText("Only an owner can change this.").first()).toBeVisible();
    await expect(page.getByLabel("Name of the business")).toBeDisabled();
    await expect(page.getByRole("button", { name: "Save" })).toHaveCount(0);
  });
});
