import { testRoundTrips } from "../../tests/support/codec.ts";
import { ping } from "./xep0199.ts";

testRoundTrips(ping.query, [["a ping", "<ping xmlns='urn:xmpp:ping'/>", undefined]]);
