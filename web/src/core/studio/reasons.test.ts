import { describe, expect, it } from "vitest";
import { runReason, runWarning, unreadFinding, unreadReason } from "../strings/zh/studio/reasons";
import { releases } from "../strings/zh/studio/releases";

const english = /[a-z]+ [a-z']+ [a-z]/;

describe("Tau's sentences in Chinese", () => {
  it("about lines that couldn't be read", () => {
    expect(unreadReason("It's empty.")).toBe("内容为空。");
    expect(unreadReason("Something that is new.")).not.toMatch(english);
    const found = unreadFinding("Lines 3, 7 and 4 more, messages[0].role: It's missing.");
    expect(found).toBe("第 3、7 行等，另有 4 行，messages[0].role：缺少这一项。");
    expect(unreadFinding("Line 2: It's empty.")).toBe("第 2 行：内容为空。");
  });

  it("about runs that failed or were paused", () => {
    const sentence = "Line 3 of the training data: it has 900 tokens, and at most 512 can be used.";
    expect(runReason(sentence, "invalid_training_file")).toMatch(/^第 3 行：/);
    expect(runReason("What nobody has foreseen.", "a_new_code")).not.toMatch(english);
    expect(runReason("It reached its limit of 60 seconds.", "")).toBe("达到 60 秒的时间上限。");
    expect(runReason("It was rendered for slurm as desk-1.", "")).not.toMatch(english);
    expect(runReason("Something else.", "")).toBe("已暂停。");
  });

  it("about the examples of a run, and the figures of a gate", () => {
    const warning =
      "4 of the 40 examples contradict another one: the same request has different answers.";
    expect(runWarning(warning)).toContain("40 条样本中有 4 条");
    expect(runWarning("What is new.")).not.toMatch(english);
    const figure = "next token 0.996, log probability 0.007, whole answers 0.9";
    expect(releases.figure(figure)).not.toMatch(/[a-z]/);
    expect(releases.condition(false, "A person must judge it: tau studio review")).toContain(
      "盲评",
    );
  });
});
