import type { ReactNode } from "react";
import { toast } from "../core/toast";
import { useStore } from "../hooks/useStore";
import { useStrings } from "../hooks/useStrings";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

/** A notice in the page, for information or an error. */
export function Notice({ children, failure = false }: { children: ReactNode; failure?: boolean }) {
  return (
    <div
      role={failure ? "alert" : "status"}
      className={`flex items-start gap-2.5 rounded-xl border px-3.5 py-2.5 ${failure ? "border-danger text-danger" : "border-line bg-sheet text-soft"}`}
    >
      {failure && <Icon name="alert" className="mt-0.5 size-4.5" />}
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}

/** Shows the current toast; rendered once per page. */
export function Toast() {
  const say = useStrings();
  const shown = useStore(toast);
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-[calc(env(safe-area-inset-bottom)+5.5rem)] z-40 flex justify-center px-4"
    >
      {shown && (
        <div
          className={`pointer-events-auto flex max-w-xl items-center gap-2 rounded-xl border bg-sheet py-1 ps-4 pe-1 shadow-lg ${shown.failure ? "border-danger text-danger" : "border-line"}`}
        >
          <span className="min-w-0 py-1.5">{shown.text}</span>
          {shown.action && (
            <button
              type="button"
              className="rounded-lg px-3 py-1.5 font-medium text-accent hover:bg-wash"
              onClick={() => {
                toast.set(null);
                shown.action?.act();
              }}
            >
              {shown.action.label}
            </button>
          )}
          <IconButton icon="close" label={say.shell.close} onClick={() => toast.set(null)} />
        </div>
      )}
    </div>
  );
}
