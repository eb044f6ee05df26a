import type { ButtonHTMLAttributes, Ref } from "react";
import { Icon, type IconName } from "./Icon";

type Kind = "main" | "plain" | "quiet" | "danger";

const KINDS: Record<Kind, string> = {
  main: "bg-accent text-on-accent hover:brightness-110",
  plain: "border border-line bg-sheet text-ink hover:bg-wash",
  quiet: "text-soft hover:text-ink hover:bg-wash",
  danger: "border border-danger text-danger hover:bg-wash",
};

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: Kind;
  icon?: IconName;
  ref?: Ref<HTMLButtonElement>;
};

/** A button with a label and an optional icon. */
export function Button({ kind = "plain", icon, className = "", children, ...rest }: Props) {
  return (
    <button
      type="button"
      className={`inline-flex min-h-10 items-center justify-center gap-2 rounded-xl px-4 py-1.5 font-medium transition-colors disabled:opacity-50 ${KINDS[kind]} ${className}`}
      {...rest}
    >
      {icon && <Icon name={icon} className="size-4.5" />}
      {children}
    </button>
  );
}

type IconProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  icon: IconName;
  label: string;
  ref?: Ref<HTMLButtonElement>;
};

/** A button with an icon only; `label` is its accessible name and its tooltip. */
export function IconButton({ icon, label, className = "", ...rest }: IconProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex size-10 shrink-0 items-center justify-center rounded-xl text-soft transition-colors hover:bg-wash hover:text-ink disabled:opacity-40 ${className}`}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
