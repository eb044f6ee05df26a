import { useQuery } from "@tanstack/react-query";
import { get } from "../core/http";
import type { Language } from "../core/preferences";
import type { HelpLines } from "../core/types";

/** Return the path of the help lines of a country; `null` is where the person seems to be. */
export function helpPath(language: Language, country: string | null): string {
  const where = country ? `&country=${encodeURIComponent(country)}` : "";
  return `/api/care/lines?language=${language}${where}`;
}

/** Return the help lines of a country; the service worker keeps those of the person's own. */
export function useHelp(language: Language, country: string | null) {
  return useQuery({
    queryKey: ["help", language, country],
    queryFn: ({ signal }) => get<HelpLines>(helpPath(language, country), signal),
    placeholderData: (before) => before,
  });
}
