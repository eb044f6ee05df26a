import type { ReactNode } from "react";

/** A small mark beside something. */
export function Mark({ children, danger = false }: { children: ReactNode; danger?: boolean }) {
  return (
    <span
      className={`inline-block rounded-full border px-2 text-xs/5 ${danger ? "border-danger text-danger" : "border-line text-soft"}`}
    >
      {children}
    </span>
  );
}
