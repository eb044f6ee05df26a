import { lazy, Suspense, useEffect } from "react";
import { Toast } from "./components/Notice";
import { Waiting } from "./components/Page";
import { Shell } from "./components/Shell";
import { UNNAMED } from "./core/names";
import { preferences } from "./core/preferences";
import type { Route } from "./core/routes";
import { session } from "./core/session";
import { useOffline } from "./hooks/useOffline";
import { useOutbox } from "./hooks/useOutbox";
import { go, useRoute } from "./hooks/useRoute";
import { enter } from "./hooks/useSession";
import { useStore } from "./hooks/useStore";
import { TurnsProvider } from "./hooks/useTurns";
import { Talk } from "./pages/Talk";

const SignIn = lazy(() => import("./pages/SignIn"));
const LinkChoice = lazy(() => import("./pages/LinkChoice"));
const History = lazy(() => import("./pages/History"));
const Memory = lazy(() => import("./pages/Memory"));
const Settings = lazy(() => import("./pages/Settings"));
const Studio = lazy(() => import("./pages/Studio"));
const Documents = lazy(() => import("./pages/Documents"));
const Plans = lazy(() => import("./pages/Plans"));
const Care = lazy(() => import("./pages/Care"));
const Help = lazy(() => import("./pages/Help"));
const Onboarding = lazy(() => import("./pages/Onboarding"));

/** The app: the sign-in page, or the other pages once somebody is signed in. */
export function App() {
  const here = useStore(session);
  const route = useRoute();
  useOffline();
  useEffect(() => {
    void enter();
  }, []);
  return (
    <Suspense fallback={<Waiting />}>
      {here.state === "asking" && <Waiting />}
      {here.state === "choosing" && <LinkChoice me={here.me} link={here.link} />}
      {here.state === "out" && !isOpenToAll(route) && <SignIn ended={here.ended} />}
      {here.state === "out" && route.page === "care" && route.view === "plan" && (
        <Care view="plan" alone />
      )}
      {here.state === "out" && route.page === "help" && (
        <main id="main" className="h-dvh">
          <Help alone />
        </main>
      )}
      {here.state === "in" && (
        <TurnsProvider key={here.me.id}>
          <Pages />
        </TurnsProvider>
      )}
      <Toast />
    </Suspense>
  );
}

/** Help lines, and the copy of the safety plan on this device, need no sign-in. */
function isOpenToAll(route: Route): boolean {
  return route.page === "help" || (route.page === "care" && route.view === "plan");
}

function Pages() {
  const route = useRoute();
  useOutbox();
  const here = useStore(session);
  const { introduced } = useStore(preferences);
  const isNew = here.state === "in" && here.me.owner && here.me.name === UNNAMED && !introduced;
  useEffect(() => {
    if (isNew && route.page === "new" && !route.private) go({ page: "start" }, { replace: true });
    else if (route.page === "welcome") go({ page: "new", private: false }, { replace: true });
  }, [isNew, route]);
  if (route.page === "start") return <Onboarding />;
  if (route.page === "care") return <Care view={route.view} />;
  return (
    <Shell>
      <Suspense fallback={<Waiting />}>
        {route.page === "help" && <Help />}
        {route.page === "past" && <History />}
        {route.page === "memory" && <Memory view={route.view} fact={route.fact} />}
        {route.page === "documents" && <Documents document={route.document} />}
        {route.page === "plans" && <Plans plan={route.plan} />}
        {route.page === "studio" && <Studio {...route} />}
        {route.page === "settings" && <Settings view={route.view} />}
        {(route.page === "new" || route.page === "talk") && <Talk route={route} />}
      </Suspense>
    </Shell>
  );
}
