/** A sentence of the page's in which what is typed or named stands between backquotes. */
export function Coded({ text }: { text: string }) {
  return text.split("`").map((piece, index) =>
    index % 2 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence never move
      <code key={index} className="rounded bg-wash px-1 py-0.5 text-[0.88em]">
        {piece}
      </code>
    ) : (
      piece
    ),
  );
}
