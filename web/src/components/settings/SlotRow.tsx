import { type ReactNode, useState } from "react";
import { Button } from "../Button";
import { ConfirmDialog } from "./ConfirmDialog";

interface Props {
  label: string;
  /** A label such as "this device". */
  mark?: string | null;
  about: string;
  /** A second line, and another button. */
  more?: string;
  action?: ReactNode;
  /** The button that revokes it, and its confirmation. */
  end?: {
    label: string;
    named: string;
    title: string;
    text: string;
    act: () => Promise<unknown>;
  };
}

/** A row for a device or an API key, with a button to revoke it. */
export function SlotRow({ label, mark, about, more, action, end }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-line py-2 not-first:border-t">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span dir="auto" className="font-medium wrap-anywhere">
            {label}
          </span>
          {mark && <Mark>{mark}</Mark>}
        </p>
        <p className="text-sm text-soft">{about}</p>
        {more && <p className="text-sm text-accent wrap-anywhere">{more}</p>}
      </div>
      <div className="flex flex-wrap gap-2 empty:hidden">
        {action}
        {end && (
          <Button aria-label={end.named} onClick={() => setAsking(true)}>
            {end.label}
          </Button>
        )}
      </div>
      {end && asking && (
        <ConfirmDialog
          title={end.title}
          text={end.text}
          action={end.label}
          act={end.act}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

/** A small label on a row. */
export function Mark({ children }: { children: string }) {
  return <span className="rounded-full bg-wash px-2 py-0.5 text-xs text-accent">{children}</span>;
}
