// A mail server that keeps what it is sent, read by parsers that share no code with the sender.
// It can be told to refuse, as mail servers do; it never sends anything on.

import ICAL from "ical.js";
import ical from "node-ical";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";
import type { AddressInfo } from "node:net";

/** A mail that arrived. */
export type Mail = Email & {
  /** The envelope's recipients, which need not be those of the header. */
  envelope: string[];
  /** The source, as it came over the wire. */
  raw: string;
};

/** Which mail is meant; without a subject: any but a reminder. */
export type Wanted = { to?: string; subject?: RegExp | string };

export class Mailbox {
  /** All mails so far, oldest first. */
  readonly mails: Mail[] = [];
  /** While set, every mail is refused with this code: 451 "try again", 550 "never". */
  refuse: number | undefined;
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS", "AUTH"],
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          if (this.refuse) {
            done(Object.assign(new Error("refused by the test"), { responseCode: this.refuse }));
            return;
          }
          const envelope = session.envelope.rcptTo.map((recipient) => recipient.address);
          this.keep(Buffer.concat(chunks), envelope).then(() => done(), done);
        });
      },
    });
  }

  static async open(): Promise<Mailbox> {
    const mailbox = new Mailbox();
    await new Promise<void>((ready) => mailbox.server.listen(0, "127.0.0.1", ready));
    return mailbox;
  }

  /** Where to send to: `smtp://127.0.0.1:PORT`. */
  get url(): string {
    const { port } = this.server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}`;
  }

  /** The mails that have arrived for somebody. */
  find(wanted: Wanted): Mail[] {
    return this.mails.filter((mail) => matches(mail, wanted));
  }

  /** Waits for a mail; answers the newest that matches. */
  async wait(wanted: Wanted, { after = 0, timeout = 15_000 } = {}): Promise<Mail> {
    const end = Date.now() + timeout;
    for (;;) {
      const found = this.mails.slice(after).filter((mail) => matches(mail, wanted)).at(-1);
      if (found) return found;
      if (Date.now() > end) {
        const seen = this.mails.map((mail) => `  ${mail.envelope.join(", ")}: ${mail.subject}`).join("\n");
        throw new Error(`No mail to ${wanted.to} with subject ${wanted.subject} in ${timeout} ms. Arrived:\n${seen}`);
      }
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((closed) => this.server.close(() => closed()));
  }

  private async keep(source: Buffer, envelope: string[]): Promise<void> {
    const mail = await PostalMime.parse(source, { attachmentEncoding: "utf8" });
    this.mails.push({ ...mail, envelope, raw: source.toString("utf8") });
  }
}

function matches(mail: Mail, { to, subject }: Wanted): boolean {
  if (to !== undefined && !mail.envelope.includes(to)) return false;
  if (subject === undefined) return !isReminder(mail);
  const text = mail.subject ?? "";
  return typeof subject === "string" ? text.includes(subject) : subject.test(text);
}

/** Reminders of the demo's own visits come whenever their hour comes. */
export function isReminder(mail: Mail): boolean {
  return /^(This is a reminder of your|Le recordamos su|Wir erinnern Sie an|Nous vous rappelons|Lembramos-lhe a|نذكّرك بموعدك)/m.test(mail.text ?? "");
}

/** The first address in a mail's text that begins with a path, to be visited with `page.goto`. */
export function linkIn(mail: Mail, path: string): string {
  const link = (mail.text ?? "").match(/https?:\/\/[^\s<>"]+/g)?.find((url) => new URL(url).pathname.startsWith(path));
  if (!link) throw new Error(`No link to ${path} in the mail "${mail.subject}":\n${mail.text}`);
  return link;
}

/** The calendar part of a mail: its source, its method, and its single event as an independent parser reads it. */
export function invitationIn(mail: Mail) {
  const part = mail.attachments.find((attachment) => attachment.mimeType === "text/calendar");
  if (!part) throw new Error(`No calendar part in the mail "${mail.subject}".`);
  return calendarIn(typeof part.content === "string" ? part.content : new TextDecoder().decode(part.content));
}

/** An event of a calendar, as the parser of Thunderbird's calendar reads it. */
export type CalendarEvent = {
  uid: string;
  sequence: number;
  status: string;
  summary: string;
  start: Date;
  end: Date;
  /** Any other property, as text. */
  text: (name: string) => string;
};

/** The properties of a calendar and its events, by start; what is no iCalendar throws. */
export function eventsIn(source: string): { calendar: (name: string) => string; events: CalendarEvent[] } {
  const component = new ICAL.Component(ICAL.parse(source));
  const read = (of: ICAL.Component) => (name: string) => String(of.getFirstPropertyValue(name) ?? "");
  const events = component.getAllSubcomponents("vevent").map((vevent) => {
    const event = new ICAL.Event(vevent);
    const [start, end] = [event.startDate.toJSDate(), event.endDate.toJSDate()];
    return { uid: event.uid, sequence: event.sequence, status: read(vevent)("status"), summary: event.summary, start, end, text: read(vevent) };
  });
  return { calendar: read(component), events: events.sort((a, b) => a.start.getTime() - b.start.getTime()) };
}

/** A calendar file with one event, which two parsers that share nothing must read alike. */
export function calendarIn(source: string) {
  const events = Object.values(ical.sync.parseICS(source)).filter((item) => item?.type === "VEVENT");
  if (events.length !== 1) throw new Error(`${events.length} events in the calendar:\n${source}`);
  const [one, other] = [events[0] as ical.VEvent, eventsIn(source).events];
  const same = other.length === 1 && other[0]?.uid === one.uid && other[0]?.start.getTime() === one.start.getTime();
  if (!same) throw new Error(`Two parsers do not agree about the calendar:\n${source}`);
  const line = (name: string) => source.replace(/\r\n[ \t]/g, "").match(new RegExp(`^${name}[;:](.*)$`, "m"))?.[1]?.trim();
  return { source, method: line("METHOD"), uid: line("UID"), sequence: Number(line("SEQUENCE") ?? 0), status: line("STATUS"), event: events[0] as ical.VEvent };
}
