/** Server-sent events (WHATWG HTML, section 9.2.6) read from a response, as objects. */

/** Yield the JSON of every event in `body`, skipping comments and heartbeats. */
export async function* eventsOf<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const pieces = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
      rest = pieces.pop() ?? "";
      for (const piece of pieces) {
        const data = dataOf(piece);
        if (data) yield JSON.parse(data) as T;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

function dataOf(piece: string): string {
  return piece
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trimStart())
    .join("\n");
}
