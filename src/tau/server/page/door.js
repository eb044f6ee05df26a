// The door: coming in by a one-time link, a password, a recovery code or an invitation. The key of
// a link stands behind its #, which browsers send to nobody: no log on the way can hold it.

import * as tau from "./tau.js";
import { say } from "./strings.js";
import { element as h, markdown } from "./markdown.js";

// Returns who is signed in, once somebody is. Looking at a link's address uses nothing up: only this
// script sends its key, so that the preview of a link in a messenger leaves it whole.
export async function enter(door) {
  const asked = new URLSearchParams(location.pathname === "/welcome" ? location.hash.slice(1) : "");
  const key = asked.get("key");
  const invitation = asked.get("invitation");
  let sentence = null;
  if (key || invitation) history.replaceState(null, "", "/");
  if (invitation) return form(door, accepting(invitation), null);
  try {
    return key ? await tau.post("/api/welcome", { key }) : await tau.get("/api/me");
  } catch (error) {
    if (!(error instanceof tau.Refused)) sentence = say.unreachable;
    else if (key) sentence = error.message;
  }
  if (key) {
    try {
      return await tau.get("/api/me"); // the link was used before, by this very browser
    } catch {
      // nobody is signed in here
    }
  }
  return form(door, withPassword, sentence);
}

const name = { name: "name", label: say.yourName, autocomplete: "username" };
const withPassword = {
  path: "/api/sign-in",
  text: say.doorText,
  fields: [name, { name: "password", label: say.password, type: "password", autocomplete: "current-password" }],
  submit: say.signIn,
  other: () => [say.recover, withCode],
};
const withCode = {
  path: "/api/recover",
  text: say.doorText,
  fields: [name, { name: "code", label: say.code, autocomplete: "off" }],
  submit: say.signIn,
  other: () => [say.withPassword, withPassword],
};

function accepting(key) {
  return {
    path: "/api/invitations/accept",
    text: say.acceptText,
    fields: [name, { name: "password", label: say.password, type: "password", autocomplete: "new-password" }],
    submit: say.accept,
    also: { key },
  };
}

function field({ label, ...properties }) {
  return h("label", {}, label, h("input", { required: true, ...properties }));
}

function form(door, way, sentence) {
  return new Promise((resolve) => {
    const failure = h("p", { className: "failure", role: "alert", hidden: !sentence }, sentence ?? "");
    const made = h(
      "form",
      {},
      h("img", { src: "/page/icon.svg", alt: "", width: 56, height: 56 }),
      h("h1", {}, "Tau"),
      ...markdown(way.text),
      failure,
      ...way.fields.map(field),
      h("button", { type: "submit" }, way.submit),
    );
    if (way.other) {
      const [label, other] = way.other();
      const change = h("button", { type: "button", className: "quiet" }, label);
      change.addEventListener("click", () => resolve(form(door, other, null)));
      made.append(change);
    }
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        resolve(await tau.post(way.path, { ...Object.fromEntries(new FormData(made)), ...way.also }));
      } catch (error) {
        failure.hidden = false;
        failure.textContent = error instanceof tau.Refused ? error.message : say.unreachable;
      }
    });
    door.replaceChildren(made);
    door.hidden = false;
    made.querySelector("input").focus();
  });
}
