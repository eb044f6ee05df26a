import { useSyncExternalStore } from "react";
import type { Store } from "../core/store";

/** Return a store's value and rerender when it changes. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}
