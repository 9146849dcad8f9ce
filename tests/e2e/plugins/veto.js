/** A plugin of one's own: keeps messages out of archives whose body says so. */
export default {
  name: "veto",
  summary: "Leaves out what is whispered",
  start(context) {
    context.on({ name: "archive-should-store" }, ({ message }) => (
      message.getChildText("body")?.startsWith("whisper") ? "whispered" : undefined
    ));
  },
};
