import {
  type Ref,
  type TextareaHTMLAttributes,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from "react";

type Props = Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange" | "value"> & {
  value: string;
  onChange: (value: string) => void;
  ref?: Ref<HTMLTextAreaElement>;
};

const growsByItself = () => CSS.supports("field-sizing", "content");

/** A text area that grows with its text, up to a part of the screen. */
export function GrowingArea({ value, onChange, ref, className = "", ...rest }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => field.current as HTMLTextAreaElement, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is written decides how tall it is
  useLayoutEffect(() => {
    const grown = field.current;
    if (!grown || growsByItself()) return;
    grown.style.height = "auto";
    grown.style.height = `${grown.scrollHeight}px`;
  }, [value]);
  return (
    <textarea
      ref={field}
      dir="auto"
      rows={1}
      autoComplete="off" // the browser writes down no words of its own accord
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={`field-sizing-content max-h-[40dvh] w-full min-w-0 resize-none overflow-y-auto bg-transparent outline-none ${className}`}
      {...rest}
    />
  );
}
