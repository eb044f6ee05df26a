import { useState } from "react";
import { useSketchStrings } from "../../hooks/useSketchStrings";

interface Props {
  src: string;
  alt: string;
  onLoad?: () => void;
}

/** A drawing as an image: on a sheet of paper by day, and on a dark one by night. */
export function PlanPicture({ src, alt, onLoad }: Props) {
  const say = useSketchStrings();
  const [failed, setFailed] = useState<string | null>(null);
  return (
    <>
      <img
        src={src}
        alt={alt}
        draggable={false}
        onLoad={onLoad}
        onError={() => setFailed(src)}
        className="plan-picture pointer-events-none size-full select-none object-contain"
      />
      {failed === src && (
        <p role="alert" className="absolute inset-0 grid place-items-center bg-sheet p-4 text-soft">
          {say.noPicture}
        </p>
      )}
    </>
  );
}
