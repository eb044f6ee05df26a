import { useSketchStrings } from "./useSketchStrings";
import { useSpeech } from "./useStrings";

const TENTHS = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

/** Return how areas, lengths and parts are written. */
export function useMeasures() {
  const say = useSketchStrings();
  const { dates } = useSpeech();
  return {
    area: (squareMetres: number) => say.area(dates.number(squareMetres, TENTHS)),
    /** A distance with its sign. */
    moved: (metres: number) =>
      say.byMetres(dates.number(metres, { ...TENTHS, signDisplay: "exceptZero" })),
    length: (metres: number) => dates.number(metres, { maximumFractionDigits: 2 }),
    part: (part: number) => dates.number(part, { style: "percent" }),
  };
}
