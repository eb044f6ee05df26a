import { Link } from "../components/Link";
import { Page, Waiting } from "../components/Page";
import { DrawPlan } from "../components/plan/DrawPlan";
import { PlanList } from "../components/plan/PlanList";
import { PlanView } from "../components/plan/PlanView";
import { SpecialistTabs } from "../components/SpecialistTabs";
import { usePlan } from "../hooks/usePlans";
import {
  SketchStringsContext,
  useLoadedSketchStrings,
  useSketchStrings,
} from "../hooks/useSketchStrings";

/** The pages of plans: all of them and how to begin one, or one. */
export default function Plans({ plan }: { plan: string | null }) {
  const say = useLoadedSketchStrings();
  if (!say) return <Waiting />;
  return (
    <SketchStringsContext value={say}>
      {plan === null ? (
        <Page title={say.title}>
          <SpecialistTabs current="plans" />
          <DrawPlan />
          <PlanList />
        </Page>
      ) : (
        <OnePlan id={plan} key={plan} />
      )}
    </SketchStringsContext>
  );
}

function OnePlan({ id }: { id: string }) {
  const say = useSketchStrings();
  const title = usePlan(id).data?.title;
  return (
    <Page title={title || say.untitled} wide>
      <Link to={{ page: "plans", plan: null }} className="text-soft hover:text-ink">
        {say.all}
      </Link>
      <div className="-m-4">
        <PlanView id={id} />
      </div>
    </Page>
  );
}
