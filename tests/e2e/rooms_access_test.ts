import { assertEquals } from "@std/assert";
import type { Client } from "../support/client.ts";
import type { ScriptedComponent } from "../support/scripted_component.ts";
import {
  affiliate,
  answer,
  asked,
  configure,
  featuresOf,
  join,
  onRooms,
  ROOMS,
  type RoomStage,
} from "./rooms_stage.ts";

const QUERY = "<query xmlns='urn:xmpp:mam:2' queryid='q'/>";
const METADATA = "<metadata xmlns='urn:xmpp:mam:2'/>";
const FIN = "<fin xmlns='urn:xmpp:mam:2' complete='true'/>";

/** The outcome of a query: refused, or passed on with or without the right to see real JIDs. */
type Outcome = "forbidden" | "read" | "JIDs";

/** Kinds of rooms. */
const KINDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  open: {},
  members: { "muc#roomconfig_membersonly": "1" },
  password: { "muc#roomconfig_roomsecret": "tea" },
  hidden: { "muc#roomconfig_publicroom": "0" },
};

/** Requesters: each has left the room, but for those who are named as occupants. */
const ASKERS = [
  "owner",
  "member",
  "occupant",
  "the occupant's other session",
  "moderator for now",
  "outsider",
  "outcast",
];

/** Rights of each in a room where only moderators see real JIDs. */
const MAY: Readonly<Record<string, readonly Outcome[]>> = {
  open: ["JIDs", "read", "read", "read", "JIDs", "read", "forbidden"],
  password: ["JIDs", "read", "read", "read", "JIDs", "forbidden", "forbidden"],
  hidden: ["JIDs", "read", "read", "read", "JIDs", "forbidden", "forbidden"],
  // Without an affiliation nobody is in such a room.
  members: ["JIDs", "read", "forbidden", "forbidden", "forbidden", "forbidden", "forbidden"],
};

/** Asks, and tells what became of it. */
async function outcomeOf(
  client: Client,
  component: ScriptedComponent,
  room: string,
  [type, payload]: readonly ["get" | "set", string],
): Promise<Outcome> {
  const id = client.uniqueId();
  await client.send(`<iq type='${type}' id='${id}' to='${room}'>${payload}</iq>`);
  await client.settle();
  const refusal = client.drain().find(({ attrs }) => attrs.id === id);
  if (refusal !== undefined) {
    const error = refusal.getChild("error");
    assertEquals([error?.attrs.type, error?.getChild("forbidden") !== undefined], ["auth", true]);
    return "forbidden";
  }
  const request = await asked(component);
  assertEquals([request.iq.attrs.from, request.iq.attrs.to, request.mark.archive], [client.jid, room, "room"]);
  await answer(component, request, FIN);
  await client.receive(({ attrs }) => attrs.id === id, "the answer");
  return request.mark.jids === "true" ? "JIDs" : "read";
}

/** Brings everybody into a room, of which only the occupants stay. */
async function fill(stage: RoomStage, room: string): Promise<Record<string, Client>> {
  const owner = await stage.enter("alice");
  await join(owner, "Alice", { room });
  const [member, occupant, other, moderator, outcast] = [
    await stage.enter("bob"),
    await stage.enter("carol"),
    await stage.enter("carol"),
    await stage.enter("dave"),
    await stage.enter("erin"),
  ];
  await affiliate(owner, "bob@example.test", "member", room);
  await affiliate(owner, "erin@example.test", "outcast", room);
  await join(occupant, "Carol", { room });
  await join(moderator, "Dave", { room });
  await owner.request(
    "set",
    "<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='Dave' role='moderator'/></query>",
    room,
  );
  const outsider = await stage.enter("frank");
  return {
    owner,
    member,
    occupant,
    "the occupant's other session": other,
    "moderator for now": moderator,
    outsider,
    outcast,
  };
}

for (const [kind, fields] of Object.entries(KINDS)) {
  for (const whois of ["moderators", "anyone"]) {
    onRooms(`who may read, and see real JIDs: ${kind}, ${whois}`, async (stage) => {
      const component = await stage.welcome();
      const room = `${kind}@${ROOMS}`;
      const people = await fill(stage, room);
      const { owner } = people;
      if (owner === undefined) throw new Error("Found no owner");
      await configure(owner, { "muc#roomconfig_whois": whois, "muc#roomconfig_persistentroom": "1", ...fields }, room);
      // The archive of a room of this name that was before; until it is gone, nobody is answered.
      const early = await owner.request("set", QUERY, room);
      assertEquals(early.getChild("error")?.attrs.type, "wait");
      await component.acknowledge((await component.told("deleted")).attrs.seq ?? "");
      await component.settle();
      const found: Record<string, Outcome[]> = {};
      for (const asker of ASKERS) {
        const client = people[asker];
        if (client === undefined) throw new Error(`Found no ${asker}`);
        found[asker] = [];
        for (const question of [["set", QUERY], ["get", QUERY], ["get", METADATA]] as const) {
          found[asker].push(await outcomeOf(client, component, room, question));
        }
      }
      const expected = ASKERS.map((asker, at): [string, Outcome[]] => {
        const outcome = MAY[kind]?.[at] ?? "forbidden";
        return [asker, Array(3).fill(whois === "anyone" && outcome === "read" ? "JIDs" : outcome)];
      });
      assertEquals(found, Object.fromEntries(expected));
    });
  }
}

onRooms("what holds when a request is passed on decides, not what held when it came", async (stage) => {
  const alice = await stage.enter("alice");
  const bob = await stage.enter("bob");
  const room = `open@${ROOMS}`;
  await join(alice, "Alice", { room });
  const id = bob.uniqueId();
  await bob.send(`<iq type='set' id='${id}' to='${room}'>${QUERY}</iq>`);
  await bob.settle();
  await affiliate(alice, "bob@example.test", "outcast", room);
  await stage.welcome();
  const refusal = await bob.receive(({ attrs }) => attrs.id === id, "the answer");
  assertEquals(refusal.getChild("error")?.getChild("forbidden") !== undefined, true);
}, { hold: 60 });

onRooms("a room that is not archived announces no archive, and has none", async (stage) => {
  await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice", { room: `tea@${ROOMS}` });
  const mam = ["urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:message-moderate:1"];
  assertEquals((await featuresOf(alice)).filter((name) => mam.includes(name)), mam);
  await configure(alice, { "muc#roomconfig_enablearchiving": "0" });
  const features = await featuresOf(alice);
  assertEquals(features.filter((name) => mam.includes(name)), []);
  assertEquals(features.filter((name) => name === "urn:xmpp:sid:0"), ["urn:xmpp:sid:0"]);
  const answer = await alice.request("set", QUERY, `tea@${ROOMS}`);
  assertEquals(answer.getChild("error")?.getChild("service-unavailable") !== undefined, true);
});

onRooms("a room that is not there has no archive", async (stage) => {
  await stage.welcome();
  const alice = await stage.enter("alice");
  const answer = await alice.request("set", QUERY, `nowhere@${ROOMS}`);
  assertEquals(answer.getChild("error")?.getChild("item-not-found") !== undefined, true);
});
