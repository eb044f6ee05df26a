import { Component, type ReactNode } from "react";
import { SpeechContext } from "../hooks/useStrings";
import { Button } from "./Button";

/** Catches unexpected errors below it, shows a message and offers to reload the page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  static override contextType = SpeechContext;
  declare context: React.ContextType<typeof SpeechContext>;
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    const say = this.context?.say;
    if (!this.state.failed || !say) return this.props.children;
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
