import { otherVersion } from "../core/lines";
import { isOver } from "../core/live";
import type { Line } from "../core/thread";
import { useStore } from "../hooks/useStore";
import { useStrings } from "../hooks/useStrings";
import type { TalkActs } from "../hooks/useTalk";
import { useTurns } from "../hooks/useTurns";
import { Icon } from "./Icon";

interface Props {
  line: Line;
  acts: TalkActs;
}

/** Buttons that show the other versions of a message: those before an edit, or other replies. */
export function VersionSwitch(props: Props) {
  return props.line.versions.length < 2 ? null : <Steps {...props} />;
}

function Steps({ line, acts }: Props) {
  const say = useStrings();
  const isReplying = [...useStore(useTurns().live).values()].some((one) => !isOver(one));
  const go = async (to: string, step: -1 | 1) => {
    await acts.show(to);
    // The line is another one now: whoever uses the keyboard stays on its button.
    requestAnimationFrame(() => {
      const buttons = document.querySelectorAll<HTMLButtonElement>(
        `[data-line="${CSS.escape(to)}"] [data-step]`,
      );
      const same = [...buttons].find((one) => one.dataset.step === String(step) && !one.disabled);
      (same ?? [...buttons].find((one) => !one.disabled))?.focus();
    });
  };
  const button = (step: -1 | 1) => {
    const to = otherVersion(line, step);
    const label = step < 0 ? say.talk.versionBefore : say.talk.versionAfter;
    return (
      <button
        type="button"
        data-step={step}
        disabled={to === null || isReplying}
        aria-label={label}
        title={label}
        className="inline-flex size-8 items-center justify-center rounded-lg enabled:hover:bg-wash enabled:hover:text-ink disabled:opacity-40"
        onClick={() => to && void go(to, step)}
      >
        <Icon
          name="right"
          className={`size-4 ${step < 0 ? "rotate-180 rtl:rotate-0" : "rtl:rotate-180"}`}
        />
      </button>
    );
  };
  return (
    <span className="inline-flex items-center">
      {button(-1)}
      <span>
        <span aria-hidden="true" className="tabular-nums">
          {line.version} / {line.versions.length}
        </span>
        <span className="sr-only">{say.talk.versionOf(line.version, line.versions.length)}</span>
      </span>
      {button(1)}
    </span>
  );
}
