export const name = "no_plugin";
