// A Frontdesk of one's own: a real server process, a database with the demo data, a mailbox. The tests of a file
// share one and run in order; another file, other wishes or another project gets a new one.

import { test as base, expect, type Page } from "@playwright/test";
import AxeBuilder from "@axe-core/playwright";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Mailbox } from "./mailbox.ts";

export { expect };

/** What a test may wish of its Frontdesk, by `test.use({ … })`. */
export type Wishes = {
  /** False: an empty database, as on the very first start. */
  demo: boolean;
  database: "sqlite" | "postgres";
  /** More variables for the server, as `{ FRONTDESK_…: "…" }`. */
  settings: Record<string, string>;
  /** True where a journey makes the browser complain on purpose. */
  complaintsExpected: boolean;
};

type Given = { frontdesk: Frontdesk; mailbox: Mailbox; complaints: string[] };
type GivenToWorker = { house: House };

export const test = base.extend<Given & Wishes, GivenToWorker>({
  demo: [true, { option: true }],
  database: ["sqlite", { option: true }],
  settings: [{}, { option: true }],
  complaintsExpected: [false, { option: true }],

  house: [
    async ({}, use) => {
      const house = new House();
      await use(house);
      await house.close();
    },
    { scope: "worker" },
  ],

  frontdesk: async ({ house, demo, database, settings }, use, info) => {
    const frontdesk = await house.open(info.file, { demo, database, settings });
    const from = frontdesk.log.length;
    await use(frontdesk);
    if (info.status !== info.expectedStatus) {
      await info.attach("server log", { body: frontdesk.log.slice(from).join("") });
    }
  },

  mailbox: async ({ frontdesk }, use) => use(frontdesk.mailbox),
  baseURL: async ({ frontdesk }, use) => use(frontdesk.url),

  // A page that throws, or that its own Content-Security-Policy blocks, fails the test that visited it.
  complaints: [
    async ({ context, complaintsExpected }, use) => {
      const complaints: string[] = [];
      context.on("weberror", (error) => {
        const text = String(error.error());
        // Playwright looks at a page before its style sheet has come: then the browser leaves out the transition to it. It
        // breaks one off where the next page comes too soon.
        if (!/ViewTransition opt-in disabled|Transition was (skipped|aborted)/.test(text)) complaints.push(text);
      });
      context.on("console", (message) => {
        const ofNetwork = message.text().startsWith("Failed to load resource");
        if (message.type() === "error" && !ofNetwork) complaints.push(message.text());
      });
      await use(complaints);
      if (!complaintsExpected) expect(complaints, "what the browser complained about").toEqual([]);
    },
    { auto: true },
  ],
});

/** A running server with its mailbox. */
export class Frontdesk {
  /** Everything it has printed. */
  readonly log: string[] = [];
  private process: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    readonly mailbox: Mailbox,
    /** Its data: the SQLite file, uploads. */
    readonly folder: string,
    private readonly environment: Record<string, string>,
  ) {}

  static async open({ demo, database, settings }: Omit<Wishes, "complaintsExpected">): Promise<Frontdesk> {
    const folder = mkdtempSync(join(tmpdir(), "frontdesk-"));
    const seed = process.env.FRONTDESK_SEED;
    if (demo && database === "sqlite" && seed) cpSync(seed, folder, { recursive: true });
    const mailbox = await Mailbox.open();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const frontdesk = new Frontdesk(url, mailbox, folder, {
      FRONTDESK_DATA_DIR: folder,
      FRONTDESK_DATABASE_URL: database === "sqlite" ? sqliteUrl(folder) : newPostgresDatabase(),
      FRONTDESK_LISTEN: `127.0.0.1:${port}`,
      FRONTDESK_BASE_URL: url,
      FRONTDESK_MAIL: mailbox.url,
      FRONTDESK_DEMO: String(demo),
      ...settings,
    });
    await frontdesk.start();
    return frontdesk;
  }

  /** One of the binary's other commands, on the same data; answers what it prints. */
  command(...words: string[]): string {
    return execFileSync(binary(), words, { env: { ...withoutOurs(), ...this.environment }, encoding: "utf8" });
  }

  /** Changes its PostgreSQL database behind its back, as only the passing of time or an accident would. */
  psql(statement: string): string {
    const database = this.environment["FRONTDESK_DATABASE_URL"] ?? "";
    if (!database.startsWith("postgres")) throw new Error('This Frontdesk has no PostgreSQL: test.use({ database: "postgres" }).');
    const words = ["--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--dbname", database, "--command", statement];
    return execFileSync(process.env.FRONTDESK_TEST_PSQL ?? "psql", words, { encoding: "utf8" }).trim();
  }

  /** Starts (again), with `more` variables, and waits until it answers. */
  async start(more: Record<string, string> = {}): Promise<void> {
    const child = spawn(binary(), ["serve"], {
      env: { ...withoutOurs(), ...this.environment, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => this.log.push(chunk.toString("utf8")));
    }
    const end = Date.now() + 30_000;
    while (!(await answers(`${this.url}/healthz`))) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > end) {
        throw new Error(`The server does not answer at ${this.url}. It printed:\n${this.log.join("")}`);
      }
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  /** Stops it as a supervisor would (or, with SIGKILL, as a power cut would). */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<number | null> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), 12_000);
    const code = await ended;
    clearTimeout(late);
    return code;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.mailbox.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Keeps the Frontdesk of the file that a worker is playing. */
class House {
  private key = "";
  private current: Frontdesk | undefined;

  async open(file: string, wishes: Omit<Wishes, "complaintsExpected">): Promise<Frontdesk> {
    const key = JSON.stringify([file, wishes]);
    if (!this.current || key !== this.key) {
      await this.close();
      this.current = await Frontdesk.open(wishes);
      this.key = key;
    }
    return this.current;
  }

  async close(): Promise<void> {
    await this.current?.close();
    this.current = undefined;
  }
}

/** Waits until the islands of the page answer to clicks. */
export async function alive(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement?.dataset.hydrated !== undefined);
}

/**
 * No violation of WCAG 2.2 A or AA, as far as a machine can tell; each one is named with the elements it concerns. The page is
 * judged once it has settled: no answer on its way, no colour between two others.
 */
export async function expectAccessible(page: Page): Promise<void> {
  // What is in a closed part of the page stands still until that is opened.
  const settled = () => {
    const moves = (animation: Animation) => {
      const target = (animation.effect as KeyframeEffect | null)?.target;
      return animation instanceof CSSTransition && animation.playState === "running" && (target?.checkVisibility() ?? false);
    };
    const fades = (toast: Element) => !["0", "1"].includes(getComputedStyle(toast).opacity);
    const asking = document.querySelector("[aria-busy=true], .check-asking, [data-asking]");
    return !asking && !document.getAnimations().some(moves) && ![...document.querySelectorAll(".toast-line")].some(fades);
  };
  await expect.poll(() => page.evaluate(settled), { message: `${page.url()} settles` }).toBe(true);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((node) => node.html).join("\n    ")}`);
  expect(found, `accessibility of ${page.url()}`).toEqual([]);
}

function sqliteUrl(folder: string): string {
  return `sqlite://${join(folder, "frontdesk.sqlite")}?mode=rwc`;
}

/** In the cluster that `cargo xtask test` has started; it goes when the cluster goes. */
function newPostgresDatabase(): string {
  const { FRONTDESK_TEST_POSTGRES: cluster, FRONTDESK_TEST_PSQL: psql } = process.env;
  if (!cluster) throw new Error("FRONTDESK_TEST_POSTGRES names no cluster: start the journeys by `cargo xtask test journeys`.");
  const name = `journey_${process.pid}_${Date.now()}`;
  execFileSync(psql ?? "psql", ["--quiet", "--no-psqlrc", "--dbname", cluster, "--command", `CREATE DATABASE ${name}`]);
  const url = new URL(cluster);
  url.pathname = `/${name}`;
  return url.toString();
}

/** The environment without settings of the person who runs the tests: every server starts from the defaults. */
function withoutOurs(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("FRONTDESK_") || name === "FRONTDESK_SITE_DIR"));
}

function binary(): string {
  const path = process.env.FRONTDESK_BIN;
  if (!path) throw new Error("FRONTDESK_BIN names no server: start the journeys by `cargo xtask test journeys`.");
  return path;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then((answer) => answer.ok, () => false);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((ready) => probe.listen(0, "127.0.0.1", ready));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}
