/** The part of ltx that Annals uses; ltx 3.1.2 ships without types. */
export class Element {
  constructor(name: string, attrs?: Record<string, string> | string);
  /** The name as written, prefix included. */
  name: string;
  parent: Element | null;
  attrs: Record<string, string>;
  children: (Element | string)[];
  /** The name without its prefix. */
  getName(): string;
  getNS(): string | undefined;
  findNS(prefix?: string): string | undefined;
  is(name: string, xmlns?: string): boolean;
  getChild(name: string, xmlns?: string): Element | undefined;
  getChildren(name: string, xmlns?: string): Element[];
  getChildElements(): Element[];
  getChildText(name: string, xmlns?: string): string | null;
  getText(): string;
  cnode<T extends Element | string>(child: T): T;
}
