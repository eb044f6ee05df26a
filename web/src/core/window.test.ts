import { describe, expect, it } from "vitest";
import { messageOf } from "../testing/messages";
import type { Message, MessagePage } from "./types";
import {
  askedAgain,
  MOST_MESSAGES,
  type Window,
  windowOf,
  withEarlier,
  withLater,
  withLatest,
} from "./window";

const message = (number: number): Message =>
  messageOf(`m${number}`, number % 2 ? "person" : "tau", { at: number });

/** A server with messages 1 to `count`. */
const page = (from: number, to: number, count: number): MessagePage => ({
  messages: Array.from({ length: to - from + 1 }, (_, at) => message(from + at)),
  earlier: from > 1 ? `m${from}` : null,
  later: to < count ? `m${to}` : null,
});

const ids = (window: Window) => [window.messages[0]?.id, window.messages.at(-1)?.id];

describe("a window", () => {
  it("grows at both ends", () => {
    const middle = windowOf(page(41, 60, 100));
    const back = withEarlier(middle, page(21, 40, 100));
    expect([...ids(back), back.earlier, back.later]).toEqual(["m21", "m60", "m21", "m60"]);
    const on = withLater(back, page(61, 100, 100));
    expect([...ids(on), on.earlier, on.later]).toEqual(["m21", "m100", "m21", null]);
  });

  it("is read anew as a whole, where it is", () => {
    expect(askedAgain(windowOf(page(21, 100, 100)))).toEqual({ limit: 80 });
    expect(askedAgain(windowOf(page(21, 80, 100)))).toEqual({ limit: 60, around: "m51" });
    expect(askedAgain(windowOf(page(1, 2, 2)))).toEqual({ limit: 40 });
  });

  it("knows when it reached the beginning", () => {
    expect(withEarlier(windowOf(page(11, 20, 20)), page(1, 10, 20)).earlier).toBeNull();
  });

  it("never holds more than it may, and reads on from where it let go", () => {
    let window = windowOf(page(9_961, 10_000, 10_000));
    for (let to = 9_960; to > 9_000; to -= 20)
      window = withEarlier(window, page(to - 19, to, 10_000));
    expect(window.messages).toHaveLength(MOST_MESSAGES);
    expect(window.later).toBe(window.messages.at(-1)?.id);
    const last = Number(window.later?.slice(1));
    window = withLater(window, page(last + 1, last + 20, 10_000));
    expect(window.messages).toHaveLength(MOST_MESSAGES);
    expect(window.earlier).toBe(window.messages[0]?.id);
    const numbers = window.messages.map((one) => one.at);
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] as number) + at));
  });

  it("takes in what is new at its end", () => {
    const before = withEarlier(windowOf(page(61, 100, 100)), page(41, 60, 100));
    const after = withLatest(before, page(63, 102, 102));
    expect([...ids(after), after.earlier, after.later]).toEqual(["m41", "m102", "m41", null]);
  });

  it("keeps the very messages it had", () => {
    const before = withEarlier(windowOf(page(61, 100, 100)), page(41, 60, 100));
    expect(withLatest(before, page(63, 102, 102)).messages[0]).toBe(before.messages[0]);
  });

  it("begins anew where too much was said meanwhile", () => {
    const after = withLatest(windowOf(page(1, 40, 40)), page(161, 200, 200));
    expect([...ids(after), after.earlier]).toEqual(["m161", "m200", "m161"]);
  });

  it("follows an edit: what the new branch lacks is gone", () => {
    const edited = { ...page(1, 3, 3), messages: [message(1), message(2), message(9)] };
    expect(withLatest(windowOf(page(1, 6, 6)), edited).messages.map((one) => one.id)).toEqual([
      "m1",
      "m2",
      "m9",
    ]);
  });

  it("takes nothing twice", () => {
    const window = withEarlier(windowOf(page(11, 20, 20)), page(5, 14, 20));
    expect(window.messages.map((one) => one.at)).toEqual([
      5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    ]);
  });

  it("may be empty", () => {
    const empty = windowOf({ messages: [], earlier: null, later: null });
    expect(withLatest(empty, page(1, 2, 2)).messages).toHaveLength(2);
    expect(
      withLatest(windowOf(page(1, 2, 2)), { messages: [], earlier: null, later: null }).messages,
    ).toEqual([]);
  });
});
