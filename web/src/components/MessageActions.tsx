import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

export const MESSAGE_ACTION =
  "inline-flex min-h-8 items-center gap-1.5 rounded-lg px-2 hover:bg-wash hover:text-ink";

export interface MessageAction {
  icon: IconName;
  label: string;
  act: () => void;
  /** Whether it's active. */
  active?: boolean;
}

interface Props {
  items: readonly MessageAction[];
  /** Whether they're shown without hovering. */
  always?: boolean;
  children?: ReactNode;
}

/** The actions of a message, shown below it on hover or focus. */
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
