import { replyOf, testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { greetEither, greetRooms, listRoomArchives, retention, roomSettings } from "./companion_rooms.ts";

testRoundTrips(greetRooms.query, [
  ["a greeting of accounts", "<greeting xmlns='annals:companion' version='1'/>", { version: "1" }],
  ["a greeting of rooms", "<greeting xmlns='annals:companion' version='1' rooms='true'/>", {
    version: "1",
    rooms: true,
  }],
]);
testReading(greetRooms.query, [
  ["a greeting that says that it is not of rooms", "<greeting xmlns='annals:companion' version='1' rooms='false'/>", {
    version: "1",
  }],
]);
testRefusals(greetRooms.query, [
  [
    "a greeting without a version",
    "<greeting xmlns='annals:companion' rooms='true'/>",
    "bad-request",
    'Found <greeting/> without the attribute "version"',
  ],
  [
    "a greeting of neither kind",
    "<greeting xmlns='annals:companion' version='1' rooms='some'/>",
    "bad-request",
    'Found "some" in the attribute "rooms", expected "true" or "false"',
  ],
]);

const SETTINGS = { policy: true, strip: [], conversation: [], tombstones: false } as const;
const OF_ROOMS = "<settings policy='true'/></greeting>";

testRoundTrips(replyOf(greetRooms), [
  [
    "the answer to a greeting of rooms",
    `<greeting xmlns='annals:companion' version='1' rooms='true' newest='888888888888888'>
      <feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:mam:2#extended'/>${OF_ROOMS}`,
    {
      version: "1",
      rooms: true,
      newest: 888888888888888,
      features: ["urn:xmpp:mam:2", "urn:xmpp:mam:2#extended"],
      settings: SETTINGS,
    },
  ],
]);
testRefusals(replyOf(greetRooms), [
  [
    "the answer of an Annals that does not know rooms",
    `<greeting xmlns='annals:companion' version='1' newest='0'>${OF_ROOMS}`,
    "bad-request",
    'Found <greeting/> of accounts, expected the attribute rooms="true"',
  ],
]);

testRoundTrips(replyOf(greetEither), [
  [
    "the answer to a greeting of accounts",
    `<greeting xmlns='annals:companion' version='1' newest='0'>${OF_ROOMS}`,
    { version: "1", newest: 0, features: [], settings: { policy: true, strip: [], conversation: [] } },
  ],
  [
    "the answer to a greeting of rooms, too",
    `<greeting xmlns='annals:companion' version='1' rooms='true' newest='0'>${OF_ROOMS}`,
    { version: "1", rooms: true, newest: 0, features: [], settings: SETTINGS },
  ],
]);

testRoundTrips(roomSettings, [
  ["nothing of rooms", "<settings xmlns='annals:companion' policy='true'/>", SETTINGS],
  [
    "everything",
    `<settings xmlns='annals:companion' policy='true' retention='7776000' tombstones='true' max-age='86400'>
      <strip namespace='a'/><keep namespace='jabber:client' name='body' as='body'/>
    </settings>`,
    {
      policy: true,
      strip: ["a"],
      conversation: [{ namespace: "jabber:client", name: "body", as: "body" }],
      retention: 7776000,
      tombstones: true,
      maxAge: 86400,
    },
  ],
]);
testRefusals(roomSettings, [
  [
    "a retention that is none",
    "<settings xmlns='annals:companion' policy='true' retention='never'/>",
    "bad-request",
    'Found "never" in the attribute "retention", expected an integer that is not negative',
  ],
]);

testRoundTrips(listRoomArchives.query, [
  ["the first", "<archives xmlns='annals:companion'/>", undefined],
  ["those after a room", "<archives xmlns='annals:companion' after='coffee'/>", "coffee"],
]);
testRoundTrips(replyOf(listRoomArchives), [
  [
    "rooms",
    "<archives xmlns='annals:companion'><archive room='tea' retention='604800'/><archive room='water'/></archives>",
    [{ room: "tea", retention: 604800 }, { room: "water" }],
  ],
  ["the end", "<archives xmlns='annals:companion'/>", []],
]);
testRefusals(replyOf(listRoomArchives), [
  [
    "users",
    "<archives xmlns='annals:companion'><archive user='carol'/></archives>",
    "bad-request",
    'Found <archive/> without the attribute "room"',
  ],
]);

testRoundTrips(retention, [
  ["a room's own", "<retention xmlns='annals:companion' room='tea' seconds='604800'/>", {
    room: "tea",
    seconds: 604800,
  }],
  ["none of its own", "<retention xmlns='annals:companion' room='tea'/>", { room: "tea" }],
]);
testRefusals(retention, [
  [
    "no room",
    "<retention xmlns='annals:companion' room=''/>",
    "bad-request",
    'Found "" in the attribute "room", expected a local part',
  ],
]);
