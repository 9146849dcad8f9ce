/**
 * Conversations as servers copy them to an archive.
 *
 * @module
 */
import { NS as NS_FORWARD } from "../../src/wire/xep0297.ts";

const WORDS = "It is the east, and Juliet is the sun. Arise, fair sun, and kill the envious moon".split(" ");

/** Number of contacts of each user. */
const CONTACTS = 20;

/** The server and its component. */
export interface Parties {
  readonly host: string;
  readonly component: string;
}

/** A message on its way. */
export interface Sent {
  readonly number: number;
  /** Full JID. */
  readonly from: string;
  /** Bare JID. */
  readonly to: string;
  readonly stanza: string;
}

/** Copies that a server makes of the stanzas that pass through it. */
export interface Copying {
  /** Returns the stanzas that one message makes it send: copies of it and, where it copies more than messages, of others beside it. */
  copies(sent: Sent, parties: Parties): string;
  /** Returns the stanzas that an archive's own results make it send. */
  copiesOfResults(answers: string, parties: Parties): string;
}

/** mod_firewall: each message once, and no results. */
export const oncePerMessage: Copying = {
  copies: ({ stanza }, { host, component }) => (
    `<message from='${host}' to='${component}/account'><forwarded xmlns='${NS_FORWARD}'>${stanza}</forwarded></message>`
  ),
  copiesOfResults: () => "",
};

/**
 * mod_service_log: every stanza where it is sent and again at each session that receives it. A message comes two or three
 * times and with it, here, a ping and its answer, and presence from every other sender.
 */
export const oncePerHop: Copying = {
  copies({ number, from, to, stanza }, parties): string {
    const { host } = parties;
    const stanzas = [
      `<iq xml:lang='en' to='${host}' from='${from}' type='get' id='p${number}' xmlns='jabber:client'>` +
      `<ping xmlns='urn:xmpp:ping'/></iq>`,
      `<iq to='${from}' from='${host}' type='result' id='p${number}' xmlns='jabber:client'/>`,
      ...Array(number % 3 === 0 ? 3 : 2).fill(stanza),
      ...number % 2 === 0
        ? [
          `<presence from='${from}' to='${to}' xmlns='jabber:client'><show>away</show><priority>5</priority></presence>`,
        ]
        : [],
    ];
    return stanzas.map((copied, hop) => hopCopy(copied, `${number}-${hop}`, parties)).join("");
  },
  copiesOfResults(answers, parties): string {
    const results = answers.matchAll(/<privilege[^>]*><forwarded[^>]*>(.*?)<\/forwarded><\/privilege>/gs);
    return results.map(([, result = ""]) => hopCopy(result, "result", parties).repeat(2)).toArray().join("");
  },
};

function hopCopy(stanza: string, id: string, { host, component }: Parties): string {
  return `<message to='${component}' from='${host}' id='${id}'>` +
    `<forwarded xmlns='${NS_FORWARD}'>${stanza}</forwarded></message>`;
}

/** Messages that people send each other, each to one of a few others, everybody as many as the next. */
export class Talk {
  readonly #people: readonly string[];
  readonly #copying: Copying;
  readonly #parties: Parties;
  #number = 0;

  constructor(people: readonly string[], copying: Copying, parties: Parties) {
    this.#people = people;
    this.#copying = copying;
    this.#parties = parties;
  }

  /** Bare JID of who got the last message. */
  get lastReceiver(): string {
    return this.#message(this.#number).to;
  }

  /** Body of the last message, which no other has. */
  get lastBody(): string {
    return this.#body(this.#number);
  }

  /** Returns the server's stanzas for so many more messages. */
  next(count: number): string {
    const copies = Array.from({ length: count }, () => (
      this.#copying.copies(this.#message(++this.#number), this.#parties)
    ));
    return copies.join("");
  }

  /** About 320 bytes. */
  #message(number: number): Sent {
    const { length } = this.#people;
    const sender = number % length;
    const receiver = (sender + 1 + Math.floor(number / length) % Math.min(CONTACTS, length - 1)) % length;
    const [from, to] = [`${this.#jid(sender)}/phone`, this.#jid(receiver)];
    const id = `${this.#people[sender]}-${number}`;
    const stanza = `<message xml:lang='en' to='${to}' from='${from}' type='chat' id='${id}' xmlns='jabber:client'>` +
      `<body>${this.#body(number)}</body><origin-id xmlns='urn:xmpp:sid:0' id='${id}'/>` +
      `<request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>`;
    return { number, from, to, stanza };
  }

  #jid(person: number): string {
    return `${this.#people[person]}@${this.#parties.host}`;
  }

  #body(number: number): string {
    return `${number} ${WORDS.slice(0, 4 + number * 7 % 12).join(" ")}`;
  }
}
