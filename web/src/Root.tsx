import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { App } from "./App";
import { Button } from "./components/Button";
import { ErrorBoundary } from "./components/ErrorBoundary";
import { Dates } from "./core/dates";
import { isPassing, isSignedOut } from "./core/errors";
import { type Preferences, preferences } from "./core/preferences";
import { sessionEnded } from "./core/session";
import { LANGUAGE_TAGS, loadStrings } from "./core/strings";
import { useStore } from "./hooks/useStore";
import { type Speech, SpeechContext } from "./hooks/useStrings";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      networkMode: "always",
      retry: (failures, error) => failures < 2 && isPassing(error),
      retryDelay: (failures) => 400 * 2 ** failures,
    },
    mutations: { networkMode: "always" },
  },
});

queries.getQueryCache().subscribe(({ type, query }) => {
  if (type === "updated" && isSignedOut(query.state.error)) sessionEnded();
});
queries.getMutationCache().subscribe(({ mutation }) => {
  if (isSignedOut(mutation?.state.error)) sessionEnded();
});

/** The root component: language and appearance, and the app below them. */
export function Root() {
  const chosen = useStore(preferences);
  const speech = useLoadedSpeech(chosen.language);
  useEffect(() => dress(chosen), [chosen]);
  if (!speech) return null;
  if (speech === "silent") return <Silent />;
  return (
    <SpeechContext value={speech}>
      <ErrorBoundary>
        <QueryClientProvider client={queries}>
          <App />
        </QueryClientProvider>
      </ErrorBoundary>
    </SpeechContext>
  );
}

/** Return the loaded language, `null` until it's loaded, and "silent" if that fails. */
function useLoadedSpeech(language: Preferences["language"]): Speech | "silent" | null {
  const [speech, setSpeech] = useState<Speech | "silent" | null>(null);
  useEffect(() => {
    let current = true;
    loadStrings(language).then(
      (loaded) => {
        if (current) setSpeech({ say: loaded.say, dates: new Dates(loaded.language) });
      },
      () => {
        if (current) setSpeech((before) => before ?? "silent");
      },
    );
    return () => {
      current = false;
    };
  }, [language]);
  return speech;
}

/** The error if no catalog could be loaded, in both languages. */
function Silent() {
  return (
    <main className="grid h-dvh place-content-center justify-items-center gap-4 p-8 text-center">
      <p role="alert">
        The page could not be loaded. <span lang="zh-Hans">页面没有加载成功。</span>
      </p>
      <Button kind="main" onClick={() => location.reload()}>
        Load it again · <span lang="zh-Hans">重新加载</span>
      </Button>
    </main>
  );
}

/** The colour of the browser's frame; see `--paper` in styles.css. */
const PAPER = { light: "#fbf8f2", dark: "#1b1916" };

function dress({ language, theme, textSize }: Preferences): void {
  const { documentElement: page } = document;
  page.lang = LANGUAGE_TAGS[language];
  page.dataset.text = textSize;
  if (theme === "system") delete page.dataset.theme;
  else page.dataset.theme = theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const asked = meta.media.includes("dark") ? "dark" : "light";
    meta.content = PAPER[theme === "system" ? asked : theme];
  }
}
