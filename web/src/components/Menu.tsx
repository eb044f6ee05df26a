import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { IconButton } from "./Button";
import { Icon, type IconName } from "./Icon";

export interface MenuItem {
  label: string;
  icon: IconName;
  act: () => void;
  danger?: boolean;
}

/** A menu button. Arrow keys, Home, End and Esc work as in any menu. */
export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    const away = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  return (
    <div ref={root} className="relative">
      <IconButton
        ref={opener}
        icon="more"
        label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      />
      {open && (
        <MenuList onKeys={(event) => keys(event, root.current, close)}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={`flex items-center gap-2.5 rounded-lg px-3 py-2 text-start hover:bg-wash focus:bg-wash focus:outline-none ${item.danger ? "text-danger" : ""}`}
              onClick={() => {
                close();
                item.act();
              }}
            >
              <Icon name={item.icon} className="size-4.5" />
              {item.label}
            </button>
          ))}
        </MenuList>
      )}
    </div>
  );
}

function MenuList({
  children,
  onKeys,
}: {
  children: ReactNode;
  onKeys: (event: KeyboardEvent) => void;
}) {
  return (
    <div
      role="menu"
      tabIndex={-1}
      onKeyDown={onKeys}
      className="absolute end-0 z-20 mt-1 grid min-w-44 rounded-xl border border-line bg-sheet p-1 shadow-lg"
    >
      {children}
    </div>
  );
}

function keys(event: KeyboardEvent, root: HTMLElement | null, close: () => void): void {
  const items = [...(root?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to: Record<string, number> = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  if (event.key === "Escape" || event.key === "Tab") close();
  else if (event.key in to) items[to[event.key] as number]?.focus();
  else return;
  event.preventDefault();
}
