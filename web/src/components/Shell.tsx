import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { reachable, session } from "../core/session";
import { useRoute } from "../hooks/useRoute";
import { useStore } from "../hooks/useStore";
import { useStrings } from "../hooks/useStrings";
import { IconButton } from "./Button";
import { Sidebar } from "./Sidebar";

/** The layout of every page, with the sidebar beside it or behind a button. */
export function Shell({ children }: { children: ReactNode }) {
  const say = useStrings();
  const route = useRoute();
  const [open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: navigating closes the menu
  useEffect(() => setOpen(false), [route]);
  const close = useCallback(() => {
    setOpen(false);
    opener.current?.focus();
  }, []);
  useEffect(() => {
    if (!open) return;
    document.querySelector<HTMLElement>("#side a")?.focus();
    const press = (event: KeyboardEvent) => event.key === "Escape" && close();
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [open, close]);
  return (
    <div className="flex h-dvh overflow-hidden">
      <a
        href="#main"
        className="fixed start-2 top-2 z-50 -translate-y-20 rounded-xl bg-accent px-4 py-2 text-on-accent focus:translate-y-0"
      >
        {say.shell.skip}
      </a>
      <Sidebar open={open} onClose={close} />
      {open && (
        <div aria-hidden="true" className="fixed inset-0 z-20 bg-shade md:hidden" onClick={close} />
      )}
      <div className="relative flex min-w-0 flex-1 flex-col pt-[env(safe-area-inset-top)] pe-[env(safe-area-inset-right)]">
        <div className="absolute start-1 top-[calc(env(safe-area-inset-top)+0.35rem)] z-10 md:hidden">
          <IconButton
            ref={opener}
            icon="menu"
            label={say.shell.menu}
            aria-expanded={open}
            aria-controls="side"
            onClick={() => setOpen(true)}
          />
        </div>
        <Away />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 outline-none">
          {children}
        </main>
      </div>
    </div>
  );
}

/** A banner while Tau can't be reached. */
function Away() {
  const say = useStrings();
  const isThere = useStore(reachable);
  const here = useStore(session);
  const offline = here.state === "in" && here.offline;
  if (isThere && !offline) return null;
  return (
    <p
      role="status"
      className="border-b border-line bg-side px-4 py-2 ps-14 text-center text-sm text-soft md:ps-4"
    >
      {say.shell.away} {offline && say.shell.offlineCopy}
    </p>
  );
}
