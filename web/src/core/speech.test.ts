import { afterEach, describe, expect, it, vi } from "vitest";
import { session } from "./session";
import {
  canListen,
  canSpeak,
  languageOfText,
  listen,
  speak,
  spoken,
  stopSpeaking,
  unmarked,
} from "./speech";

afterEach(() => {
  vi.unstubAllGlobals();
  spoken.set(null);
});

describe("what is read aloud", () => {
  it("is the words, without marks and code", () => {
    const text =
      "# Title\n\nSome **bold** and `code`, [a link](https://example.org).\n\n- one\n2. two\n\n```js\nlet a;\n```\n\n> end";
    expect(unmarked(text).split(/\s+/).join(" ")).toBe(
      "Title Some bold and code, a link. one two end",
    );
  });

  it("leaves out a fence that never ends", () => {
    expect(unmarked("Before\n```\ncode\nmore code")).toBe("Before");
  });

  it("is read in Chinese where it is Chinese", () => {
    expect(languageOfText("今天天气很好 (sunny)", "en")).toBe("zh-CN");
    expect(languageOfText("The word 好 means good, and that is all.", "en")).toBe("en");
  });
});

describe("reading", () => {
  class Utterance {
    lang = "";
    onend: (() => void) | null = null;
    constructor(readonly text: string) {}
  }

  it("is of one line at a time, and ends", () => {
    const said: Utterance[] = [];
    vi.stubGlobal("SpeechSynthesisUtterance", Utterance);
    vi.stubGlobal("speechSynthesis", {
      speak: (one: Utterance) => said.push(one),
      cancel: vi.fn(),
    });
    expect(canSpeak()).toBe(true);
    speak("a", "One", "en");
    speak("b", "Two", "en");
    said[0]?.onend?.(); // the browser tells late that the first was broken off
    expect([spoken.get(), said.map((one) => one.text)]).toEqual(["b", ["One", "Two"]]);
    said[1]?.onend?.();
    expect(spoken.get()).toBeNull();
  });

  it("ends when its listener leaves", () => {
    const cancel = vi.fn();
    vi.stubGlobal("speechSynthesis", { cancel });
    spoken.set("a");
    session.set({ state: "out", ended: false });
    expect([spoken.get(), cancel.mock.calls.length]).toEqual([null, 1]);
    session.set({ state: "asking" });
  });

  it("is not offered where the browser does not", () => {
    vi.stubGlobal("speechSynthesis", undefined);
    expect(canSpeak()).toBe(false);
    stopSpeaking();
  });
});

describe("dictation", () => {
  let recognition: {
    onresult: ((event: unknown) => void) | null;
    onend: () => void;
    stop: () => void;
  };
  let words: string;
  const ended = vi.fn();

  function begin(written = "") {
    class Recognition {
      lang = "";
      start = vi.fn();
      stop = vi.fn();
      onresult = null;
      onend = () => undefined;
      constructor() {
        recognition = this as never;
      }
    }
    vi.stubGlobal("webkitSpeechRecognition", Recognition);
    words = written;
    const onWords = (next: string) => {
      words = next;
    };
    return listen("en", { words: () => words, onWords, onEnd: ended });
  }

  /** What is heard, from the beginning; what ends with an ellipsis is still a guess. */
  const hear = (...said: string[]) =>
    recognition.onresult?.({
      results: said.map((text) =>
        Object.assign([{ transcript: text.replace("…", "") }], { isFinal: !text.endsWith("…") }),
      ),
    });

  it("writes what is heard after what was written, and tells when it is over", () => {
    const listening = begin("Dear Tau,");
    hear("my sis…");
    hear("my sister…");
    expect(words).toBe("Dear Tau, my sister");
    listening?.stop();
    hear("my sister", " Ana");
    expect(words).toBe("Dear Tau, my sister Ana");
    recognition.onend();
    expect(ended).toHaveBeenCalledOnce();
  });

  it("leaves what is typed meanwhile", () => {
    begin();
    hear("my sis…");
    words = "Well, my sis (older)";
    hear("my sister");
    expect(words).toBe("Well, my sister (older)");
    words = "Something else";
    hear("my sister", " came…");
    expect(words).toBe("Something else came");
  });

  it("writes no spaces into Chinese", () => {
    begin("今天");
    hear("天气");
    hear("天气", "很好");
    expect(words).toBe("今天天气很好");
  });

  it("writes nothing more once the words are sent", () => {
    const listening = begin();
    hear("my sister…");
    listening?.drop();
    words = "";
    hear("my sister Ana");
    expect(words).toBe("");
    expect(recognition.stop).toHaveBeenCalled();
  });

  it("is not offered where the browser does not", () => {
    expect(canListen()).toBe(false);
    expect(listen("en", { words: () => "", onWords: vi.fn(), onEnd: ended })).toBeNull();
  });
});
