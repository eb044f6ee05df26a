import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { erase, get, part, post } from "../core/http";
import { beginAnew, showHelp } from "../core/space/danger";
import type {
  Answered,
  CareForm,
  CheckedIn,
  ConversationPage,
  Exercise,
  FormSummary,
  Help,
  MoodCheckIn,
  QuestionnaireList,
} from "../core/types";
import { useSpeech } from "./useStrings";

export const CARE = "/api/experts/care";
const FORMS = ["care", "forms"];
const CHECKINS = ["care", "checkins"];
const QUESTIONNAIRES = ["care", "questionnaires"];
const PLAN = ["care", "plan"];
const TALKS = 5;
const ASSESS_AFTER_MS = 700;

export function useExercises() {
  const { language } = useSpeech().dates;
  return useQuery({
    queryKey: ["care", "exercises", language],
    queryFn: ({ signal }) =>
      get<{ exercises: Exercise[] }>(`${CARE}/exercises?language=${language}`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    select: (found) => found.exercises,
  });
}

export function useForms() {
  return useQuery({
    queryKey: FORMS,
    queryFn: ({ signal }) => get<{ forms: FormSummary[] }>(`${CARE}/forms`, signal),
    select: (found) => found.forms,
    staleTime: 0,
  });
}

export function useCheckIns() {
  return useQuery({
    queryKey: CHECKINS,
    queryFn: ({ signal }) => get<{ checkins: MoodCheckIn[] }>(`${CARE}/checkins`, signal),
    select: (found) => found.checkins,
    staleTime: 0,
  });
}

export function useQuestionnaires() {
  const { language } = useSpeech().dates;
  return useQuery({
    queryKey: [...QUESTIONNAIRES, language],
    queryFn: ({ signal }) =>
      get<QuestionnaireList>(`${CARE}/questionnaires?language=${language}`, signal),
    staleTime: 0,
  });
}

/** Return the talks with the specialist for reflective support, the last one first. */
export function useCareTalks() {
  return useQuery({
    queryKey: ["conversations", "care"],
    queryFn: ({ signal }) =>
      get<ConversationPage>(`/api/conversations?expert=care&limit=${TALKS}`, signal),
    select: (found) => found.conversations,
    staleTime: 0,
  });
}

export function useSafetyPlan() {
  return useQuery({
    queryKey: PLAN,
    queryFn: ({ signal }) => get<{ form: CareForm | null }>(`${CARE}/safety-plan`, signal),
    select: (found) => found.form,
    staleTime: 0,
    retry: false,
  });
}

export const getForm = (id: string) => get<CareForm>(`${CARE}/forms/${part(id)}`);
export const rememberPlans = (id: string) =>
  post<{ plans: number }>(`${CARE}/forms/${part(id)}/plans`);

/** Return a mutation that deletes something of the care space for good. */
export function useForget(what: "forms" | "checkins") {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => erase(`${CARE}/${what}/${part(id)}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ["care"] }),
  });
}

/** Return a mutation that notes how the person is. */
export function useAddCheckIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (said: { mood: number; words: string }) =>
      post<CheckedIn>(`${CARE}/checkins`, said),
    onSuccess: ({ help }) => help && showHelp(help),
    onSettled: () => queries.invalidateQueries({ queryKey: CHECKINS }),
  });
}

/** Return a mutation that keeps the answers to a questionnaire. */
export function useAnswer(name: string) {
  const queries = useQueryClient();
  const { language } = useSpeech().dates;
  return useMutation({
    mutationFn: (answers: number[]) =>
      post<Answered>(`${CARE}/questionnaires`, { name, answers, language }),
    onSuccess: ({ help }) => help && showHelp(help),
    onSettled: () => queries.invalidateQueries({ queryKey: QUESTIONNAIRES }),
  });
}

/** Show help as soon as what is being typed means danger. Nothing of it is kept. */
export function useDanger(texts: readonly string[]): void {
  const typed = JSON.stringify(texts);
  const first = useRef(typed);
  useEffect(beginAnew, []);
  useEffect(() => {
    if (typed === first.current) return;
    const asking = new AbortController();
    const timer = setTimeout(() => void assess(typed, asking.signal), ASSESS_AFTER_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [typed]);
}

async function assess(typed: string, signal: AbortSignal): Promise<void> {
  try {
    const { help } = await post<{ help: Help | null }>(`${CARE}/assess`, {
      texts: JSON.parse(typed),
    });
    if (help && !signal.aborted) showHelp(help);
  } catch {
    // what is saved is assessed too
  }
}
