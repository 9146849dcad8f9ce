export default {
  name: "rival",
  summary: "Declares an option that mam has",
  options: { default_archive_policy: { type: "flag", default: false, doc: "Whether to archive" } },
  start() {},
};
