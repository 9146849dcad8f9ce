/**
 * XEP-0012: Last Activity, version 2.0.
 *
 * @module
 */
import { xml } from "../xml/element.ts";
import { bareElement, type Call } from "./codec.ts";
import { attribute, readCount } from "./reading.ts";

export const NS = "jabber:iq:last";

export interface LastActivity {
  /** Of a server or component: since it was started (§5). */
  readonly seconds: number;
  /** Last words about it. */
  readonly status?: string;
}

export const lastActivity: Call<void, LastActivity> = {
  type: "get",
  query: bareElement("query", NS),
  reply: {
    name: "query",
    xmlns: NS,
    read(element): LastActivity {
      const status = element.getText();
      return {
        seconds: readCount(attribute(element, "seconds"), 'the attribute "seconds"'),
        ...(status !== "" && { status }),
      };
    },
    write: ({ seconds, status }) => xml("query", { xmlns: NS, seconds: String(seconds) }, status),
  },
};
