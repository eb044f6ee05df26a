import { Component, type ReactNode } from "react";
import { SpeechContext } from "../hooks/useStrings";
import { Button } from "./Button";

/** Catches what nobody foresaw in the page below, so that a person is told and can go on. */
export class Stumble extends Component<{ children: ReactNode }, { stumbled: boolean }> {
  static override contextType = SpeechContext;
  declare context: React.ContextType<typeof SpeechContext>;
  override state = { stumbled: false };

  static getDerivedStateFromError() {
    return { stumbled: true };
  }

  override render() {
    const say = this.context?.say;
    if (!this.state.stumbled || !say) return this.props.children;
    return (
      <main className="grid h-full place-content-center justify-items-center gap-4 p-8 text-center">
        <p role="alert" className="font-serif text-xl">
          {say.shell.broken}
        </p>
        <Button kind="main" onClick={() => location.reload()}>
          {say.shell.reloadPage}
        </Button>
      </main>
    );
  }
}
