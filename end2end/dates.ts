// Dates where the demonstration is at home. A date is text, `2026-11-21`, and never comes from the machine's own clock or
// zone: around midnight they are a day apart.

/** The demonstration's home. */
export const MADRID = "Europe/Madrid";

const DAY = 86_400_000;

/** The date in Madrid at a moment. */
export function dateOf(at: Date): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: MADRID, dateStyle: "short" }).format(at);
}

/** Today in Madrid. */
export function today(): string {
  return dateOf(new Date());
}

/** So many days later. */
export function plus(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
}

/** The day of the week of a date: 0 is Sunday. */
export function weekday(date: string): number {
  return new Date(date).getUTCDay();
}

/** The date the demo data were made on: a run may go on past midnight. */
const SEEDED = process.env.FRONTDESK_SEEDED_ON ?? today();

/** The demo is closed 19 and 40 days ahead, which is the same day of the week. */
export const CLOSED = plus(SEEDED, 40);

/** The days of the week given, beyond everything in the demo data and within what can be booked; never on the weekday of
 * the demo's closures. */
export function freeDays(weekdays: number[]): string[] {
  return [...Array(34).keys()]
    .map((nth) => plus(SEEDED, 21 + nth))
    .filter((date) => weekdays.includes(weekday(date)) && weekday(date) !== weekday(CLOSED));
}
