// Asking for a visit as a client does, step by step, in several languages; and how a time must be written in a letter.

import { expect, type Page } from "@playwright/test";
import { MADRID } from "./dates.ts";
import { alive } from "./frontdesk.ts";

/** What is chosen on the way. */
export type Choice = {
  service: string;
  /** A technician's name; without one: anyone. */
  technician?: string;
  /** Which of the day's times. */
  nth?: number;
  notes?: string;
};

/** A time that was chosen. */
export type Chosen = { start: Date; line: string };

/** The words of the buttons on the way. */
export const WORDS = {
  en: { nextMonth: "Next month", goOn: "Continue", notes: "Notes", send: "Send request" },
  es: { nextMonth: "Mes siguiente", goOn: "Continuar", notes: "Notas", send: "Enviar solicitud" },
  de: { nextMonth: "Nächster Monat", goOn: "Weiter", notes: "Notizen", send: "Anfrage senden" },
  ar: { nextMonth: "الشهر التالي", goOn: "متابعة", notes: "ملاحظات", send: "إرسال الطلب" },
};
export type Language = keyof typeof WORDS;

/** From the list of services to the calendar of one. */
export async function toTheCalendar(page: Page, service: string, { scripts = true } = {}): Promise<void> {
  await page.goto("/request");
  await page.locator("main a[href^='/request/']").filter({ hasText: service }).click();
  await expect(page.getByRole("grid")).toBeVisible();
  if (scripts) await alive(page);
}

/** Turns the calendar to the next month: there every free day is whole, whatever the hour is now. */
export async function turnTheMonth(page: Page, language: Language = "en"): Promise<void> {
  const title = page.locator("#month-title");
  const before = (await title.textContent()) ?? "";
  await page.getByRole("link", { name: WORDS[language].nextMonth }).click();
  await expect(title).not.toHaveText(before);
}

/** Chooses a day and a time of the next month; answers which. */
export async function chooseTime(page: Page, { nth = 0 }: { nth?: number } = {}, language: Language = "en"): Promise<Chosen> {
  await turnTheMonth(page, language);
  const day = page.locator(".day[data-state=open]").first();
  const title = (await day.getAttribute("aria-label"))?.split(/[,،] \d+ \S+$/)[0] ?? "";
  await day.click();
  await expect(page.locator("#times-title")).toHaveText(title);
  const slot = page.locator("#times .slot").nth(nth);
  const line = (await slot.getAttribute("aria-label")) ?? "";
  const start = new Date((await slot.getAttribute("data-start")) ?? "");
  await slot.click();
  await expect(page.locator(".choice-bar strong")).toHaveText(line);
  return { start, line };
}

/** From the time that is chosen to the last page before sending. */
export async function onToTheLastStep(page: Page, notes = "", language: Language = "en"): Promise<void> {
  const words = WORDS[language];
  await page.getByRole("link", { name: words.goOn }).click();
  await page.getByLabel(words.notes).fill(notes);
  await page.getByRole("button", { name: words.goOn }).click();
  await expect(page.getByRole("button", { name: words.send })).toBeVisible();
}

/** Sends what is on the last page; answers the reference of the request. */
export async function send(page: Page, language: Language = "en"): Promise<string> {
  await page.getByRole("button", { name: WORDS[language].send }).click();
  await expect(page).toHaveURL(/\/requests\/R-[0-9A-Z]{5,}/);
  return page.url().match(/R-[0-9A-Z]+/)?.[0] ?? "";
}

/** The whole way, by whoever is signed in. */
export async function ask(page: Page, { service, technician, nth, notes }: Choice, language: Language = "en"): Promise<Chosen & { reference: string }> {
  await toTheCalendar(page, service);
  if (technician) {
    await page.locator("select[name=with]").selectOption({ label: technician });
    await expect(page).toHaveURL(/with=/);
    await alive(page);
  }
  const chosen = await chooseTime(page, { nth }, language);
  await onToTheLastStep(page, notes, language);
  return { ...chosen, reference: await send(page, language) };
}

/** A time as a letter must write it: `Thu 26 Nov 2026, 10:00–11:00 CET (UTC+01:00)`; for times that end on the same day. */
export function inALetter(start: Date, minutes: number, language: Language): string {
  const end = new Date(start.getTime() + minutes * 60_000);
  const zone = offset(start) === "+02:00" ? "CEST" : "CET";
  const comma = language === "ar" ? "،" : ",";
  return `${dayInALetter(start, language)}${comma} ${clock(start)}–${clock(end)} ${zone} (UTC${offset(start)})`;
}

/** `Thu 26 Nov 2026`. */
export function dayInALetter(at: Date, language: Language): string {
  const tag = { en: "en-US", es: "es-ES", de: "de-DE", ar: "ar-u-nu-latn" }[language];
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, { timeZone: MADRID, ...options }).format(at);
  if (language === "de") return `${part({ weekday: "short" })} ${part({ day: "numeric", month: "short", year: "numeric" })}`;
  return `${part({ weekday: "short" })} ${part({ day: "numeric" })} ${part({ month: "short" })} ${part({ year: "numeric" })}`;
}

/** `10:00`, as it is in Madrid, where the demonstration is at home. */
export function clock(at: Date): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: MADRID, hour: "2-digit", minute: "2-digit" }).format(at);
}

function offset(at: Date): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: MADRID, timeZoneName: "longOffset" }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value.replace("GMT", "") ?? "";
}
