/** A sentence in which text between backquotes is shown as code. */
export function InlineCode({ text }: { text: string }) {
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
