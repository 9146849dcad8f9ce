import { testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { retract, retracted } from "./xep0424.ts";

const NS = "urn:xmpp:message-retract:1";

/** XEP-0425 §"Success case". */
const MODERATION = `
  <moderated xmlns='urn:xmpp:message-moderate:1' by='room@muc.example.com/macbeth'>
    <occupant-id xmlns='urn:xmpp:occupant-id:0' id='dd72603d'/>
  </moderated>
  <reason>This message contains inappropriate content for this forum</reason>`;
const moderation = {
  moderated: { by: "room@muc.example.com/macbeth", occupantId: "dd72603d" },
  reason: "This message contains inappropriate content for this forum",
};

testRoundTrips(retract, [
  ["an id", `<retract xmlns='${NS}' id='wrong-recipient-1'/>`, { id: "wrong-recipient-1" }],
  ["a moderation", `<retract xmlns='${NS}' id='stanza-id-1'>${MODERATION}</retract>`, {
    id: "stanza-id-1",
    ...moderation,
  }],
]);

testRefusals(retract, [
  ["no id", `<retract xmlns='${NS}'/>`, "bad-request", 'Found <retract/> without the attribute "id"'],
]);

const stamp = Date.UTC(2019, 8, 20, 23, 9, 32);

testRoundTrips(retracted, [
  ["nothing", `<retracted xmlns='${NS}'/>`, {}],
  ["a retraction", `<retracted xmlns='${NS}' id='retract-message-1' stamp='2019-09-20T23:09:32.000Z'/>`, {
    id: "retract-message-1",
    stamp,
  }],
  ["a moderation", `<retracted xmlns='${NS}' stamp='2019-09-20T23:09:32.000Z'>${MODERATION}</retracted>`, {
    stamp,
    ...moderation,
  }],
]);
