import type { ReactNode } from "react";
import { useWidth } from "../../../hooks/useWidth";

const USUAL_WIDTH = 560;

interface Props {
  /** What the picture shows, for those who don't see it. */
  label: string;
  height: number;
  /** Draws the picture at a width in pixels, so that its text keeps its size. */
  children: (width: number) => ReactNode;
}

/** A picture of figures, as wide as its place, also before it's drawn again at a new width. */
export function Chart({ label, height, children }: Props) {
  const [place, width] = useWidth<HTMLDivElement>(USUAL_WIDTH);
  return (
    <div ref={place} className="min-w-0">
      <svg
        role="img"
        aria-label={label}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        className="block w-full"
        fontFamily="inherit"
      >
        {children(width)}
      </svg>
    </div>
  );
}
