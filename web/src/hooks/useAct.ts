import { useCallback, useState } from "react";
import { isSignedOut } from "../core/errors";
import { sessionEnded } from "../core/session";

export interface Act {
  busy: boolean;
  /** What went wrong the last time. */
  error: unknown;
  /** Do something, then `done` with what came of it; a failure is kept in `error`. */
  run: <T>(act: () => Promise<T>, done?: (result: T) => void) => Promise<void>;
  clear: () => void;
}

/** Return a way to do one thing at a time. What comes of it is kept nowhere: it may be a secret. */
export function useAct(): Act {
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
