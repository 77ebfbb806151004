// Once before all journeys: a database with the demo data, which every server then gets a copy of.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteUrl, withoutOurs } from "./frontdesk.ts";

export default function seed(): () => void {
  const binary = process.env.FRONTDESK_BIN;
  if (!binary) throw new Error("FRONTDESK_BIN names no server: start the journeys by `cargo xtask test journeys`.");
  const folder = mkdtempSync(join(tmpdir(), "frontdesk-seed-"));
  execFileSync(binary, ["seed-demo"], {
    env: { ...withoutOurs(), FRONTDESK_DATA_DIR: folder, FRONTDESK_DATABASE_URL: sqliteUrl(folder) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  process.env.FRONTDESK_SEED = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
