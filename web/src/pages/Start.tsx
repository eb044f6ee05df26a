import { Page } from "../components/Page";
import { useStrings } from "../hooks/useStrings";

export default function Start() {
  const say = useStrings();
  return <Page title={say.start.title}>{null}</Page>;
}
