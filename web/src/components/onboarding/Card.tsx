import type { ReactNode } from "react";

interface Props {
  name: string;
  title: string;
  about: ReactNode;
  checked: boolean;
  onChoose: () => void;
  /** Content that's shown once the card is selected. */
  children?: ReactNode;
}

/** A radio button as a card with a description. */
export function Card({ name, title, about, checked, onChoose, children }: Props) {
  return (
    <div
      className={`rounded-2xl border bg-sheet has-[input[type=radio]:focus-visible]:outline-2 has-[input[type=radio]:focus-visible]:outline-accent ${checked ? "border-accent" : "border-line hover:bg-wash"}`}
    >
      <label className="flex cursor-pointer items-start gap-3.5 p-4">
        <input
          type="radio"
          name={name}
          checked={checked}
          onChange={onChoose}
          className="mt-1.5 size-4 shrink-0 accent-accent outline-none"
        />
        <span className="grid min-w-0 gap-0.5">
          <span dir="auto" className="font-serif text-lg wrap-anywhere">
            {title}
          </span>
          <span className="text-soft">{about}</span>
        </span>
      </label>
      {checked && children && <div className="grid gap-4 px-4 pb-4 sm:ps-11.5">{children}</div>}
    </div>
  );
}
