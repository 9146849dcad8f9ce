/** A plugin of one's own: answers `<hello name='…'/>` with a greeting. */
const NS = "urn:example:hello";

export default {
  name: "hello",
  summary: "Greets whoever asks",
  options: {
    greeting: { type: "text", default: "Hello", doc: "What to say ahead of the name" },
  },
  start(context) {
    context.addFeature(NS);
    const codec = {
      name: "hello",
      xmlns: NS,
      read: (element) => element.attrs.name ?? "stranger",
      write: (text) => context.xml("hello", { xmlns: NS }, text),
    };
    context.hook({ type: "get", query: codec, reply: codec }, (name) => `${context.options.greeting}, ${name}`);
  },
};
