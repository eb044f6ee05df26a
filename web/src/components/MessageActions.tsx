import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

export const MESSAGE_ACTION =
  "inline-flex min-h-8 items-center gap-1.5 rounded-lg px-2 hover:bg-wash hover:text-ink";

export interface MessageAction {
  icon: IconName;
  label: string;
  act: () => void;
  /** Whether it is going on. */
  active?: boolean;
}

interface Props {
  items: readonly MessageAction[];
  /** Whether they are shown without being pointed at. */
  always?: boolean;
  children?: ReactNode;
}

/** What may be done with a line: small words below it, shown when one is near. */
export function MessageActions({ items, always = false, children }: Props) {
  const shown = always
    ? ""
    : "opacity-0 transition-opacity group-focus-within/line:opacity-100 group-hover/line:opacity-100 [@media(hover:none)]:opacity-100";
  return (
    <div className={`flex flex-wrap items-center ${shown}`}>
      {items.map(({ icon, label, act, active }) => (
        <button
          key={icon}
          type="button"
          className={`${MESSAGE_ACTION} ${active ? "text-accent" : ""}`}
          onClick={act}
        >
          <Icon name={icon} className="size-4" />
          {label}
        </button>
      ))}
      {children}
    </div>
  );
}
