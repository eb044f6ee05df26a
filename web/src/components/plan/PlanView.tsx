import { useStrings } from "../../hooks/useStrings";

/** A plan that was drawn with a specialist. */
export function PlanView({ id }: { id: string }) {
  const say = useStrings();
  return (
    <p className="p-6 text-soft" data-plan={id}>
      {say.desk.notHere}
    </p>
  );
}
