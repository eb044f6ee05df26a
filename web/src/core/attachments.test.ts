import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  attach,
  chosenFiles,
  filesOf,
  giveFilesBack,
  isSending,
  MAX_MEGABYTES,
  MOST_FILES,
  placesOf,
  TooLarge,
  takeFiles,
  takeOut,
} from "./attachments";
import { Refused } from "./errors";
import type { Attachment, FileSource } from "./types";
import { upload } from "./upload";

vi.mock("./upload", () => ({ upload: vi.fn() }));
const uploaded = vi.mocked(upload);

const read = (name: string) => ({ id: `id of ${name}`, name }) as Attachment;
const file = (name: string, bytes = 1) => new File([new Uint8Array(bytes)], name);

beforeEach(() => {
  chosenFiles.set(new Map());
  uploaded.mockReset();
  uploaded.mockImplementation((path) =>
    Promise.resolve(read(new URLSearchParams(path.split("?")[1]).get("name") ?? "")),
  );
});

describe("files of a draft", () => {
  it("go with its next message, and with that alone", async () => {
    await attach("here", [file("a.pdf"), file("b.pdf")]);
    await attach("there", [file("c.pdf")]);
    expect(takeFiles("here").map((one) => one.name)).toEqual(["a.pdf", "b.pdf"]);
    expect(takeFiles("here")).toEqual([]);
    expect(takeFiles("there").map((one) => one.name)).toEqual(["c.pdf"]);
  });

  it("are at most ten", async () => {
    await attach(
      "here",
      Array.from({ length: 12 }, (_, at) => file(`${at}.pdf`)),
    );
    await attach("here", [file("more.pdf")]);
    expect(takeFiles("here")).toHaveLength(MOST_FILES);
  });

  it("say in place why they can't be sent, and don't go along", async () => {
    uploaded.mockRejectedValueOnce(new Refused(400, "bad_input", "No."));
    await attach("here", [file("a.exe"), file("b.pdf")]);
    expect(filesOf("here").map((one) => one.error instanceof Refused)).toEqual([true, false]);
    expect(takeFiles("here").map((one) => one.name)).toEqual(["b.pdf"]);
  });

  it("aren't sent if they're too large", async () => {
    const large = file("a.pdf");
    Object.defineProperty(large, "size", { value: (MAX_MEGABYTES << 20) + 1 });
    await attach("here", [large]);
    expect(filesOf("here")[0]?.error).toBeInstanceOf(TooLarge);
    expect(uploaded).not.toHaveBeenCalled();
  });

  it("stop being sent when they're taken out", async () => {
    let signal: AbortSignal | null = null;
    uploaded.mockImplementation((_path, _file, sending) => {
      signal = sending.signal;
      sending.onPart(0.5);
      return new Promise((_, reject) => {
        sending.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      });
    });
    const over = attach("here", [file("a.pdf")]);
    const [one] = filesOf("here");
    expect(one && isSending(one) && one.part).toBe(0.5);
    takeOut("here", one?.key ?? 0);
    await over;
    expect((signal as AbortSignal | null)?.aborted).toBe(true);
    expect(filesOf("here")).toEqual([]);
  });

  it("come back with a refused message, before newer ones", async () => {
    await attach("here", [file("new.pdf")]);
    giveFilesBack("here", [read("old.pdf")]);
    expect(takeFiles("here").map((one) => one.name)).toEqual(["old.pdf", "new.pdf"]);
  });
});

it("names a page once, with all that was read on it", () => {
  const source = (page: number, text: string): FileSource => ({
    attachment: "a",
    part: 0,
    name: "a.pdf",
    page,
    place: "",
    text,
  });
  const places = placesOf([source(3, "x"), source(1, "y"), source(3, "z")]);
  expect(places.map(({ page, texts }) => [page, texts])).toEqual([
    [3, ["x", "z"]],
    [1, ["y"]],
  ]);
});
