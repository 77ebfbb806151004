// How the journeys are played: which browser, which sizes of screen, what is kept of a failure.
// `cargo xtask test journeys` sets the environment; nothing here builds or installs anything.

import { defineConfig } from "@playwright/test";
import type { Wishes } from "./frontdesk.ts";

const phone = { width: 390, height: 844 };
const wide = { width: 1440, height: 900 };

export default defineConfig<Wishes>({
  testDir: "journeys",
  outputDir: process.env.FRONTDESK_JOURNEYS_OUTPUT ?? "test-results",
  globalSetup: "./seed.ts",
  // Two cores: one file in each of two browsers. The tests of a file run in order and share a server.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 45_000,
  globalTimeout: 60 * 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: process.env.FRONTDESK_JOURNEYS_REPORT ?? "test-results/report.json" }]],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "Europe/Madrid",
    // Journeys that are about the portal's worker allow it; to all others it would add a page or two in each new browser.
    serviceWorkers: "block",
    // What was done and asked for, without a picture of every moment: those took a third of all the time. `--trace on` has them.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false, sources: false },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.FRONTDESK_CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
    },
  },
  // A test runs on the wide screen unless it is tagged @phone-only; tagged @phone it runs on both,
  // and tagged @postgres once more on PostgreSQL.
  projects: [
    { name: "wide", grepInvert: /@phone-only/, use: { viewport: wide } },
    { name: "phone", grep: /@phone/, use: { viewport: phone, hasTouch: true, isMobile: true } },
    { name: "postgres", grep: /@postgres/, use: { viewport: wide, database: "postgres" } },
  ],
});
