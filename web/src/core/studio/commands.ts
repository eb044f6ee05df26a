/** Commands in Tau's sentences, which name the page's own place for them on the page. Pure. */

import type { StudioView } from "../routes";

const PLACES: Record<string, StudioView> = {
  freeze: "test",
  compare: "methods",
  review: "compare",
  tune: "training",
};

/** Return a sentence that says where on the page to do what its command does. */
export function onThePage(sentence: string, views: Record<StudioView, string>): string {
  return sentence.replace(/: `?tau studio (\w+)`?\.?$/, (whole, command: string) => {
    const view = PLACES[command];
    return view === undefined ? whole : `, in ${views[view]}.`;
  });
}
