import { Page } from "../components/Page";
import { useStrings } from "../hooks/useStrings";

export default function Past() {
  const say = useStrings();
  return <Page title={say.past.title}>{null}</Page>;
}
