// Six languages: the switch without scripts, the wizard and the office's queue in German and in Arabic, and every main
// page on a telephone, none wider than its screen.

import type { Page } from "@playwright/test";
import { ask, inALetter, type Language } from "../asking.ts";
import { plus, today } from "../dates.ts";
import { alive, expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, DISPATCHER, OWNER, signIn } from "../people.ts";

const SERVICE = "Dog walk";

/** What is read where, by language. */
const SPOKEN = [
  {
    language: "de" as Language,
    name: "Deutsch",
    dir: "ltr",
    received: (reference: string) => `Anfrage ${reference} eingegangen: ${SERVICE}`,
    approve: /^Annehmen · /,
    approved: /^R-\w+ angenommen: /,
    stale: "Jemand hat das inzwischen geändert. Sehen Sie es sich noch einmal an.",
    unreachable: "Keine Verbindung. Es wurde nichts gesendet; versuchen Sie es erneut.",
  },
  {
    language: "ar" as Language,
    name: "العربية",
    dir: "rtl",
    received: (reference: string) => `استلمنا الطلب ${reference}: ${SERVICE}`,
    approve: /^موافقة · /,
    approved: /^تمت الموافقة على R-\w+: /,
    stale: "عدّل شخص هذا في هذه الأثناء. انظر إليه من جديد.",
    unreachable: "لا يوجد اتصال. لم يُرسل شيء؛ أعد المحاولة.",
  },
];

/** Turns the page in sight into a language, by the switch at its foot or, in the office, by the account. */
async function speak(page: Page, name: string, tag: string): Promise<void> {
  if (new URL(page.url()).pathname.startsWith("/office")) {
    await page.goto("/account");
    await page.locator("select[name=locale]").selectOption({ label: name });
    await page.locator("form:has(select[name=locale]) button").last().click();
  } else {
    await page.getByRole("button", { name, exact: true }).click();
  }
  await expect(page.locator("html")).toHaveAttribute("lang", tag);
}

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a visitor and a client choose their language where they are", async ({ page }) => {
    await page.goto("/sign-in?next=/requests");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await page.getByRole("button", { name: "العربية" }).click();
    await expect(page).toHaveURL(/\/sign-in\?next=\/requests$/);
    await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
    await expect(page.getByRole("heading", { name: "تسجيل الدخول" })).toBeVisible();
    await signIn(page, CLIENT, { next: "/requests?status=all" });
    // A person's own language holds once it is known who they are.
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await page.getByRole("button", { name: "Português" }).click();
    await expect(page).toHaveURL(/\/requests\?status=all$/);
    await expect(page.locator("html")).toHaveAttribute("lang", "pt");
    await page.getByRole("button", { name: "English" }).click();
  });
});

for (const { language, name, dir, ...words } of SPOKEN) {
  test(`a client asks and the office answers: ${language}`, async ({ page, browser, baseURL, mailbox }) => {
    test.slow();
    const telephone = await browser.newContext({ baseURL, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const client = await telephone.newPage();
    await signIn(client, CLIENT);
    await speak(client, name, language);
    await expect(client.locator("html")).toHaveAttribute("dir", dir);
    const before = mailbox.mails.length;
    const { reference, start } = await ask(client, { service: SERVICE, nth: language === "de" ? 0 : 3 }, language);
    await expectAccessible(client);

    await test.step("the letter is in the client's language, whatever the office speaks", async () => {
      const letter = await mailbox.wait({ to: CLIENT }, { after: before });
      expect(letter.subject).toBe(words.received(reference));
      expect(letter.html).toContain(`<html lang="${language}" dir="${dir}">`);
      expect(letter.text).toContain(inALetter(start, 60, language));
    });

    await signIn(page, DISPATCHER, { next: "/office/requests" });
    await speak(page, name, language);
    await page.goto(`/office/requests?search=${reference}`);
    await alive(page);
    const row = page.locator(`#row-${reference}`);
    const said = page.locator(".queue-said");
    const banner = row.locator(".tone-no");

    await test.step("what the server refuses, and that it cannot be reached, is said in that language", async () => {
      await page.route("**/do/office_approve", (route) => route.abort(), { times: 1 });
      await row.getByRole("button", { name: words.approve }).click();
      await expect(said).toHaveText(`${reference}: ${words.unreachable}`);
      // The request that failed opens beside the list, where its row has no buttons.
      await page.goto(`/office/requests?search=${reference}`);
      await alive(page);
      await page.route(
        "**/do/office_approve",
        (route) => route.continue({ postData: (route.request().postData() ?? "").replace(/version=\d+/, "version=99") }),
        { times: 1 },
      );
      await row.getByRole("button", { name: words.approve }).click();
      await expect(said).toHaveText(`${reference}: ${words.stale}`);
      await expect(page.locator(".tone-no:visible p").first()).toHaveText(words.stale);
      await expectAccessible(page);
    });

    await test.step("and it is approved", async () => {
      await page.goto(`/office/requests?search=${reference}`);
      await alive(page);
      await row.getByRole("button", { name: words.approve }).click();
      await expect(said).toHaveText(words.approved);
      await expect(banner).toBeHidden();
    });

    await speak(client, "English", "en");
    await page.goto("/office");
    await speak(page, "English", "en");
    await telephone.close();
  });
}

test("in Arabic what is dragged to the left goes to the next day", async ({ page }) => {
  await signIn(page, DISPATCHER, { next: "/office" });
  await speak(page, "العربية", "ar");
  const next = plus(today(), 7);
  await page.goto(`/office/schedule?view=week&date=${next}`);
  await alive(page);
  const columns = page.locator(".board-day[data-even]");
  const boxes = await columns.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().x));
  expect(boxes).toEqual([...boxes].sort((a, b) => b - a));
  const entry = columns.nth(1).locator(".entry[data-moves]").first();
  await entry.evaluate((element) => element.scrollIntoView({ block: "center" }));
  const was = Number((await entry.getAttribute("data-moves"))?.split("/")[0]);
  const [box, after] = [await entry.boundingBox(), await columns.nth(2).locator(".board-rows").boundingBox()];
  if (!box || !after) throw new Error("no boxes");
  expect(after.x).toBeLessThan(box.x);
  await page.mouse.move(box.x + box.width / 2, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(after.x + after.width / 2, box.y + 10, { steps: 5 });
  await expect(page.locator(".drag-ghost")).toBeVisible();
  await page.mouse.up();
  await expect(page).toHaveURL(/\/edit\?/);
  expect(Number(new URL(page.url()).searchParams.get("start")) - was).toBe(24 * 60);

  await page.goto(`/office/schedule?view=week&date=${next}`);
  await alive(page);
  await entry.focus();
  await page.keyboard.press("Alt+ArrowLeft");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/edit\?/);
  expect(Number(new URL(page.url()).searchParams.get("start")) - was).toBe(24 * 60);
  await page.goto("/office");
  await speak(page, "English", "en");
});

const PORTAL = ["/", "/requests", "/request", "/notices", "/account"];
const OFFICE = [
  "/office/schedule?view=day",
  "/office/schedule?view=week",
  "/office/schedule?view=month",
  "/office/schedule?view=list",
  "/office/requests",
  "/office/clients",
  "/office/clients/import",
  "/office/services",
  "/office/team",
  "/office/team/closures",
  "/office/resources",
  "/office/tickets",
  "/office/reports",
  "/office/my-day",
  "/office/settings/business",
  "/office/settings/approval",
  "/office/settings/people",
  "/office/settings/notifications",
  "/office/settings/templates",
];

for (const [tag, name] of [["de", "Deutsch"], ["es", "Español"], ["ar", "العربية"]] as const) {
  test(`no main page is wider than a telephone: ${tag}`, async ({ page, browser, baseURL }) => {
    test.slow();
    await page.setViewportSize({ width: 390, height: 844 });
    const fits = async (page: Page, path: string) => {
      await page.goto(path);
      await expect(page.locator("html")).toHaveAttribute("lang", tag);
      const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect(content, `${path} in ${name}`).toBeLessThanOrEqual(screen ?? 0);
    };
    await signIn(page, OWNER);
    await speak(page, name, tag);
    for (const path of OFFICE) await fits(page, path);
    for (const path of ["/office/schedule?view=day", "/office/clients", "/office/reports"]) {
      await page.goto(path);
      await expectAccessible(page);
    }
    const client = await (await browser.newContext({ baseURL, viewport: { width: 390, height: 844 } })).newPage();
    await signIn(client, CLIENT);
    await speak(client, name, tag);
    for (const path of PORTAL) {
      await fits(client, path);
      await expectAccessible(client);
    }
    await client.context().close();
    await page.goto("/office");
    await speak(page, "English", "en");
  });
}
