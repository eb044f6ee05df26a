/** What marks a link that the arrows go to. */
export const ROW = { "data-row": "" };

/** Go to the row `steps` after `from`; without `from`, to the first one. */
export function focusRow(from: Element | null, steps: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = from ? rows.indexOf(from as HTMLElement) : -1;
  const next = rows[at + steps];
  next?.focus();
  return next !== undefined;
}

/** Up and down through the rows, as well as by Tab. */
export function rowKeys(event: KeyboardEvent): void {
  const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target instanceof Element ? event.target.closest("[data-row]") : null;
  if (steps && row && focusRow(row, steps)) event.preventDefault();
}
