/**
 * XEP-0092: Software Version, version 1.1.
 *
 * @module
 */
import { xml } from "../xml/element.ts";
import { bareElement, type Call } from "./codec.ts";
import { onlyChild, optionalText } from "./reading.ts";

export const NS = "jabber:iq:version";

export interface SoftwareVersion {
  readonly name: string;
  readonly version: string;
  readonly os?: string;
}

export const softwareVersion: Call<void, SoftwareVersion> = {
  type: "get",
  query: bareElement("query", NS),
  reply: {
    name: "query",
    xmlns: NS,
    read(element): SoftwareVersion {
      const os = optionalText(element, "os", NS);
      return {
        name: onlyChild(element, "name", NS).getText(),
        version: onlyChild(element, "version", NS).getText(),
        ...(os !== undefined && { os }),
      };
    },
    write: ({ name, version, os }) =>
      xml(
        "query",
        { xmlns: NS },
        xml("name", {}, name),
        xml("version", {}, version),
        os === undefined ? undefined : xml("os", {}, os),
      ),
  },
};
