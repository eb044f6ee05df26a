/** Line drawings on a grid of 24, drawn for Tau. */
const PATHS = {
  plus: "M12 5v14M5 12h14",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5.500 11h13v9h-13z",
  talk: "M4 5.500h16v11H11l-4.500 3.500v-3.500H4z",
  past: "M12 7v5l3.500 2M4.500 12a7.500 7.500 0 1 0 2.400-5.500M4.500 4.500v3.500h3.500",
  memory:
    "M12 20s-7.500-4.500-7.500-10A4.200 4.200 0 0 1 12 7.500 4.200 4.200 0 0 1 19.500 10c0 5.500-7.500 10-7.500 10z",
  settings: "M5 7h8M17 7h2M5 17h2M11 17h8M15 4.800v4.400M9 14.800v4.400",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5.500 12h.01M12 12h.01M18.500 12h.01",
  send: "M12 19V5.500M6 11l6-6 6 6",
  stop: "M7.500 7.500h9v9h-9z",
  again: "M19 12a7 7 0 1 1-2.200-5.100M19.200 4v4h-4",
  edit: "M5 19l1-4L16.500 4.500l3 3L9 18z",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  check: "M5 12.500l4.500 4.500L19 7.500",
  speak: "M5 10v4h3l4 3.500v-11L8 10zM15.500 9.500a4 4 0 0 1 0 5M18 7a8 8 0 0 1 0 10",
  microphone:
    "M12 4a2.500 2.500 0 0 1 2.500 2.500v5a2.500 2.500 0 0 1-5 0v-5A2.500 2.500 0 0 1 12 4zM6 11.500a6 6 0 0 0 12 0M12 17.500V20",
  down: "M12 5v13.500M6 13l6 6 6-6",
  right: "M9 5l7 7-7 7",
  search: "M10.500 4.500a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM15 15l5 5",
  archive: "M4 5h16v4H4zM5.500 9v10h13V9M10 13h4",
  trash: "M5 7h14M9.500 7V4.500h5V7M7 7l1 12.500h8L17 7",
  leave: "M10 5H5v14h5M14 8l4 4-4 4M18 12H9",
  bring: "M12 4v10M8 10l4 4 4-4M5 19h14",
  take: "M12 15V5M8 9l4-4 4 4M5 19h14",
  alert: "M12 4L3 19.500h18zM12 10v4M12 16.700v.01",
  link: "M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1",
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside words that say the same, and so hidden from screen readers. */
export function Icon({ name, className = "size-5" }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={`${className} shrink-0`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
