import { testRoundTrips } from "../../tests/support/codec.ts";
import { moderated } from "./xep0425.ts";

testRoundTrips(moderated, [
  ["nobody", "<moderated xmlns='urn:xmpp:message-moderate:1'/>", {}],
  [
    "a moderator",
    "<moderated xmlns='urn:xmpp:message-moderate:1' by='room@muc.example.com/macbeth'/>",
    { by: "room@muc.example.com/macbeth" },
  ],
  [
    "a moderator with an occupant id",
    `<moderated xmlns='urn:xmpp:message-moderate:1' by='room@muc.example.com/macbeth'>
      <occupant-id xmlns='urn:xmpp:occupant-id:0' id='dd72603deec90a38ba552f7c68cbcc61bca202cd'/>
    </moderated>`,
    { by: "room@muc.example.com/macbeth", occupantId: "dd72603deec90a38ba552f7c68cbcc61bca202cd" },
  ],
]);
