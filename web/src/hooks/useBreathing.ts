import { useEffect, useState } from "react";
import type { Exercise } from "../core/types";

export interface Breathing {
  isRunning: boolean;
  isOver: boolean;
  /** The place of the current phase. */
  phase: number;
  /** The second of the phase, from 1. */
  second: number;
  round: number;
  begin: () => void;
  stop: () => void;
}

interface Place {
  phase: number;
  second: number;
  round: number;
}

const START: Place = { phase: 0, second: 1, round: 1 };

/** Return the course of a breathing exercise, one step a second. */
export function useBreathing({ phases, rounds }: Exercise): Breathing {
  const [place, setPlace] = useState<Place | null>(null);
  const [isOver, setOver] = useState(false);
  const isRunning = place !== null && !isOver;
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => {
      setPlace((now) => {
        const next = after(now ?? START, phases);
        if (next.round <= rounds) return next;
        setOver(true);
        return now;
      });
    }, 1000);
    return () => clearInterval(timer);
  }, [isRunning, phases, rounds]);
  return {
    ...(place ?? START),
    isRunning,
    isOver,
    begin: () => {
      setOver(false);
      setPlace(START);
    },
    stop: () => setPlace(null),
  };
}

function after({ phase, second, round }: Place, phases: Exercise["phases"]): Place {
  if (second < (phases[phase]?.seconds ?? 0)) return { phase, second: second + 1, round };
  if (phase + 1 < phases.length) return { phase: phase + 1, second: 1, round };
  return { phase: 0, second: 1, round: round + 1 };
}
