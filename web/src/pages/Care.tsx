import { useEffect } from "react";
import { Breathing } from "../components/care/Breathing";
import { CareFrame } from "../components/care/CareFrame";
import { CareHome } from "../components/care/CareHome";
import { CareTalk } from "../components/care/CareTalk";
import { CheckIn } from "../components/care/CheckIn";
import { SafetyPlan } from "../components/care/SafetyPlan";
import { Writing } from "../components/care/Writing";
import { Waiting } from "../components/Page";
import type { CareView } from "../core/routes";
import { SpaceStringsContext, useLoadedSpaceStrings } from "../hooks/useSpaceStrings";

/** The care space: a calm page of its own. `alone`: nobody is signed in. */
export default function Care({ view, alone = false }: { view: CareView; alone?: boolean }) {
  const say = useLoadedSpaceStrings();
  useEffect(() => {
    const { documentElement: page } = document;
    page.toggleAttribute("data-care", true);
    return () => page.removeAttribute("data-care");
  }, []);
  if (!say) return <Waiting />;
  return (
    <SpaceStringsContext value={say}>
      <CareFrame view={view} alone={alone}>
        {view === "home" && <CareHome />}
        {view === "talk" && <CareTalk />}
        {view === "breathe" && <Breathing />}
        {view === "write" && <Writing />}
        {view === "checkin" && <CheckIn />}
        {view === "plan" && <SafetyPlan alone={alone} />}
      </CareFrame>
    </SpaceStringsContext>
  );
}
