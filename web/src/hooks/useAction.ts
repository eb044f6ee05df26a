import { useCallback, useState } from "react";
import { isSignedOut } from "../core/errors";
import { sessionEnded } from "../core/session";

export interface Action {
  busy: boolean;
  /** The error of the last run. */
  error: unknown;
  /** Run an action, then `done` with its result; a failure is kept in `error`. */
  run: <T>(act: () => Promise<T>, done?: (result: T) => void) => Promise<void>;
  clear: () => void;
}

/** Return a runner for one action at a time. Its result is not kept: it may be a secret. */
export function useAction(): Action {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = useCallback(
    async <T>(act: () => Promise<T>, done?: (result: T) => void): Promise<void> => {
      setBusy(true);
      setError(null);
      try {
        const result = await act();
        done?.(result);
      } catch (why) {
        setError(why);
        if (isSignedOut(why)) sessionEnded();
      } finally {
        setBusy(false);
      }
    },
    [],
  );
  return { busy, error, run, clear: useCallback(() => setError(null), []) };
}
