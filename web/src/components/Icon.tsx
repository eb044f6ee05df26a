/** Icons, drawn for Tau on a 24 by 24 grid. */
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
  more: "M5 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M11.500 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0M18 12a.5.5 0 1 0 1 0 .5.5 0 1 0-1 0",
  send: "M12 19V5.500M6 11l6-6 6 6",
  stop: "M7.500 7.500h9v9h-9z",
  again: "M19 12a7 7 0 1 1-2.200-5.100M19.200 4v4h-4",
  edit: "M5 19l1-4L16.500 4.500l3 3L9 18z",
  copy: "M9 9h10v10H9zM15 9V5H5v10h4",
  undo: "M9 5L4.500 9.500 9 14M5 9.500h9a5 5 0 0 1 0 10h-3",
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
  spark: "M12 4v5M12 15v5M4 12h5M15 12h5M7 7l2 2M15 15l2 2M17 7l-2 2M9 15l-2 2",
  studio:
    "M9.500 4v5L4.500 18.500c-.5 1 .2 1.500 1 1.500h13c.8 0 1.500-.5 1-1.500L14.500 9V4M8 4h8M7.500 14h9",
  phone:
    "M6.500 4.500h3l1.500 4-2 1.500a10 10 0 0 0 5 5l1.500-2 4 1.500v3c0 1-.8 2-2 2A14.500 14.500 0 0 1 4.500 6.500c0-1.200 1-2 2-2z",
  help: "M12 4.500a7.500 7.500 0 1 1 0 15 7.500 7.500 0 0 1 0-15zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM6.800 6.800l3 3M14.200 14.200l3 3M17.200 6.800l-3 3M9.800 14.200l-3 3",
  person: "M12 4.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zM5 20a7 5.500 0 0 1 14 0",
  people:
    "M9 5a3.200 3.200 0 1 1 0 6.400A3.200 3.200 0 0 1 9 5zM3 19a6 5 0 0 1 12 0M15.500 5.200a3.200 3.200 0 0 1 0 6M17.500 14.300A5.500 5 0 0 1 21 19",
  device: "M4.500 5h15v10.500h-15zM9 19.500h6M12 15.500v4",
  key: "M8 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 12h8.500M17 12v3.500M20.500 12v2.500",
  sun: "M12 8.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zM12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600L7 7M17 17l1.400 1.400M18.400 5.600L17 7M7 17l-1.400 1.400",
  up: "M12 19V5.500M6 11l6-6 6 6",
} as const;

export type IconName = keyof typeof PATHS;

/** An icon next to a label, hidden from screen readers. */
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
