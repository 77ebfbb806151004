// A week with more than five hundred appointments: all of them are drawn, every view answers, and how long the browser was
// busy while the views were switched is measured and printed. Machines differ: nothing is asserted about time.

import type { Page } from "@playwright/test";
import { plus, today, weekday } from "../dates.ts";
import { alive, expect, test } from "../frontdesk.ts";
import { DISPATCHER, signIn } from "../people.ts";

test.use({ database: "postgres" });

/** Monday of the week in ten weeks. */
function monday(): string {
  return plus(today(), 70 - ((weekday(today()) + 6) % 7));
}

/** Eighteen half hours a day for each of the demo's four technicians, seven days: 504. */
const MANY = `
  CREATE TEMP TABLE cells AS
    SELECT gen_random_uuid() AS visit, t.id AS technician, c.id AS client, s.id AS service, row_number() OVER () AS nth,
      (timestamp '${monday()} 08:00' + make_interval(days => d, mins => 30 * h)) AT TIME ZONE 'Europe/Madrid' AS starts_at
    FROM technicians t CROSS JOIN generate_series(0, 6) d CROSS JOIN generate_series(0, 17) h
    CROSS JOIN (SELECT id FROM services ORDER BY position LIMIT 1) s CROSS JOIN (SELECT id FROM clients ORDER BY name LIMIT 1) c;
  INSERT INTO visits (id, reference, client_id, service_id, starts_at, ends_at, wall_start, zone, zone_version, seats, status, notes,
      internal_notes, uid, sequence, created_at, version)
    SELECT visit, 'V-MANY' || nth, client, service, starts_at, starts_at + interval '30 minutes', '', 'Europe/Madrid', '', 1, 'scheduled',
      '', '', visit || '@many', 0, now(), 1 FROM cells;
  INSERT INTO bookings (id, technician_id, service_id, starts_at, ends_at, before_min, after_min, seats, leader, status, blocking, visit_id)
    SELECT gen_random_uuid(), technician, service, starts_at, starts_at + interval '30 minutes', 0, 0, 1, true, 'scheduled', true, visit
    FROM cells;`;

type Measured = { longest: number; tasks: number };

/** Counts tasks of more than 50 ms from the first byte of each page on. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: number[] = [];
    const take = (list: PerformanceEntryList): unknown => seen.push(...list.map((entry) => entry.duration));
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type: "longtask", buffered: true });
    Object.assign(window, { longTasks: () => (take(observer.takeRecords()), seen) });
  });
}

async function measured(page: Page): Promise<Measured> {
  // Two frames later everything is drawn, and the browser has said how long it took.
  const all = await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    return (window as unknown as { longTasks: () => number[] }).longTasks();
  });
  return { longest: Math.round(Math.max(0, ...all)), tasks: all.length };
}

test("a week with 504 appointments is drawn whole, in every view", async ({ page, frontdesk }, info) => {
  test.slow();
  frontdesk.psql(MANY);
  await signIn(page, DISPATCHER);
  await watch(page);
  const lines: string[] = [];
  for (const view of ["week", "day", "month", "list", "week"]) {
    await page.goto(`/office/schedule?view=${view}&date=${monday()}`);
    await alive(page);
    if (view === "week") await expect(page.locator("a.entry")).toHaveCount(504);
    if (view === "day") await expect(page.locator("a.entry")).toHaveCount(72);
    const { longest, tasks } = await measured(page);
    lines.push(`${view}: ${tasks} tasks over 50 ms, the longest ${longest} ms`);
  }
  info.annotations.push({ type: "measured", description: lines.join("; ") });
  console.log(`504 appointments: ${lines.join("; ")}`);
});
