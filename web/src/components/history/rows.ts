/** The attribute of links that the arrow keys move between. */
export const ROW = { "data-row": "" };

/** Focus the row `steps` after `from`, or the first one. */
export function focusRow(from: Element | null, steps: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const at = from ? rows.indexOf(from as HTMLElement) : -1;
  const next = rows[at + steps];
  next?.focus();
  return next !== undefined;
}

/** Handle the arrow keys: move up and down through the rows. */
export function rowKeys(event: KeyboardEvent): void {
  const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target instanceof Element ? event.target.closest("[data-row]") : null;
  if (steps && row && focusRow(row, steps)) event.preventDefault();
}
