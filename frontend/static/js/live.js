// The phone's side of a shared picture. What a picture holds is decided on the server; this file morphs parts, shows and
// hides by marks, counts times, sends forms over the line, and keeps focus where it was. No state of its own.
(() => {
  "use strict";
  const body = document.body, base = body.dataset.base;
  if (!base) return;
  const words = JSON.parse(body.dataset.words);
  const marks = new Map(Object.entries(JSON.parse(body.dataset.marks)).map(([feature, some]) => [feature, new Set(some)]));
  const listeners = [];
  let skew = 0;

  const has = (names) => names.split(" ").some((name) => [...marks.values()].some((some) => some.has(name)));
  // The words that a mark carries for this seat alone: "why:k3=It names a person".
  const told = (name) => [...marks.values()].flatMap((some) => [...some]).find((mark) => mark.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const still = window.deliberateStill({ say, ready(fresh) { personal(fresh); times(fresh); } });
  const shown = () => Object.fromEntries([
    ...still.shown(),
    ...all(document, "[data-part]").map((one) => [one.dataset.part, one.dataset.hash || ""]),
  ]);
  function put(element, text) { if (element.textContent !== text) element.textContent = text; }

  // ---- marks -------------------------------------------------------------------------------------------------------
  function personal(root) {
    for (const one of all(root, "[data-when]")) one.hidden = !has(one.dataset.when);
    for (const one of all(root, "[data-unless]")) one.hidden = has(one.dataset.unless);
    for (const one of all(root, "[data-told]")) put(one, told(one.dataset.told));
    for (const one of all(root, "[data-checked-when]")) one.toggleAttribute("checked", has(one.dataset.checkedWhen));
  }
  function learn(news) {
    for (const [feature, some] of Object.entries(news)) marks.set(feature, new Set(some));
    marked();
  }
  function turned(news) {
    for (const [feature, [on, off]] of Object.entries(news)) {
      const held = marks.get(feature) || new Set();
      for (const mark of on) held.add(mark);
      for (const mark of off) held.delete(mark);
      marks.set(feature, held);
    }
    marked();
  }
  function marked() {
    const held = document.activeElement;
    personal(document);
    const gone = held?.closest("[hidden]");
    if (gone) focus(twin(gone), gone.parentElement);
    settle();
  }

  // ---- focus: whoever works with keys or by ear stays where they were ------------------------------------------------
  const REACHED = "button, a[href], input:not([type=hidden]), select, textarea, summary, [tabindex]";
  // What took the place of something that a mark has hidden: its sibling for the same mark, the other way round.
  function twin(gone) {
    const mark = gone.dataset.when ?? gone.dataset.unless;
    return [...gone.parentElement.children].find((one) => !one.hidden && mark === (one.dataset.when ?? one.dataset.unless));
  }
  function focus(element, otherwise) {
    const place = element ?? otherwise;
    if (!place) return;
    const reached = place.matches(REACHED) ? place : all(place, REACHED).find((one) => !one.closest("[hidden]"));
    if (!reached) place.tabIndex = -1;
    (reached ?? place).focus({ preventScroll: true });
  }
  // Where the focus is, in words that hold when the element itself has gone.
  function placeOf(held) {
    const form = held.closest("form[data-command]");
    return [
      held.id && `#${CSS.escape(held.id)}`,
      held.dataset.key && `[data-key="${CSS.escape(held.dataset.key)}"]`,
      form && held.name && `[data-command="${form.dataset.command}"] [name="${CSS.escape(held.name)}"][value="${CSS.escape(held.value)}"]`,
      form && `[data-command="${form.dataset.command}"]`,
    ].filter(Boolean);
  }

  // ---- times -------------------------------------------------------------------------------------------------------
  const clock = (s) => `${s < 0 ? "-" : ""}${Math.floor(Math.abs(s) / 60)}:${String(Math.abs(s) % 60).padStart(2, "0")}`;
  function times(root) {
    const now = Date.now() + skew;
    for (const one of all(root, "[data-left]")) {
      const left = Math.round((one.dataset.left - now) / 1000), timer = one.closest(".timer");
      put(one, clock(left));
      if (timer) ring(timer, left);
    }
    for (const one of all(root, "[data-behind]")) {
      // As late as it began, or since it was to end, whichever is more.
      const minutes = Math.round(Math.max(now - one.dataset.behind, Number(one.dataset.late ?? -Infinity)) / 60000);
      put(one, minutes > 0 ? words.behind.replace("%d", minutes) : minutes < 0 ? words.ahead.replace("%d", -minutes) : words.onTime);
    }
  }
  function ring(timer, left) {
    const mood = left < 0 ? "over" : left <= Number(timer.dataset.near || 20) ? "near" : "";
    for (const each of [timer, timer.closest(".turn")]) if (each && (each.dataset.state || "") !== mood) each.dataset.state = mood;
    const circle = timer.querySelector("circle.left"), word = timer.querySelector(".word[data-over]");
    const total = Number(timer.dataset.seconds || 0);
    if (word) put(word, left < 0 ? word.dataset.over : word.dataset.on);
    if (circle && total) circle.setAttribute("stroke-dasharray", `${left < 0 ? 101 : Math.min(100, (100 * left) / total)} 100`);
  }
  // By ear a time is told at each full minute and at its end, never in between.
  const heard = { deadline: "", minutes: 0 };
  function tellTime() {
    const one = all(document, ".timer [data-left]").find((each) => !each.closest("[hidden]"));
    if (!one) return;
    const left = (one.dataset.left - Date.now() - skew) / 1000, minutes = Math.max(-1, Math.floor(left / 60));
    if (heard.deadline === one.dataset.left && minutes < heard.minutes) tell(minutes < 0 ? words.up : words.minutes.replace("%d", minutes + 1));
    Object.assign(heard, { deadline: one.dataset.left, minutes });
  }

  // ---- pictures ----------------------------------------------------------------------------------------------------
  async function picture(name, hash, html) {
    if (still.hears(name, hash)) return;
    const element = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!element || element.dataset.hash === hash) return;
    const fresh = document.createElement("template"), holder = document.createElement("div");
    fresh.innerHTML = html;
    personal(fresh.content);
    times(fresh.content);
    holder.append(fresh.content);
    const held = element.contains(document.activeElement) ? document.activeElement : null, place = held ? placeOf(held) : [];
    element.dataset.hash = hash;
    await htmx.swap({ text: holder.innerHTML, target: element, swap: "innerMorph", picture: true });
    if (held && !element.contains(document.activeElement)) {
      const again = place.map((where) => element.querySelector(where)).find((one) => one && !one.closest("[hidden]"));
      focus(again, element);
    }
    settle();
  }
  let turn = null, before = null;
  function settle() {
    const mine = all(document, ".turn").find((one) => !one.closest("[hidden]")) ?? null;
    const held = document.activeElement;
    // While it is somebody's turn nothing behind the full screen can be reached by mistake; the header with Exit can.
    for (const other of all(document, "#main > *, nav.dock")) other.inert = mine !== null && !other.contains(mine);
    if (mine && mine.dataset.turn !== turn) {
      if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.([200, 100, 200]);
      before = held;
      hush(); // what was said before is answered by the turn
      mine.tabIndex = -1;
      mine.focus({ preventScroll: true });
    }
    if (!mine && turn && before !== body && before?.isConnected) before.focus({ preventScroll: true });
    turn = mine?.dataset.turn ?? null;
    for (const listener of listeners) listener();
  }

  // ---- what is said ------------------------------------------------------------------------------------------------
  const voice = document.createElement("p");
  voice.className = "unseen";
  voice.setAttribute("role", "status");
  body.append(voice);
  function tell(text) { voice.textContent = text; }
  function say(text, wrong) {
    const place = document.getElementById("said");
    if (!place || !text) return;
    place.className = wrong ? "flash refused" : "flash";
    place.hidden = false;
    place.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(hush, wrong ? 12000 : 6000);
  }
  function hush() {
    const place = document.getElementById("said");
    if (!place) return;
    place.hidden = true;
    place.textContent = "";
  }
  // What hurts can be taken back for ten seconds: {command, fields} in the answer's data says how.
  function offer(text, undo) {
    const toast = document.getElementById("undo");
    if (!toast) return say(text);
    const form = toast.querySelector("form");
    toast.querySelector("span").textContent = text;
    for (const old of all(form, "input")) old.remove();
    for (const [name, values] of Object.entries(undo.fields)) {
      for (const value of [values].flat()) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    form.action = `${base}do/${undo.command}`;
    form.dataset.command = undo.command;
    toast.hidden = false;
    document.getElementById("said").hidden = true;
    count();
  }
  function count() {
    const place = document.querySelector("#undo time"), until = Date.now() + 10000;
    clearInterval(offer.timer);
    const tick = () => { put(place, String(Math.ceil((until - Date.now()) / 1000))); if (Date.now() >= until) close(); };
    offer.timer = setInterval(tick, 250);
    tick();
  }
  function close() {
    const toast = document.getElementById("undo");
    clearInterval(offer.timer);
    if (toast) toast.hidden = true;
  }

  // ---- acts --------------------------------------------------------------------------------------------------------
  // What is done without the seat goes another way (pseudonym.js), where there is one.
  let otherwise = () => null;
  async function act(name, fields) {
    const answer = await (otherwise(name, fields) ?? line.act(name, fields));
    if (answer.marks) learn(answer.marks);
    if (answer.turned) turned(answer.turned);
    return answer;
  }
  function fieldsOf(form, button) {
    const fields = {};
    for (const [name, value] of new FormData(form, button)) {
      if (name === "next" || name === "act" || typeof value !== "string") continue;
      fields[name] = name in fields ? [fields[name], value].flat() : value;
    }
    return fields;
  }
  document.addEventListener("submit", async (event) => {
    const form = event.target, tapped = event.submitter ?? form;
    if (!form.dataset.command || event.defaultPrevented) return;
    event.preventDefault();
    if (tapped.getAttribute("aria-busy")) return;
    tapped.setAttribute("aria-busy", "true"); // shown at once: the tap was taken
    const typed = JSON.stringify(fieldsOf(form));
    const answer = await act(form.dataset.command, fieldsOf(form, event.submitter));
    tapped.removeAttribute("aria-busy");
    if (tapped.closest("#undo")) close();
    if (answer.ok && answer.data?.undo) offer(answer.say, answer.data.undo);
    else say(answer.say, !answer.ok);
    if (answer.ok && form.hasAttribute("data-reset") && JSON.stringify(fieldsOf(form)) === typed) form.reset();
    if (answer.ok) for (const one of all(form, "[data-answer]")) put(one, answer.data?.[one.dataset.answer] ?? "");
    const fold = answer.ok && tapped.closest("details[data-fold][open]");
    if (fold) {
      if (fold.contains(document.activeElement)) fold.querySelector("summary").focus({ preventScroll: true });
      fold.open = false;
    }
    if (answer.ok && form.dataset.then) htmx.ajax("GET", form.dataset.then, { target: "#main", select: "#main", swap: "outerHTML" });
    form.dispatchEvent(new CustomEvent("deliberate:answer", { bubbles: true, detail: answer }));
  });
  document.addEventListener("click", (event) => {
    const exit = event.target.closest("a.exit");
    if (!exit) return;
    // Nothing of this page stays behind: no entry to come back to, nothing kept.
    event.preventDefault();
    line.leave();
    try { sessionStorage.clear(); localStorage.clear(); } catch { /* not allowed: nothing was kept */ }
    location.replace(exit.href);
  });

  // What is wrong with the service, for whoever works for the room, while it lasts.
  function alarm(said) {
    let place = document.getElementById("trouble");
    if (!place) {
      place = Object.assign(document.createElement("div"), { id: "trouble", className: "trouble" });
      place.setAttribute("role", "alert");
      document.body.prepend(place);
    }
    place.hidden = !said.length;
    place.replaceChildren(...said.map((text) => Object.assign(document.createElement("p"), { textContent: text })));
  }

  // ---- the line ----------------------------------------------------------------------------------------------------
  const line = window.deliberateLine({
    base,
    words,
    shown,
    hear(frame) {
      for (const [name, [hash, html]] of Object.entries(frame.p ?? {})) picture(name, hash, html);
      if (frame.marks) learn(frame.marks);
      if (frame.trouble) alarm(frame.trouble);
      if (frame.now) skew = frame.now - Date.now();
    },
    state(word) {
      const place = document.getElementById("line");
      if (place) { place.dataset.line = word; put(place, words[word]); }
    },
    gone() { location.replace(body.dataset.home + "ended/"); },
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.picture) return;
    personal(document);
    times(document);
    settle();
    line.watch();
  });
  // Neither a tap that is under way nor an opened detail is undone by a picture.
  htmx.config.morphIgnore.push("aria-busy");
  if (body.dataset.plain) document.cookie = `plain=; path=${body.dataset.home}; max-age=0; samesite=lax`;
  window.deliberate = { act, say, has, learn, without: (way) => { otherwise = way; }, onChange: (listener) => listeners.push(listener) };
  setInterval(() => { times(document); tellTime(); }, 250);
  times(document);
  settle();
  // What the page itself says of the act that led to it goes as if it had been said just now.
  if (document.querySelector("#said:not([hidden])")) say.timer = setTimeout(hush, 6000);
  if (document.querySelector("#undo:not([hidden])")) count();
})();
