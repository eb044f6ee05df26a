import { useState } from "react";
import { momentIn, monthOf, yearsBetween } from "../../core/history";
import type { ConversationList } from "../../hooks/useHistory";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Select } from "../Select";

/** How many years to offer until the date of the first conversation is known. */
const YEARS_BACK = 20;

interface Props {
  list: ConversationList;
  isBusy: boolean;
  onPick: (month: string) => void;
}

/** A month and a year list with a button; two browsers have no `<input type="month">`. */
export function MonthPicker({ list, isBusy, onPick }: Props) {
  const { say, dates } = useSpeech();
  const now = monthOf(Date.now() / 1000);
  const dated = list.months.map((month) => month.key);
  const [year, setYear] = useState(now.slice(0, 4));
  const [month, setMonth] = useState(now.slice(5));
  const oldest = momentIn(dated.at(-1) ?? now);
  const back = momentIn(`${Number(now.slice(0, 4)) - YEARS_BACK}-01`);
  const years = yearsBetween(list.isComplete ? oldest : Math.min(oldest, back), momentIn(now));
  if (list.isComplete && dated.length < 2) return null;
  return (
    <form
      className="flex flex-wrap items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onPick(`${year}-${month}`);
      }}
    >
      <Select
        label={say.past.year}
        quiet
        value={year}
        options={years.map((one) => ({ value: String(one), label: String(one) }))}
        onChange={setYear}
      />
      <Select
        label={say.past.month}
        quiet
        value={month}
        options={MONTHS.map((one) => ({ value: one, label: dates.monthName(Number(one)) }))}
        onChange={setMonth}
      />
      <Button type="submit" disabled={isBusy}>
        {say.past.jump}
      </Button>
    </form>
  );
}

const MONTHS = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, "0"));
