interface Props {
  label: string;
  keys: readonly (readonly [key: string, does: string])[];
}

/** What keys do; a phone has none. */
export function KeyHints({ label, keys }: Props) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft [@media(hover:none)]:hidden">
      {label}
      {keys.map(([key, does]) => (
        <span key={key} className="inline-flex items-center gap-1.5">
          <kbd className="rounded-md border border-line bg-sheet px-1.5 font-mono text-xs/5 text-ink">
            {key}
          </kbd>
          {does}
        </span>
      ))}
    </p>
  );
}
