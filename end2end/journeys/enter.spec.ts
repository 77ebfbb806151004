// Enter in a field sends its form on, whichever other buttons stand before the one that does.

import { chooseTime, send, toTheCalendar } from "../asking.ts";
import { expect, expectAccessible, test } from "../frontdesk.ts";
import { CLIENT, signIn } from "../people.ts";

test("Enter goes on from the details and saves an edit", async ({ page }) => {
  await signIn(page, CLIENT);
  await toTheCalendar(page, "Dog walk");
  await chooseTime(page);
  await page.getByRole("link", { name: "Continue" }).click();
  const ticket = page.locator("input[name=ticket]");
  await expectAccessible(page);
  await ticket.press("Enter");
  await expect(page).toHaveURL(/\/check\?/);
  const reference = await send(page);

  await page.goto(`/requests/${reference}/edit`);
  await expectAccessible(page);
  await page.getByLabel("Notes").fill("The bell is broken.");
  await ticket.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/requests/${reference}(\\?.*)?$`));
  await expect(page.locator("main")).toContainText("The bell is broken.");
});
