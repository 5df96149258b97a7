// The phone's end of the line: acts out, pictures in. What a picture holds is decided on the server; this file only
// morphs parts, shows and hides by marks, counts times, and keeps acts until they are stored. No state of its own.
(() => {
  "use strict";
  const body = document.body, base = body.dataset.base;
  if (!base) return;
  const words = JSON.parse(body.dataset.words);
  const marks = new Map(Object.entries(JSON.parse(body.dataset.marks)).map(([feature, some]) => [feature, new Set(some)]));
  const waiting = new Map(); // act id -> what was asked and who waits for the answer
  const listeners = [];
  let socket = null, streaming = null, tries = 0, opened = false, failures = 0, beat = 0, heard = 0, skew = 0, ended = false;

  const has = (names) => names.split(" ").some((name) => [...marks.values()].some((some) => some.has(name)));
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => (byte % 36).toString(36)).join("") + Date.now().toString(36);

  // ---- marks and times -------------------------------------------------------------------------------------------
  function personal(root) {
    for (const one of all(root, "[data-when]")) one.hidden = !has(one.dataset.when);
    for (const one of all(root, "[data-unless]")) one.hidden = has(one.dataset.unless);
    for (const one of all(root, "[data-checked-when]")) one.toggleAttribute("checked", has(one.dataset.checkedWhen));
  }
  const clock = (s) => `${s < 0 ? "-" : ""}${Math.floor(Math.abs(s) / 60)}:${String(Math.abs(s) % 60).padStart(2, "0")}`;
  function put(element, text) { if (element.textContent !== text) element.textContent = text; }
  function times(root) {
    const now = Date.now() + skew;
    for (const one of all(root, "[data-left]")) {
      const left = Math.round((one.dataset.left - now) / 1000);
      put(one, clock(left));
      const timer = one.closest(".timer");
      if (timer) {
        const mood = left < 0 ? "over" : left <= Number(timer.dataset.near || 20) ? "near" : "", ring = timer.querySelector("circle.left");
        for (const each of [timer, timer.closest(".turn")]) if (each && (each.dataset.state || "") !== mood) each.dataset.state = mood;
        const total = Number(timer.dataset.seconds || 0), word = timer.querySelector(".word[data-over]");
        if (word) put(word, left < 0 ? word.dataset.over : word.dataset.on);
        if (ring && total) ring.setAttribute("stroke-dasharray", `${left < 0 ? 101 : Math.min(100, (100 * left) / total)} 100`);
      }
    }
    for (const one of all(root, "[data-behind]")) {
      // As late as it began, or since it was to end, whichever is more.
      const minutes = Math.round(Math.max(now - one.dataset.behind, Number(one.dataset.late ?? -Infinity)) / 60000);
      put(one, minutes > 0 ? words.behind.replace("%d", minutes) : minutes < 0 ? words.ahead.replace("%d", -minutes) : words.onTime);
    }
  }

  // ---- pictures --------------------------------------------------------------------------------------------------
  const shown = () => Object.fromEntries(all(document, "[data-part]").map((one) => [one.dataset.part, one.dataset.hash || ""]));
  let turn = "";
  function settle() {
    const mine = all(document, ".turn").find((one) => !one.closest("[hidden]"));
    const now = mine ? mine.dataset.turn : "";
    if (now && now !== turn) { navigator.vibrate?.([200, 100, 200]); mine.scrollIntoView?.({ block: "nearest" }); }
    turn = now;
    // While it is somebody's turn nothing behind the full screen can be reached by mistake; the header with Exit can.
    for (const other of all(document, "#main > *, nav.dock")) other.inert = Boolean(mine) && !other.contains(mine);
    for (const listener of listeners) listener();
  }
  async function picture(name, hash, html) {
    const element = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!element) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    personal(fresh.content);
    times(fresh.content);
    const holder = document.createElement("div");
    holder.append(fresh.content);
    element.dataset.hash = hash;
    await htmx.swap({ text: holder.innerHTML, target: element, swap: "innerMorph" });
    personal(element);
    times(element);
    settle();
  }
  function learn(news) {
    for (const [feature, some] of Object.entries(news)) marks.set(feature, new Set(some));
    personal(document);
    settle();
  }

  // ---- what comes in ---------------------------------------------------------------------------------------------
  function hear(text) {
    heard = Date.now();
    const frame = JSON.parse(text);
    if (frame.p) for (const [name, [hash, html]] of Object.entries(frame.p)) picture(name, hash, html);
    if (frame.marks) learn(frame.marks);
    if (frame.a) answered(frame.a);
    if (frame.ping) socket?.send(JSON.stringify({ pong: frame.ping }));
    if (frame.now) skew = frame.now - Date.now();
    if (frame.end === "ended") gone();
  }
  function gone() { ended = true; location.replace(body.dataset.home + "ended/"); }
  function answered(answer) {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.marks) learn(answer.marks);
    if (answer.code === "seat" || answer.end) return gone();
    if (asked) asked.done(answer);
  }
  function say(text, wrong) {
    const place = document.getElementById("said");
    if (!place || !text) return;
    place.className = wrong ? "flash refused" : "flash";
    place.hidden = false;
    place.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { place.hidden = true; place.textContent = ""; }, wrong ? 12000 : 6000);
  }

  // ---- the line --------------------------------------------------------------------------------------------------
  function state(word) {
    const place = document.getElementById("line");
    if (place) { place.dataset.line = word; put(place, words[word]); }
  }
  const open = () => socket && socket.readyState === WebSocket.OPEN;
  function connect() {
    if (ended) return;
    opened = false;
    socket = new WebSocket(new URL(base + "live", location.href).href.replace(/^http/, "ws"));
    const mine = socket;
    const impatient = setTimeout(() => { if (!opened) mine.close(); }, 8000);
    mine.onopen = () => {
      opened = true; failures = 0; heard = Date.now();
      if (streaming) { streaming.abort(); streaming = null; }
      state("live");
      mine.send(JSON.stringify({ beat: ++beat }));
      mine.send(JSON.stringify({ watch: shown(), marks: tries > 0 }));
      tries = 0;
      for (const asked of waiting.values()) mine.send(asked.frame);
    };
    mine.onmessage = (event) => hear(event.data);
    mine.onclose = (event) => {
      clearTimeout(impatient);
      if (mine !== socket || ended) return;
      if (event.code === 4401) return gone();
      if (!opened && ++failures >= 2 && !streaming) stream();
      if (!streaming) state("away");
      tries += 1;
      // Full jitter: a thousand phones that lost the line together do not come back together.
      const longest = streaming ? 120000 : Math.min(15000, 500 * 2 ** Math.min(tries, 5));
      setTimeout(connect, (streaming ? 60000 : 100) + Math.random() * longest);
    };
  }
  setInterval(() => {
    if (!open()) return;
    if (Date.now() - heard > 40000) socket.close();
    else if (Date.now() - heard > 20000) socket.send(JSON.stringify({ beat: ++beat }));
  }, 5000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && open()) socket.send(JSON.stringify({ beat: ++beat })); });
  addEventListener("online", () => { if (socket && socket.readyState > 1 && !streaming) connect(); });

  // Where sockets do not get through: the same pictures as a stream, acts by POST.
  async function stream() {
    const mine = (streaming = new AbortController());
    for (const asked of waiting.values()) post(asked);
    while (streaming === mine && !ended) {
      try {
        const response = await fetch(base + "stream", { headers: { "X-Watch": JSON.stringify(shown()) }, signal: mine.signal, cache: "no-store" });
        if (response.status === 401) return gone();
        if (!response.ok) throw new Error(response.status);
        state("live");
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          const events = (rest + value).split("\n\n");
          rest = events.pop();
          for (const event of events) if (event.startsWith("data: ")) hear(event.slice(6));
        }
      } catch {
        if (mine.signal.aborted) return;
        state("away");
        await new Promise((go) => setTimeout(go, 1000 + Math.random() * 4000));
      }
    }
  }
  async function post(asked) {
    const data = new URLSearchParams();
    for (const [name, value] of Object.entries(asked.fields)) for (const each of [value].flat()) data.append(name, each);
    data.set("act", asked.id);
    for (let attempt = 0; waiting.has(asked.id); attempt += 1) {
      try {
        const response = await fetch(`${base}do/${asked.name}`, { method: "POST", body: data, headers: { Accept: "application/json" } });
        answered({ id: asked.id, ...(await response.json()) });
      } catch { await new Promise((go) => setTimeout(go, 1000 * 2 ** Math.min(attempt, 4) * (0.5 + Math.random()))); }
    }
  }

  // ---- acts ------------------------------------------------------------------------------------------------------
  // Ask for `name` with `fields`; the promise gives the answer {ok, say, code?, data?} once it is stored or refused.
  function act(name, fields = {}) {
    return new Promise((done) => {
      const id = newId();
      const asked = { id, name, fields, done, frame: JSON.stringify({ do: name, with: fields, id }) };
      waiting.set(id, asked);
      if (open()) socket.send(asked.frame);
      else if (streaming) post(asked);
    });
  }
  function fieldsOf(form, button) {
    const fields = {};
    for (const [name, value] of new FormData(form, button || undefined)) {
      if (name === "next" || name === "act" || typeof value !== "string") continue;
      fields[name] = name in fields ? [fields[name], value].flat() : value;
    }
    return fields;
  }
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.command || event.defaultPrevented) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy")) return;
    const button = event.submitter;
    for (const each of [form, button]) each?.setAttribute("aria-busy", "true"); // shown at once: the tap was taken
    const typed = fieldsOf(form, button);
    const answer = await act(form.dataset.command, typed);
    for (const each of [form, button]) each?.removeAttribute("aria-busy");
    say(answer.say, !answer.ok);
    const now = fieldsOf(form, button);
    if (answer.ok && form.hasAttribute("data-reset") && JSON.stringify(now) === JSON.stringify(typed)) form.reset();
    if (answer.ok && form.dataset.then) htmx.ajax("GET", form.dataset.then, { target: "#main", select: "#main", swap: "outerHTML" });
    form.dispatchEvent(new CustomEvent("deliberate:answer", { bubbles: true, detail: answer }));
  });
  document.addEventListener("click", (event) => {
    const exit = event.target.closest("a.exit");
    if (!exit) return;
    // Nothing of this page stays behind: no entry to come back to, nothing kept.
    event.preventDefault();
    ended = true;
    try { sessionStorage.clear(); localStorage.clear(); } catch { /* not allowed: nothing was kept */ }
    location.replace(exit.href);
  });
  document.addEventListener("htmx:after:swap", () => {
    if (open()) socket.send(JSON.stringify({ watch: shown() }));
    else if (streaming) { streaming.abort(); stream(); }
    personal(document); times(document); settle();
  });
  document.addEventListener("htmx:after:settle", () => { personal(document); times(document); });

  if (body.dataset.plain) document.cookie = `plain=; path=${body.dataset.home}; max-age=0; samesite=lax`;
  window.deliberate = { act, say, has, onChange: (listener) => listeners.push(listener) };
  setInterval(() => times(document), 250);
  times(document); settle(); connect();
})();
