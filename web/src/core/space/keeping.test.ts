import { describe, expect, it, vi } from "vitest";
import { Refused, Unreachable } from "../errors";
import type { CareForm, FormContent, Help, SavedForm } from "../types";
import { FormKeeper, type KeeperNeed } from "./keeping";

const content = (why: string): FormContent => ({ values: { why }, rows: [] });

/** A server that holds forms, and refuses a version that isn't the newest. */
class Server {
  forms: CareForm[] = [];
  failures: Error[] = [];
  help: Help | null = null;
  #count = 0;

  need(more: Partial<KeeperNeed> = {}): KeeperNeed {
    return {
      start: async (one) => this.#kept(`form ${this.forms.length}`, one),
      save: async (id, version, one) => {
        const form = this.forms.find((each) => each.id === id);
        if (!form) throw new Refused(404, "not_found", "");
        if (form.version !== version) throw new Refused(409, "conflict", "");
        return this.#kept(id, one);
      },
      onHelp: () => undefined,
      pauseMs: 1,
      againMs: 1,
      ...more,
    };
  }

  #kept(id: string, one: FormContent): SavedForm {
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.#count += 1;
    const form: CareForm = {
      id,
      exercise: "gratitude",
      version: `version ${this.#count}`,
      created_at: 0,
      updated_at: 0,
      ...one,
    };
    this.forms = [...this.forms.filter((each) => each.id !== id), form];
    return { form, help: this.help };
  }

  get whys(): unknown[] {
    return this.forms.map((form) => form.values.why);
  }
}

describe("a form that's being filled in", () => {
  it("is saved after a pause, and what follows is a version of it", async () => {
    const server = new Server();
    const keeper = new FormKeeper(server.need(), null);
    keeper.edit(content("tea"));
    expect(keeper.state.get()).toBe("waiting");
    await vi.waitFor(() => expect(keeper.state.get()).toBe("kept"));
    keeper.edit(content("tea and rain"));
    await keeper.flush();
    expect(server.whys).toEqual(["tea and rain"]);
    expect(keeper.form?.version).toBe("version 2");
  });

  it("saves what was typed while it was being saved", async () => {
    const server = new Server();
    const keeper = new FormKeeper(server.need(), null);
    keeper.edit(content("one"));
    const saving = keeper.flush();
    keeper.edit(content("two"));
    await saving;
    expect(server.whys).toEqual(["two"]);
    expect(keeper.state.get()).toBe("kept");
  });

  it("becomes a form of its own if it was changed elsewhere", async () => {
    const server = new Server();
    const here = new FormKeeper(server.need(), null);
    here.edit(content("begun"));
    await here.flush();
    const there = new FormKeeper(server.need(), here.form);
    there.edit(content("there"));
    await there.flush();
    here.edit(content("here"));
    await here.flush();
    expect(here.state.get()).toBe("apart");
    expect(server.whys).toEqual(["there", "here"]);
    here.edit(content("here again"));
    await here.flush();
    expect(server.whys).toEqual(["there", "here again"]);
  });

  it("is tried again until it's saved", async () => {
    const server = new Server();
    server.failures = [new Unreachable(), new Refused(500, "internal", "")];
    const keeper = new FormKeeper(server.need(), null);
    keeper.edit(content("rain"));
    await keeper.flush();
    expect(keeper.state.get()).toBe("failed");
    await vi.waitFor(() => expect(keeper.state.get()).toBe("kept"));
    expect(server.whys).toEqual(["rain"]);
  });

  it("doesn't come back once it was deleted elsewhere", async () => {
    const server = new Server();
    const keeper = new FormKeeper(server.need(), null);
    keeper.edit(content("one"));
    await keeper.flush();
    server.forms = [];
    keeper.edit(content("two"));
    await keeper.flush();
    expect(keeper.state.get()).toBe("gone");
    keeper.edit(content("three"));
    expect(keeper.state.get()).toBe("gone");
    expect(server.forms).toEqual([]);
  });

  it("passes on the help that comes with it", async () => {
    const server = new Server();
    server.help = { level: 2 } as Help;
    const onHelp = vi.fn();
    const keeper = new FormKeeper(server.need({ onHelp }), null);
    keeper.edit(content("words"));
    await keeper.flush();
    expect(onHelp).toHaveBeenCalledWith({ level: 2 });
  });
});
