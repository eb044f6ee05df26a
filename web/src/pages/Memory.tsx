import { Page } from "../components/Page";
import { useStrings } from "../hooks/useStrings";

export default function Memory(_props: { view: string; fact: string | null }) {
  const say = useStrings();
  return <Page title={say.memory.title}>{null}</Page>;
}
