import { Page } from "../components/Page";
import { useStrings } from "../hooks/useStrings";

export default function Settings(_props: { view: string | null }) {
  const say = useStrings();
  return <Page title={say.settings.title}>{null}</Page>;
}
