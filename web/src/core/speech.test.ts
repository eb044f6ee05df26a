import { afterEach, describe, expect, it, vi } from "vitest";
import {
  canListen,
  canSpeak,
  hush,
  languageOfText,
  listen,
  speak,
  spoken,
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

  it("is not offered where the browser does not", () => {
    vi.stubGlobal("speechSynthesis", undefined);
    expect(canSpeak()).toBe(false);
    hush();
  });
});

describe("dictation", () => {
  it("tells all that was heard so far, and when it is over", () => {
    let made:
      | { onresult: (event: unknown) => void; onend: () => void; stop: () => void }
      | undefined;
    class Recognition {
      lang = "";
      start = vi.fn();
      stop = vi.fn();
      onresult = () => undefined;
      onend = () => undefined;
      constructor() {
        made = this as never;
      }
    }
    vi.stubGlobal("webkitSpeechRecognition", Recognition);
    const heard: string[] = [];
    const ended = vi.fn();
    const stop = listen("en", (text) => heard.push(text), ended);
    made?.onresult({ results: [[{ transcript: "my sister " }]] });
    made?.onresult({ results: [[{ transcript: "my sister " }], [{ transcript: "Ana" }]] });
    stop();
    made?.onend();
    expect(heard).toEqual(["my sister ", "my sister Ana"]);
    expect(made?.stop).toHaveBeenCalled();
    expect(ended).toHaveBeenCalledOnce();
  });

  it("is not offered where the browser does not", () => expect(canListen()).toBe(false));
});
