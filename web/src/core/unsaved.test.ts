import { expect, it } from "vitest";
import { holdUnsaved, saveAll } from "./unsaved";

it("saves what is held, even if some of it can't be saved", async () => {
  const saved: string[] = [];
  const drop = holdUnsaved(async () => void saved.push("gone"));
  holdUnsaved(async () => {
    throw new TypeError("offline");
  });
  holdUnsaved(async () => void saved.push("text"));
  drop();
  await saveAll();
  expect(saved).toEqual(["text"]);
});
