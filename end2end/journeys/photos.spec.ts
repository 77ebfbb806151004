// Photos of a request: chosen on a phone with a preview each, or sent by a plain form; seen by the client, the office and
// the technician who comes; changed while the request waits.

import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, DISPATCHER, signIn, TECHNICIAN } from "../people.ts";
import { chooseTime, send, toTheCalendar } from "../asking.ts";
import type { Page } from "@playwright/test";

/** A file as a form takes it: a picture of one colour. */
type Picture = { name: string; mimeType: string; buffer: Buffer };

/** A PNG drawn by the browser itself; as large as a telephone's, where that matters. */
async function picture(page: Page, name: string, colour: string, width = 600): Promise<Picture> {
  const base64 = await page.evaluate(([colour, width]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height: (width / 3) * 2 });
    const brush = canvas.getContext("2d");
    if (!brush) throw new Error("no canvas");
    brush.fillStyle = colour;
    brush.fillRect(0, 0, canvas.width, canvas.height);
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  }, [colour, width] as const);
  return { name, mimeType: "image/png", buffer: Buffer.from(base64, "base64") };
}

/** As far as the step "Details". */
async function toTheDetails(page: Page, { scripts = true, technician = "" } = {}): Promise<void> {
  await toTheCalendar(page, "Dog walk", { scripts });
  if (technician) {
    await page.locator("select[name=with]").selectOption({ label: technician });
    await expect(page).toHaveURL(/with=/);
    await alive(page);
  }
  if (scripts) await chooseTime(page);
  else {
    await page.getByRole("link", { name: "Next month" }).click();
    await page.locator(".day[data-state=open]").first().click();
    await page.locator("#times .slot").first().click();
  }
  await page.getByRole("link", { name: "Continue" }).click();
  await page.waitForLoadState("load");
  await expect(page.getByLabel("Photos")).toBeVisible();
}

/** The photos of the form. */
const photos = (page: Page) => page.locator("#photos li");
/** Those that were sent. */
const kept = (page: Page) => page.locator("#photos input[name='photo[]']");
/** Where the photos of a request or a visit are shown. */
const strip = (page: Page) => page.locator("main img[src^='/photos/']");

/** Whether a picture was really loaded. */
async function expectLoaded(page: Page, count: number): Promise<void> {
  await expect(strip(page)).toHaveCount(count);
  for (const image of await strip(page).all()) {
    await image.scrollIntoViewIfNeeded();
    await expect.poll(() => image.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
  }
}

test.describe("with scripts", { tag: "@phone" }, () => {
  test("several at once, each with a preview; the office and the technician see them", async ({ page, browser, baseURL }) => {
    await signIn(page, CLIENT);
    await toTheDetails(page);
    await expect(page.getByRole("button", { name: "Add photo" })).toBeHidden();
    const [red, blue] = [await picture(page, "red.png", "#c00"), await picture(page, "blue.png", "#00c", 3000)];
    const text = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("No picture.") };
    await page.getByLabel("Photos").setInputFiles([red, text, blue]);
    await expect(photos(page)).toHaveCount(3);
    await expect(page.getByRole("alert")).toHaveText("This is not a photo we can read. Use JPEG, PNG or WebP.");
    await expect(kept(page)).toHaveCount(2);
    await expectAccessible(page);
    await photos(page).nth(1).getByRole("button", { name: "Remove" }).click();
    await expect(page.getByLabel("Photos")).toBeFocused();
    // A reload finds what was sent.
    await page.reload();
    await expect(kept(page)).toHaveCount(2);
    await expectLoaded(page, 2);
    await page.getByLabel("Notes").fill("The lock sticks.");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByText("2 photos")).toBeVisible();
    const reference = await send(page);
    await expectLoaded(page, 2);
    await expectAccessible(page);

    const office = await (await browser.newContext({ baseURL })).newPage();
    await signIn(office, DISPATCHER, { next: `/office/requests?search=${reference}` });
    await expectLoaded(office, 2);
    await alive(office);
    await expectAccessible(office);
    await office.goto(`/office/requests/${reference}`);
    await expect(office.locator("#details-title")).toContainText(reference);
    await expect(office.getByRole("heading", { name: "Photos" })).toBeVisible();
    await office.getByRole("link", { name: "Photo 2" }).last().click();
    await expect(office).toHaveURL(/\/photos\/[0-9a-f-]{36}$/);
    const size = await office.locator("img").evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);
    expect(size).toEqual([2048, 1365]);
    await office.context().close();
  });

  test("a sixth and one that is too large are refused at once", async ({ page }) => {
    await signIn(page, CLIENT);
    await toTheDetails(page);
    const one = await picture(page, "one.png", "#0c0");
    await page.getByLabel("Photos").setInputFiles([one, one, one, one, one, one]);
    await expect(kept(page)).toHaveCount(5);
    await expect(page.getByRole("alert")).toHaveText("At most 5 photos.");
    await photos(page).last().getByRole("button", { name: "Remove" }).click();
    await photos(page).last().getByRole("button", { name: "Remove" }).click();
    await expect(kept(page)).toHaveCount(4);
    const large = { name: "large.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(10 * 1024 * 1024 + 1) };
    await page.getByLabel("Photos").setInputFiles(large);
    await expect(page.getByRole("alert")).toHaveText("This photo is too large: at most 10 MB.");
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByText("4 photos")).toBeVisible();
  });

  test("what is still on its way goes along", async ({ page }) => {
    await signIn(page, CLIENT);
    await toTheDetails(page);
    await page.evaluate(() => {
      const send = XMLHttpRequest.prototype.send;
      XMLHttpRequest.prototype.send = function (...body) {
        Object.assign(window, { arrive: () => send.apply(this, body) });
      };
    });
    await page.getByLabel("Photos").setInputFiles(await picture(page, "late.png", "#cc0"));
    await expect(page.getByRole("progressbar")).toBeVisible();
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page).toHaveURL(/\/details/);
    await page.evaluate("arrive()");
    await expect(page.getByText("1 photo", { exact: true })).toBeVisible();
  });

  test("an edit adds one and removes one, and the history says so", async ({ page }) => {
    await signIn(page, CLIENT);
    await toTheDetails(page);
    await page.getByLabel("Photos").setInputFiles([await picture(page, "a.png", "#c00"), await picture(page, "b.png", "#0c0")]);
    await expect(kept(page)).toHaveCount(2);
    await page.getByRole("button", { name: "Continue" }).click();
    const reference = await send(page);
    await page.getByRole("link", { name: "Edit" }).click();
    await expectLoaded(page, 2);
    const second = await kept(page).last().inputValue();
    await page.getByRole("button", { name: "Remove Photo 1" }).click();
    await page.getByLabel("Photos").setInputFiles(await picture(page, "c.png", "#00c"));
    await expect(kept(page)).toHaveCount(2);
    // The calendar and back: nothing is lost.
    await page.getByRole("button", { name: "Change the time" }).click();
    await alive(page);
    await page.getByRole("link", { name: "Continue" }).click();
    await expect(kept(page)).toHaveCount(2);
    await expect(kept(page).first()).toHaveValue(second);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page).toHaveURL(new RegExp(`/requests/${reference}`));
    await expectLoaded(page, 2);
    await expect(page.getByText("Added: 1 photo · Removed: 1 photo")).toBeVisible();
  });
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a plain form adds and removes, and nothing typed is lost", async ({ page, browser, baseURL }) => {
    const drawing = await (await browser.newContext({ baseURL, javaScriptEnabled: true })).newPage();
    const [red, green] = [await picture(drawing, "red.png", "#c00"), await picture(drawing, "green.png", "#0c0")];
    await drawing.context().close();
    await signIn(page, CLIENT);
    await toTheDetails(page, { scripts: false });
    await page.getByLabel("Notes").fill("Typed & kept, “twice”.\nA second line.");
    await page.getByLabel("Photos").setInputFiles(red);
    await page.getByRole("button", { name: "Add photo" }).click();
    await expect(page).toHaveURL(/\/details\?/);
    await expectLoaded(page, 1);
    await expect(page.getByLabel("Notes")).toHaveValue("Typed & kept, “twice”.\nA second line.");
    // A file that is no photo, and one that was chosen but not added.
    await page.getByLabel("Photos").setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: Buffer.from("<svg onload=alert(1)>") });
    await page.getByRole("button", { name: "Add photo" }).click();
    await expect(page.getByRole("alert")).toHaveText("This is not a photo we can read. Use JPEG, PNG or WebP.");
    await page.getByLabel("Photos").setInputFiles(green);
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("alert")).toContainText("You chose a photo but did not add it.");
    await expect(page.getByLabel("Notes")).toHaveValue("Typed & kept, “twice”.\nA second line.");
    await page.getByLabel("Photos").setInputFiles(green);
    await page.getByRole("button", { name: "Add photo" }).click();
    await expectLoaded(page, 2);
    await page.getByRole("button", { name: "Remove Photo 1" }).click();
    await expectLoaded(page, 1);
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByText("1 photo", { exact: true })).toBeVisible();
    const reference = await send(page);
    await expectLoaded(page, 1);
    // The same on the page that edits it; refused there, the photos stay too.
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Photos").setInputFiles(red);
    await page.getByRole("button", { name: "Add photo" }).click();
    await expectLoaded(page, 2);
    await page.getByLabel("Photos").setInputFiles(green);
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.locator("#photos").getByRole("alert")).toContainText("You chose a photo but did not add it.");
    await expect(kept(page)).toHaveCount(2);
    await page.getByRole("button", { name: "Remove Photo 1" }).click();
    await expectLoaded(page, 1);
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page).toHaveURL(new RegExp(`/requests/${reference}\\?saved`));
    await expectLoaded(page, 1);
    await expect(page.getByText("Added: 1 photo · Removed: 1 photo")).toBeVisible();
  });
});

test("the technician who comes sees them, another client does not", async ({ page, browser, baseURL, frontdesk }) => {
  await signIn(page, CLIENT);
  await toTheDetails(page, { technician: "Tom Baker" });
  await page.getByLabel("Photos").setInputFiles(await picture(page, "door.png", "#c0c"));
  await expect(kept(page)).toHaveCount(1);
  const photo = await kept(page).inputValue();
  await page.getByRole("button", { name: "Continue" }).click();
  const reference = await send(page);

  const office = await (await browser.newContext({ baseURL })).newPage();
  await signIn(office, DISPATCHER, { next: `/office/requests/${reference}` });
  await alive(office);
  await office.locator(".decide-buttons").getByRole("button", { name: "Approve", exact: true }).click();
  await expect(office.locator(".details-outcome").first()).toContainText("Approved by");
  await office.context().close();

  const technician = await (await browser.newContext({ baseURL })).newPage();
  await signIn(technician, TECHNICIAN);
  const answer = await technician.request.get(`/photos/${photo}/small`);
  expect([answer.status(), answer.headers()["content-type"]]).toEqual([200, "image/jpeg"]);
  await technician.context().close();

  const other = await (await browser.newContext({ baseURL })).newPage();
  await signIn(other, "cliente@example.com");
  expect((await other.request.get(`/photos/${photo}`)).status()).toBe(404);
  await other.context().close();
  expect(frontdesk.command("check")).not.toContain("photo");
});
