import { describe, expect, it } from "vitest";
import { messageOf as message } from "../testing/messages";
import { answeredBy, hiddenBy, isUnanswered, otherVersion } from "./lines";
import { begun, isOver, type Live, withEvent } from "./live";
import type { Held } from "./outbox";
import { linesOf, type Parts } from "./thread";
import type { Message, RecalledPassage, TurnEvent } from "./types";

const passage: RecalledPassage = {
  message: "old",
  conversation: "b",
  by: "person",
  speaker: null,
  text: "Ana lives in Porto",
  at: 1,
  score: 1,
  reasons: ["words: ana"],
};

const EVENTS: TurnEvent[] = [
  { type: "accepted", id: 1, turn: "t", conversation: "c", message: "w" },
  { type: "recalled", id: 2, passages: [passage], facts: [], parts: [] },
  { type: "delta", id: 3, text: "In " },
  { type: "delta", id: 4, text: "Porto." },
  { type: "done", id: 5, message: "r", status: "complete", model: "m", usage: null, cut: null },
];

const atEvent = (count: number, live = begun("t", "c", { words: "Where?" })): Live =>
  EVENTS.slice(0, count).reduce(withEvent, live);

const lines = (parts: Partial<Parts>) =>
  linesOf({ messages: [], live: null, held: [], recollections: new Map(), atEnd: true, ...parts });
const shown = (parts: Partial<Parts>) =>
  lines(parts).map(({ by, text, state }) => `${by}: ${text} (${state})`);

describe("a turn", () => {
  it("is folded from its events", () => {
    expect([0, 1, 2, 3, 4, 5].map((count) => atEvent(count).state)).toEqual([
      "sending",
      "thinking",
      "thinking",
      "replying",
      "replying",
      "done",
    ]);
    expect(atEvent(5)).toMatchObject({
      text: "In Porto.",
      reply: "r",
      message: "w",
      passages: [passage],
    });
    expect([atEvent(4), atEvent(5)].map(isOver)).toEqual([false, true]);
  });

  it("shows the help that is offered before there is a reply, and keeps it", () => {
    const help = {
      level: 2,
      kind: "suicide",
      about: "self",
      country: "US",
      emergency: "911",
      lines: [],
      text: "card",
      language: "en",
    };
    const offered = withEvent(atEvent(1), { type: "help", id: 2, fixed: false, ...help });
    const noticed = withEvent(offered, { type: "notice", id: 3, text: "An AI." });
    const [said, reply] = lines({ live: noticed });
    expect(said?.help).toMatchObject(help);
    expect(reply).toMatchObject({ help: null, notice: "An AI.", state: "thinking" });
    expect(lines({ messages: [message("w", "person", { help })] })[0]?.help).toEqual(help);
  });

  it("says what a specialist does until the reply comes, and what it made", () => {
    const working = withEvent(atEvent(1), { type: "working", id: 2, text: "Drawing…" });
    expect(working).toMatchObject({ working: "Drawing…", state: "thinking" });
    const replied = withEvent(working, { type: "delta", id: 3, text: "Here." });
    expect(replied.working).toBeNull();
    const made = withEvent(replied, {
      type: "artifact",
      id: 4,
      artifact: "a",
      version: "v",
      artifact_type: "plan",
      title: "House",
    });
    const artifact = { id: "a", type: "plan" as const, title: "House" };
    expect(made.artifact).toEqual({ ...artifact, version: "v" });
    expect(lines({ live: working }).at(-1)).toMatchObject({ working: "Drawing…", artifact: null });
    expect(lines({ live: made }).at(-1)).toMatchObject({ working: null, artifact });
    expect(lines({ messages: [message("r", "tau", { artifact })] })[0]).toMatchObject({ artifact });
  });

  it("leaves out an event of a newer Tau", () => {
    const live = atEvent(1);
    expect(withEvent(live, { type: "later", id: 2 } as unknown as TurnEvent)).toBe(live);
  });

  it("keeps what was said when it fails", () => {
    const failed = withEvent(atEvent(3), {
      type: "failed",
      id: 4,
      code: "model_interrupted",
      sentence: "The model broke off.",
      message: "r",
      retry_after_seconds: null,
    });
    expect(failed).toMatchObject({
      state: "failed",
      text: "In ",
      reply: "r",
      failure: { code: "model_interrupted", sentence: "The model broke off." },
    });
  });
});

describe("the lines of a conversation", () => {
  it("show words at once, then the reply as it grows", () => {
    expect(shown({ live: atEvent(0) })).toEqual(["person: Where? (sending)", "tau:  (thinking)"]);
    expect(shown({ live: atEvent(1) })).toEqual(["person: Where? (written)", "tau:  (thinking)"]);
    expect(shown({ live: atEvent(3) })).toEqual([
      "person: Where? (written)",
      "tau: In  (replying)",
    ]);
  });

  it("never show words or a reply twice when the server tells them too", () => {
    const said = message("w", "person", { text: "Where?" });
    expect(shown({ messages: [said], live: atEvent(3) })).toEqual([
      "person: Where? (written)",
      "tau: In  (replying)",
    ]);
    const reply = message("r", "tau", { text: "In Porto.", parent: "w" });
    expect(shown({ messages: [said, reply], live: atEvent(5) })).toEqual([
      "person: Where? (written)",
      "tau: In Porto. (written)",
    ]);
  });

  it("keep one identity for the words and the reply, from the first to the last", () => {
    expect(lines({ live: atEvent(2) })[0]?.id).toBe("w");
    expect(lines({ live: atEvent(5) })[1]?.id).toBe("r");
  });

  it("keep one key through a turn, so that what one does there is not interrupted", () => {
    const messages = [message("w", "person", { turn: "t" }), message("r", "tau", { turn: "t" })];
    const keys = [0, 1, 3, 5].map((count) => lines({ live: atEvent(count) }).map((one) => one.key));
    expect(new Set([...keys, lines({ messages }).map((one) => one.key)].map(String)).size).toBe(1);
  });

  it("show what was said elsewhere after a reply that failed here", () => {
    const messages = [message("w", "person"), message("x", "person"), message("y", "tau")];
    const failed: Live = { ...atEvent(3), state: "failed" };
    expect(shown({ messages, live: failed })).toEqual([
      "person: w (written)",
      "person: x (written)",
      "tau: y (written)",
    ]);
  });

  it("show the thoughts and the model of a reply in progress, which take nothing of the reply", () => {
    const events: TurnEvent[] = [
      ...EVENTS.slice(0, 2),
      { type: "answering", id: 3, model: "tiny", instead_of: "big" },
      { type: "thought", id: 4, text: "Who " },
      { type: "thought", id: 5, text: "is Ana?" },
    ];
    const live = events.reduce(withEvent, begun("t", "c", { words: "Where?" }));
    expect(lines({ live })[1]).toMatchObject({
      text: "",
      state: "thinking",
      thoughts: "Who is Ana?",
      standIn: { model: "tiny", insteadOf: "big" },
    });
  });

  it("show a reply that was revised as it is now", () => {
    const revised: TurnEvent = { type: "revised", id: 5, text: "In Porto" };
    expect(lines({ live: withEvent(atEvent(4), revised) })[1]?.text).toBe("In Porto");
  });

  it("say that a stored reply was cut, and who stood in for the chosen model", () => {
    const reply = message("r", "tau", { cut: "repetition", instead_of: "big", model: "tiny" });
    expect(lines({ messages: [reply] })[0]).toMatchObject({
      isCut: true,
      standIn: { model: "tiny", insteadOf: "big" },
      state: "written",
    });
    expect(lines({ messages: [message("s", "tau", { model: "tiny" })] })[0]?.standIn).toBeNull();
  });

  it("let an edit take the place of what it edits, and all after it", () => {
    const messages = [
      message("a", "person"),
      message("b", "tau"),
      message("c", "person"),
      message("d", "tau"),
    ];
    const live = begun("t", "c", { words: "C!", edits: "c" });
    expect(shown({ messages, live })).toEqual([
      "person: a (written)",
      "tau: b (written)",
      "person: C! (sending)",
      "tau:  (thinking)",
    ]);
  });

  it("let another reply take the place of the one before", () => {
    const messages = [message("w", "person"), message("r0", "tau")];
    const live = begun("t", "c", { message: "w", state: "thinking" });
    expect(shown({ messages, live })).toEqual(["person: w (written)", "tau:  (thinking)"]);
  });

  it("never bring back what an edit or a retry hides, though the messages are fetched late", () => {
    const stale = [message("a", "person"), message("b", "tau"), message("c", "person")];
    const late = [...stale, message("d", "tau")];
    const edit = begun("t", "c", { words: "A!", edits: "a" });
    const retry = begun("t", "c", { message: "a", state: "thinking" });
    const fresh = [message("w", "person", { turn: "t" })];
    for (const count of [0, 1, 3, 4, 5]) {
      const live = atEvent(count, edit);
      expect(lines({ messages: late, live }).map((one) => one.key)).toEqual(["person t", "tau t"]);
      expect(lines({ messages: fresh, live }).map((one) => one.key)).toEqual(["person t", "tau t"]);
      const again = { ...atEvent(count, retry), message: "a" };
      expect(lines({ messages: late, live: again }).map((one) => one.key)).toEqual(["a", "tau t"]);
    }
    const stopped = { ...atEvent(3, edit), state: "stopped" } as Live;
    expect(shown({ messages: late, live: stopped })).toEqual([
      "person: A! (written)",
      "tau: In  (stopped)",
    ]);
  });

  it("show words that wait, once", () => {
    const held: Held[] = [{ turn: "h", conversation: "c", words: "Later", person: "p", at: 1 }];
    expect(shown({ held })).toEqual(["person: Later (held)"]);
    expect(shown({ held, live: begun("h", "c", { words: "Later" }) })).toEqual([
      "person: Later (sending)",
      "tau:  (thinking)",
    ]);
  });

  it("show neither a live reply nor waiting words in the middle of the past", () => {
    const held: Held[] = [{ turn: "h", conversation: "c", words: "Later", person: "p", at: 1 }];
    expect(
      shown({ messages: [message("a", "person")], live: atEvent(3), held, atEnd: false }),
    ).toEqual(["person: a (written)"]);
  });

  it("remember why things came to mind for replies made while one looked", () => {
    const reply = message("r", "tau", { recalled: [{ ...passage }] });
    const recollections = new Map([
      [
        "r",
        {
          conversation: "c",
          passages: [passage],
          notes: [],
          forgetting: null,
          notice: null,
          suggestion: null,
        },
      ],
    ]);
    expect(lines({ messages: [reply], recollections })[0]?.recalled[0]?.reasons).toEqual([
      "words: ana",
    ]);
  });

  it("show the facts that were recalled for the words", () => {
    const known = { id: "f", text: "Ana: Porto", about: "Ana", said_on: 1, sources: ["old"] };
    const live = withEvent(atEvent(1), {
      type: "recalled",
      id: 2,
      passages: [],
      facts: [known],
      parts: [],
    });
    expect(lines({ live })[1]?.facts.map((fact) => fact.id)).toEqual(["f"]);
  });

  it("keep what still stands of the notes, and streamed ones about other messages", () => {
    const asked = {
      kind: "asks" as const,
      fact: "q",
      message: "m",
      topic: "instruction" as const,
      about: "",
      text: "Answer in German",
      replaces: null,
      question: "Shall I always do this?",
    };
    const learned = { ...asked, fact: "n", text: "Likes tea", kind: "learned" as const };
    const late = { ...learned, fact: "l", message: "earlier" };
    const undone = { ...learned, fact: "u" };
    const decided = { ...asked, fact: "old" };
    const forgetting = { messages: ["m"], facts: [] };
    const notes = [decided, learned, late, undone];
    const reply = message("r", "tau", { parent: "m", notes: [asked, learned] });
    const recollections = new Map([
      ["r", { conversation: "c", passages: [], notes, forgetting, notice: null, suggestion: null }],
    ]);
    const [line] = lines({ messages: [reply], recollections });
    expect(line?.notes).toEqual([asked, learned, late]);
    expect(line?.forgetting).toEqual(forgetting);
    const live = withEvent(atEvent(1), { type: "notes", id: 3, notes });
    expect(lines({ live })[1]?.notes).toEqual(notes);
  });

  it("gain what was streamed when the reply was read before the end of its stream", () => {
    const messages = [message("w", "person"), message("r", "tau", { parent: "w" })];
    expect(lines({ messages })[1]?.suggestion).toBeNull();
    const suggestion = { expert: "writing", question: "Shall we?" };
    const kept = { conversation: "c", passages: [], notes: [], forgetting: null, notice: null };
    const recollections = new Map([["r", { ...kept, suggestion }]]);
    expect(lines({ messages, recollections })[1]?.suggestion).toEqual(suggestion);
  });

  it("are the same objects while nothing changes, so that nothing is drawn again", () => {
    const messages = [message("a", "person"), message("b", "tau")];
    expect(lines({ messages })[1]).toBe(lines({ messages })[1]);
  });

  it("tell what was stopped and what was cut off", () => {
    const messages = [
      message("a", "tau", { status: "stopped" }),
      message("b", "tau", { status: "interrupted" }),
    ];
    expect(lines({ messages }).map((line) => line.state)).toEqual(["stopped", "interrupted"]);
  });
});

describe("words without a reply", () => {
  const words = lines({ messages: [message("w", "person")] });

  it("are told where nothing is being made", () => expect(isUnanswered(words, null)).toBe(true));
  it("are not while a reply is made", () => expect(isUnanswered(words, atEvent(1))).toBe(false));
  it("are after a failure", () => {
    expect(isUnanswered(words, { ...atEvent(1), state: "failed" })).toBe(true);
  });
  it("are not where Tau had the last word", () => {
    expect(isUnanswered(lines({ messages: [message("r", "tau")] }), null)).toBe(false);
  });
});

describe("the words that a reply answers", () => {
  it("are those above it, unless they were forgotten", () => {
    const messages = [message("w", "person"), message("r", "tau"), message("s", "tau")];
    expect([0, 1, 2].map((at) => answeredBy(lines({ messages }), at))).toEqual([null, "w", null]);
  });
});

describe("versions of a message", () => {
  const messages = [
    message("b", "person", { version: 2, versions: ["a", "b", "c"] }),
    message("r", "tau"),
    message("d", "person"),
  ];
  const [edited, reply] = lines({ messages });

  it("have one before and one after, but at the ends", () => {
    expect(edited && [otherVersion(edited, -1), otherVersion(edited, 1)]).toEqual(["a", "c"]);
    expect(reply && [otherVersion(reply, -1), otherVersion(reply, 1)]).toEqual([null, null]);
  });
  it("are none in a thread that an older version kept", () => {
    const old = message("o", "person");
    const [line] = lines({ messages: [{ ...old, versions: undefined } as unknown as Message] });
    expect(line?.versions).toEqual([]);
  });
  it("take with them what is below", () => {
    expect(["b", "d", "nobody"].map((id) => hiddenBy(lines({ messages }), id))).toEqual([2, 0, 0]);
  });
});
