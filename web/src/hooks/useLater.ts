import { useEffect, useState } from "react";

/** Return `value` as it was once it had been the same for a while: for what is typed. */
export function useLater<T>(value: T, milliseconds = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return settled;
}
