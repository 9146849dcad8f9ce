import { Changes } from "./changes.ts";

Deno.test("Changes.until() waits until something has become true", async () => {
  const changes = new Changes();
  let done = false;
  const waiting = changes.until(() => done, 60_000);
  changes.tell();
  done = true;
  changes.tell();
  await waiting;
});

Deno.test("Changes.until() waits for no longer than it may, and not at all for what is true", async () => {
  const changes = new Changes();
  await changes.until(() => false, 0);
  await changes.until(() => true, 60_000);
});
