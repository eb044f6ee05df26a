// The page: what is shown, and what happens when somebody acts. Everything is built as nodes.

import * as tau from "./tau.js";
import { dateOf, language, say } from "./strings.js";
import { element as h, markdown } from "./markdown.js";
import { enter } from "./door.js";

const $ = (id) => document.getElementById(id);
const PAGE = 60;
const reasons = new Map(); // message id -> passages with the reasons they came for, told while live

const state = {
  conversations: [],
  conversation: null, // null: one that begins with the first words
  private: false,
  messages: [],
  earlier: null,
  live: null, // { turn, text, passages, node }
  failure: null,
  edits: null,
  found: null,
};

// The list of conversations

async function loadList() {
  const page = await tau.get("/api/conversations?limit=200");
  state.conversations = page.conversations;
  showList();
}

function showList() {
  const shown = state.found === null ? state.conversations.map(entry) : state.found.map(finding);
  if (state.found?.length === 0) shown.push(h("li", { className: "none" }, say.nothingFound));
  $("list").replaceChildren(...shown);
}

function entry(one) {
  const current = one.id === state.conversation;
  const open = h(
    "a",
    { href: `#${tau.part(one.id)}`, className: one.private ? "private" : "" },
    h("span", {}, one.title ?? say.untitled),
    h("time", {}, dateOf(one.updated_at)),
  );
  if (current) open.setAttribute("aria-current", "page");
  return h("li", {}, open);
}

function finding(passage) {
  const { message } = passage;
  const open = h(
    "a",
    { href: `#${tau.part(message.conversation)}`, className: "found" },
    h("span", {}, message.text),
    h("time", {}, `${dateOf(message.at)} · ${passage.reasons.join(", ")}`),
  );
  open.addEventListener("click", () => (state.seek = message.id));
  return h("li", {}, open);
}

let searching = 0;
async function search() {
  const query = $("search").value.trim();
  const mine = ++searching;
  const found = query ? (await tau.post("/api/search", { query, limit: 20 })).passages : null;
  if (mine !== searching) return; // a later search was quicker
  state.found = found;
  showList();
}

// One conversation

function beginNew(isPrivate) {
  Object.assign(state, {
    conversation: null, private: isPrivate, messages: [], earlier: null, live: null, failure: null, edits: null,
  });
  history.replaceState(null, "", "/");
  show();
  showSide(false);
  $("words").focus();
}

async function open(id) {
  const path = `/api/conversations/${tau.part(id)}`;
  const [one, page] = await Promise.all([tau.get(path), tau.get(`${path}/messages?limit=${PAGE}`)]);
  const changed = state.conversation !== id;
  Object.assign(state, { conversation: id, private: one.private, messages: page.messages, earlier: page.earlier, title: one.title });
  if (changed) Object.assign(state, { live: null, failure: null, edits: null });
  if (one.live_turn && state.live?.turn !== one.live_turn) follow(one.live_turn, id);
  show();
  showSide(false);
  if (state.seek) seek(state.seek);
  else if (changed) toEnd();
}

function seek(message) {
  state.seek = null;
  const node = document.querySelector(`[data-message="${CSS.escape(message)}"]`);
  node?.scrollIntoView({ block: "center" });
  node?.classList.add("sought");
}

async function loadEarlier() {
  const scroll = $("scroll");
  const fromEnd = scroll.scrollHeight - scroll.scrollTop;
  const path = `/api/conversations/${tau.part(state.conversation)}/messages`;
  const page = await tau.get(`${path}?limit=${PAGE}&before=${tau.part(state.earlier)}`);
  Object.assign(state, { messages: [...page.messages, ...state.messages], earlier: page.earlier });
  show();
  scroll.scrollTop = scroll.scrollHeight - fromEnd;
}

function button(text, act, className = "quiet") {
  const made = h("button", { type: "button", className }, text);
  made.addEventListener("click", () => attempt(() => act(made)));
  return made;
}

function show() {
  const title = state.private ? say.privateTitle : (current()?.title ?? say.untitled);
  $("title").textContent = title;
  document.title = state.messages.length ? `${title} · Tau` : "Tau";
  document.body.classList.toggle("private", state.private);
  $("hint").textContent = state.edits ? say.editing : state.private ? say.privateHint : say.hint;
  showDeeds();
  showThread();
  showSending();
  showList();
}

const current = () => state.conversations.find((one) => one.id === state.conversation);

function showDeeds() {
  const path = `/api/conversations/${tau.part(state.conversation ?? "")}`;
  const rename = async () => {
    const title = prompt(say.askName, current()?.title ?? "")?.trim();
    if (title) await tau.patch(path, { title });
    await refresh();
  };
  const archive = async () => {
    await tau.patch(path, { archived: true });
    beginNew(false);
    await loadList();
  };
  const erase = async () => {
    if (!confirm(say.askErase)) return;
    await tau.erase(path);
    beginNew(false);
    await loadList();
  };
  const deeds = [button(say.rename, rename), button(say.archive, archive), button(say.erase, erase)];
  $("deeds").hidden = state.conversation === null;
  $("deeds").open = false;
  $("deeds").lastElementChild.replaceChildren(...(state.private ? deeds.slice(2) : deeds));
}

function showThread() {
  const nodes = state.messages.map((message, at) => messageNode(message, at === state.messages.length - 1));
  if (state.earlier) nodes.unshift(button(say.earlier, loadEarlier, "earlier quiet"));
  if (state.live) nodes.push((state.live.node = h("article", { className: "reply live" })));
  else if (state.failure || state.messages.at(-1)?.by === "person") nodes.push(unanswered());
  if (!nodes.length) nodes.push(greeting());
  $("thread").replaceChildren(...nodes);
  if (state.live) showLive();
}

const UNNAMED = "You"; // what the owner is called before they say their name

function greeting() {
  return h("div", { className: "greeting" }, h("h2", {}, say.greeting(state.me.name === UNNAMED ? "" : state.me.name)), h("p", {}, say.greetingText));
}

function unanswered() {
  const words = [...state.messages].reverse().find((message) => message.by === "person");
  return h(
    "div",
    { className: "failure", role: "alert" },
    h("p", {}, state.failure ?? say.noReply),
    words ? button(say.again, () => answerAgain(words.id)) : null,
  );
}

function messageNode(message, isLast) {
  return message.by === "person" ? wordsNode(message) : replyNode(message, isLast);
}

function wordsNode(message) {
  const foreign = message.speaker ? `${message.speaker} · ` : "";
  const node = h(
    "article",
    { className: "words" },
    h("p", {}, message.text),
    h("footer", {}, h("time", {}, foreign + dateOf(message.at)), button(say.edit, () => edit(message))),
  );
  node.dataset.message = message.id;
  return node;
}

function replyNode(message, isLast) {
  const asked = state.messages.find((one) => one.id === message.parent);
  const broken = { stopped: say.stopped, interrupted: say.interrupted }[message.status];
  const copy = button(say.copy, async (made) => {
    await navigator.clipboard.writeText(message.text);
    made.textContent = say.copied;
  });
  const node = h(
    "article",
    { className: "reply" },
    ...markdown(message.text),
    broken ? h("p", { className: "broken" }, broken) : null,
    recalledNode(reasons.get(message.id) ?? message.recalled),
    h("footer", {}, copy, isLast && asked ? button(say.again, () => answerAgain(asked.id)) : null),
  );
  node.dataset.message = message.id;
  return node;
}

function recalledNode(passages) {
  if (!passages.length) return null;
  return h(
    "details",
    { className: "recalled" },
    h("summary", {}, say.recalled(passages.length)),
    h("ol", {}, ...passages.map(recalledPassage)),
  );
}

function recalledPassage(passage) {
  const who = passage.speaker ?? (passage.by === "tau" ? say.tau : say.you);
  const why = passage.reasons?.length ? ` · ${passage.reasons.join(", ")}` : "";
  return h("li", {}, h("q", {}, passage.text), h("small", {}, `${who}, ${dateOf(passage.at)}${why}`));
}

// A reply in the making

let drawing = false;
function drawSoon() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    if (state.live) showLive();
  });
}

function showLive() {
  const { node, text, passages } = state.live;
  const scroll = $("scroll");
  const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
  const waiting = h("p", { className: "waiting" }, h("span", { className: "unseen" }, say.thinking));
  node.replaceChildren(...(text ? markdown(text) : [waiting]), recalledNode(passages) ?? "");
  if (atEnd) toEnd();
}

async function follow(turn, conversation, begin) {
  const live = { turn, text: "", passages: [], node: h("article") };
  Object.assign(state, { live, failure: null });
  showSending();
  notice(null);
  $("spoken").textContent = say.replying;
  let failure = null;
  try {
    for await (const event of tau.turnEvents(turn, begin, () => notice(say.lost))) {
      if (state.live !== live) return; // somebody opened another conversation
      notice(null);
      failure = await take(event, live, conversation);
    }
  } catch (error) {
    failure = error instanceof tau.Refused ? error.message : say.unreachable;
    if (begin && !live.accepted) giveBack(begin.body.words);
  }
  if (state.live !== live) return;
  Object.assign(state, { live: null, failure });
  $("spoken").textContent = failure ?? live.text;
  await refresh();
}

async function take(event, live, conversation) {
  if (event.type === "accepted") {
    live.accepted = true;
    if (!state.messages.some((message) => message.id === event.message)) await refresh(conversation);
  } else if (event.type === "recalled") live.passages = event.passages;
  else if (event.type === "delta") live.text += event.text;
  else if (event.type === "done") reasons.set(event.message, live.passages);
  else if (event.type === "failed") return event.sentence;
  drawSoon();
  return null;
}

async function refresh(conversation = state.conversation) {
  await loadList();
  if (conversation && state.conversation === conversation) await open(conversation);
  else show();
}

function giveBack(words) {
  if (words && !$("words").value) $("words").value = words;
}

// Saying something

async function submit() {
  if (state.live) return stop();
  const words = $("words").value.trim();
  if (!words) return;
  if (state.conversation === null) {
    const begun = await tau.post("/api/conversations", { private: state.private });
    state.conversation = begun.id;
    history.replaceState(null, "", `#${tau.part(begun.id)}`);
  }
  const body = { words, ...(state.edits ? { edits: state.edits } : {}) };
  if (state.edits) cutFrom(state.edits);
  state.edits = null;
  $("words").value = "";
  fit();
  await begin({ path: `/api/conversations/${tau.part(state.conversation)}/turns`, body });
}

async function begin(request) {
  const following = follow(tau.newId(), state.conversation, request);
  show();
  toEnd();
  await following;
}

async function answerAgain(message) {
  cutFrom(message, 1);
  await begin({ path: `/api/messages/${tau.part(message)}/retry`, body: {} });
}

function cutFrom(message, keep = 0) {
  const at = state.messages.findIndex((one) => one.id === message);
  if (at >= 0) state.messages = state.messages.slice(0, at + keep);
}

async function stop() {
  if (state.live) await tau.post(`/api/turns/${tau.part(state.live.turn)}/stop`);
}

function edit(message) {
  state.edits = message.id;
  $("words").value = message.text;
  show();
  fit();
  $("words").focus();
}

function showSending() {
  const send = $("send");
  send.textContent = state.live ? say.stop : say.send;
  send.classList.toggle("stop", Boolean(state.live));
}

function fit() {
  const words = $("words");
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight, innerHeight * 0.4)}px`;
}

function toEnd() {
  $("scroll").scrollTop = $("scroll").scrollHeight;
}

// Failures, keys, other devices

function notice(sentence) {
  $("notice").hidden = !sentence;
  $("notice").textContent = sentence ?? "";
}

async function attempt(act) {
  try {
    notice(null);
    await act();
  } catch (error) {
    if (error instanceof tau.Refused && error.status === 401) return location.reload();
    notice(error instanceof tau.Refused ? error.message : say.unreachable);
    if (!(error instanceof tau.Refused || error instanceof TypeError)) throw error;
  }
}

function showSide(open) {
  $("house").classList.toggle("open", open);
  $("menu").setAttribute("aria-expanded", String(open));
}

async function onHash() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id) return;
  try {
    await open(id);
  } catch (error) {
    if (!(error instanceof tau.Refused) || error.status !== 404) throw error;
    beginNew(false);
  }
}

async function watchOthers() {
  let soon = null;
  for await (const change of tau.changes()) {
    if (state.live && change.conversation === state.conversation) continue;
    clearTimeout(soon);
    soon = setTimeout(() => attempt(() => refresh()), 150);
  }
}

function onKey(event) {
  if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    showSide(true);
    $("search").focus();
  } else if (event.key === "Escape") {
    showSide(false);
    if (state.edits) {
      state.edits = null;
      $("words").value = "";
      show();
    } else if (state.live) attempt(stop);
  }
}

function listen() {
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(submit);
  });
  $("words").addEventListener("input", fit);
  $("words").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || state.live) return;
    event.preventDefault();
    attempt(submit);
  });
  $("begin").addEventListener("click", () => beginNew(false));
  $("begin-private").addEventListener("click", () => beginNew(true));
  $("menu").addEventListener("click", () => showSide(!$("house").classList.contains("open")));
  $("shade").addEventListener("click", () => showSide(false));
  $("search").addEventListener("input", () => attempt(search));
  $("leave").addEventListener("click", () => attempt(() => tau.post("/api/sign-out").then(() => location.reload())));
  addEventListener("click", (event) => {
    if (!$("deeds").contains(event.target)) $("deeds").open = false;
  });
  addEventListener("hashchange", () => attempt(onHash));
  addEventListener("keydown", onKey);
}

function label() {
  document.documentElement.lang = language;
  $("begin").textContent = say.begin;
  $("begin").title = say.untitled;
  $("begin-private").title = say.privateTitle;
  $("begin-private").textContent = say.beginPrivate;
  $("leave").textContent = say.leave;
  for (const [id, text] of [["search", say.search], ["words", say.placeholder]]) {
    $(id).placeholder = text;
    $(id).setAttribute("aria-label", text);
  }
  $("menu").setAttribute("aria-label", say.menu);
  $("deeds").firstElementChild.setAttribute("aria-label", say.deeds);
  $("shade").setAttribute("aria-label", say.menu);
}

async function start() {
  label();
  state.me = await enter($("door"));
  $("door").hidden = true;
  $("house").hidden = false;
  $("name").textContent = state.me.name;
  listen();
  await attempt(async () => {
    await loadList();
    show();
    await onHash();
  });
  if (matchMedia("(hover: hover)").matches) $("words").focus();
  watchOthers();
}

start();
