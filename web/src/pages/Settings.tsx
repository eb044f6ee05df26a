import type { ComponentType } from "react";
import { Page } from "../components/Page";
import { AccountView } from "../components/settings/AccountView";
import { AppearanceView } from "../components/settings/AppearanceView";
import { DevicesView } from "../components/settings/DevicesView";
import { ExpertsView } from "../components/settings/ExpertsView";
import { KeysView } from "../components/settings/KeysView";
import { ModelsView } from "../components/settings/ModelsView";
import { PeopleView } from "../components/settings/PeopleView";
import { Between, Overview } from "../components/settings/SettingsNav";
import { StorageView } from "../components/settings/StorageView";
import { UsageView } from "../components/settings/UsageView";
import type { SettingsView } from "../core/routes";
import { viewsFor } from "../core/settings";
import { useMe } from "../hooks/useAccount";
import { useStrings } from "../hooks/useStrings";

const VIEWS: Record<SettingsView, ComponentType> = {
  models: ModelsView,
  experts: ExpertsView,
  people: PeopleView,
  devices: DevicesView,
  keys: KeysView,
  usage: UsageView,
  account: AccountView,
  appearance: AppearanceView,
  data: StorageView,
};

/** The settings: the list of pages, or one of them. */
export default function Settings({ view }: { view: SettingsView | null }) {
  const say = useStrings();
  const { owner } = useMe();
  if (view === null || !viewsFor(owner).includes(view)) {
    return (
      <Page title={say.settings.title}>
        <Overview />
      </Page>
    );
  }
  const View = VIEWS[view];
  return (
    <Page title={say.settings.views[view]}>
      <Between current={view} />
      <View key={view} />
    </Page>
  );
}
