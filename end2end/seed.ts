// Once before all journeys: a server fills its empty database with the demo data; every later one gets a copy of it.

import { today } from "./dates.ts";
import { Frontdesk } from "./frontdesk.ts";

export default async function seed(): Promise<() => Promise<void>> {
  process.env.FRONTDESK_SEEDED_ON = today();
  const first = await Frontdesk.open({ demo: true, database: "sqlite", settings: {} });
  await first.stop();
  process.env.FRONTDESK_SEED = first.folder;
  return () => first.close();
}
