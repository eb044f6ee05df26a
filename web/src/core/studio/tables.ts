/** Files of examples: which are tables, and which of their columns are probably meant. Pure. */

const TABLES = /\.(csv|tsv|tab|txt|xlsx|xls|ods)$/i;
const SPREADSHEETS = /\.(xlsx|xls|ods)$/i;
/** So much of a table in text is sent to read the names of its columns. */
const HEAD_BYTES = 64 * 1024;

const INPUTS = [
  "input",
  "message",
  "question",
  "prompt",
  "request",
  "text",
  "问题",
  "输入",
  "消息",
  "内容",
];
const OUTPUTS = [
  "output",
  "answer",
  "label",
  "completion",
  "response",
  "reply",
  "queue",
  "category",
  "答案",
  "输出",
  "标签",
  "回答",
];

export interface Columns {
  input: string;
  output: string;
}

/** Return whether a file is a table, whose columns are to be chosen. */
export const isTable = (name: string): boolean => TABLES.test(name);

/** Return whether a file is a spreadsheet, which has sheets and can only be read whole. */
export const isSpreadsheet = (name: string): boolean => SPREADSHEETS.test(name);

/** Return as much of a file as is needed to read the names of its columns. */
export function headOf(file: File): Blob {
  return isSpreadsheet(file.name) ? file : file.slice(0, HEAD_BYTES);
}

/** Return the columns that are probably meant: by their names, or else the first and the last. */
export function guessedColumns(columns: readonly string[]): Columns {
  const named = columns.filter((each) => each !== "");
  const input = byName(named, INPUTS) ?? named[0] ?? "";
  const rest = named.filter((each) => each !== input);
  return { input, output: byName(rest, OUTPUTS) ?? rest.at(-1) ?? "" };
}

function byName(columns: readonly string[], known: readonly string[]): string | undefined {
  for (const name of known) {
    const found = columns.find((each) => each.trim().toLowerCase() === name);
    if (found !== undefined) return found;
  }
  return undefined;
}
