// The line to the room: a socket, or where sockets do not get through a stream with acts by POST. It comes back by
// itself, and acts wait here until they are stored or refused: each carries an id, so sending one twice does it once.
// shown(): {part: hash held}. hear(frame): something came in. state(word): the line in a word. gone(): the seat has ended.
window.deliberateLine = (given) => {
  "use strict";
  const { base, words, shown, hear, state, gone } = given;
  const LONGEST_FRAME = 16000, PATIENCE = 10000, LASTING = 10000;
  const waiting = new Map();
  let socket = null, stream = null, again = 0, tries = 0, blocked = 0, beat = 0, due = 0, heard = 0, ended = false;

  const between = (least, most) => least + Math.random() * (most - least);
  const live = () => socket !== null && socket.readyState === WebSocket.OPEN;
  const send = (frame) => socket.send(JSON.stringify(frame));
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => (byte % 36).toString(36)).join("");

  // ---- the socket --------------------------------------------------------------------------------------------------
  function connect() {
    clearTimeout(again);
    if (ended || socket) return;
    const mine = (socket = new WebSocket(new URL(base + "live", location.href).href.replace(/^http/, "ws")));
    let spoke = 0;
    // Some proxies let a socket open and then pass nothing on: only a word from the other side makes it a line.
    const impatient = setTimeout(() => { blocked += 1; drop(0); }, PATIENCE);
    mine.onopen = () => { ask(); watch(true); for (const each of waiting.values()) deliver(each); };
    mine.onmessage = (event) => {
      if (!spoke) {
        clearTimeout(impatient);
        spoke = Date.now();
        blocked = 0;
        stream?.abort();
        stream = null;
        state("live");
      }
      due = 0;
      took(event.data);
    };
    mine.onclose = (event) => drop(event.code);
    mine.drop = drop;
    function drop(code) {
      if (mine !== socket) return;
      clearTimeout(impatient);
      mine.onopen = mine.onmessage = mine.onclose = null;
      mine.close();
      socket = null;
      due = 0;
      if (code === 4401) return end();
      if (ended) return;
      if (!spoke) blocked += 1;
      tries = spoke && Date.now() - spoke > LASTING ? 1 : tries + 1;
      if (blocked >= 2 && !stream) open();
      // 1012: the service hands over to its next process; 1013: there is no room for one more line just now.
      if (!stream && code !== 1012) state(code === 1013 ? "full" : "away");
      // Full jitter: a thousand phones that lost the line together do not come back together.
      again = setTimeout(connect, stream ? between(5000, Math.min(180000, 15000 * blocked)) : between(100, Math.min(15000, 500 * 2 ** tries)));
    }
  }
  function ask(patience = PATIENCE) { due = Date.now() + patience; send({ beat: ++beat }); }
  function watch(marks = false) {
    if (live()) send(marks ? { watch: shown(), marks } : { watch: shown() });
    else stream?.renew();
  }
  function took(text) {
    heard = Date.now();
    const frame = JSON.parse(text);
    if (frame.ping && live()) send({ pong: frame.ping });
    if (frame.a) answered(frame.a);
    hear(frame);
    if (frame.end === "ended") end();
  }
  function end() { ended = true; gone(); }

  // A beat that is not answered means that the line is dead, though nobody said so.
  setInterval(() => {
    if (live() && due && Date.now() > due) socket.drop(0);
    else if (live() && !due && Date.now() - heard > 20000) ask();
    else if (stream && Date.now() - heard > 45000) stream.renew();
  }, 1000);
  function wake() {
    if (document.hidden) return;
    if (live()) ask(3000); else if (!socket && !stream) connect();
  }
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", wake);
  addEventListener("offline", () => { if (live()) ask(3000); });
  addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
  addEventListener("beforeunload", (event) => { if (waiting.size && !live() && !stream && !ended) event.preventDefault(); });

  // ---- the stream --------------------------------------------------------------------------------------------------
  async function open() {
    let request = new AbortController(), on = true;
    const mine = (stream = {
      abort() { on = false; request.abort(); },
      renew() { request.abort(); },
    });
    let spoke = false;
    while (on && !ended) {
      request = new AbortController();
      const began = (heard = Date.now());
      try {
        const headers = { "X-Watch": JSON.stringify(shown()) };
        const response = await fetch(base + "stream", { headers, signal: request.signal, cache: "no-store" });
        if (response.status === 401) return end();
        if (!response.ok) throw new Error(response.status);
        for await (const event of events(response.body)) {
          if (!spoke) for (const each of waiting.values()) deliver(each);
          spoke = true;
          state("live");
          took(event);
        }
        if (Date.now() - began < 1000) await new Promise((go) => setTimeout(go, between(1000, 3000)));
      } catch {
        if (!on || request.signal.aborted) continue;
        state("away");
        if (!spoke) break; // not only sockets fail: the service is away, and sockets are asked again soon
        await new Promise((go) => setTimeout(go, between(1000, 5000)));
      }
    }
    if (stream !== mine) return;
    stream = null;
    blocked = 0;
    if (!socket) { clearTimeout(again); again = setTimeout(connect, between(100, Math.min(15000, 500 * 2 ** tries))); }
  }
  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = "", next; !(next = await reader.read()).done; ) {
      const whole = (rest + next.value).split("\n\n");
      rest = whole.pop();
      for (const event of whole) if (event.startsWith("data: ")) yield event.slice(6); else heard = Date.now();
    }
  }
  // One at a time, in the order they were made: an older act that is tried again must not come after a newer one.
  let last = Promise.resolve();
  function post(act) {
    if (act.posting) return;
    act.posting = true;
    last = last.then(() => posted(act));
  }
  async function posted(act) {
    const data = new URLSearchParams();
    for (const [name, value] of Object.entries(act.fields)) for (const each of [value].flat()) data.append(name, each);
    data.set("act", act.id);
    for (let attempt = 0; waiting.has(act.id) && (stream || act.heavy()); attempt += 1) {
      try {
        const response = await fetch(`${base}do/${act.name}`, { method: "POST", body: data, headers: { Accept: "application/json" } });
        const told = response.headers.get("Content-Type")?.startsWith("application/json");
        if (told) answered({ id: act.id, ...(await response.json()) });
        else if (attempt >= 3 || response.status < 500) answered({ id: act.id, ok: false, say: words.failed, code: "lost" });
      } catch { /* no network: once more */ }
      if (waiting.has(act.id)) await new Promise((go) => setTimeout(go, 1000 * 2 ** Math.min(attempt, 4) * between(0.5, 1.5)));
    }
    act.posting = false;
  }

  // ---- acts --------------------------------------------------------------------------------------------------------
  // Of two words on one thing the older is stored or refused before the newer is sent: tried again, it would come after it.
  const thing = ({ name, fields }) => ["idea", "poll", "clause", "source", "turn", "segment"].map((of) => fields[of]).find(Boolean) ?? name;
  const about = (one, other) => one.name.split(".")[0] === other.name.split(".")[0] && thing(one) === thing(other);
  function held(act) {
    for (const older of waiting.values()) if (older === act) return false; else if (about(older, act)) return true;
    return false;
  }
  function deliver(act) {
    if (held(act)) return;
    if (act.heavy()) post(act);
    else if (live()) { act.sent += 1; socket.send(act.frame); } else if (stream) post(act);
  }
  function answered(answer) {
    const act = waiting.get(answer.id);
    // The other side stumbled, perhaps after storing it: the same act again, under the same id.
    if (answer.code === "failed" && act && act.failed++ < 4) return void setTimeout(() => waiting.has(act.id) && deliver(act), 1000 * 2 ** act.failed * between(0.5, 1));
    waiting.delete(answer.id);
    if (answer.code === "seat" || answer.end) return end();
    act?.done(answer);
    for (const each of waiting.values()) if (!each.sent) deliver(each);
  }
  // Ask for `name` with `fields`; the promise gives the answer {ok, say, code?, data?} once it is stored or refused.
  function act(name, fields = {}) {
    return new Promise((done) => {
      const id = newId(), frame = JSON.stringify({ do: name, with: fields, id });
      const long = new TextEncoder().encode(frame).length > LONGEST_FRAME;
      // What is too long for a frame, or broke the line again and again, goes by POST.
      const one = { id, name, fields, frame, done, sent: 0, failed: 0, posting: false, heavy: () => long || one.sent >= 4 };
      waiting.set(id, one);
      deliver(one);
    });
  }
  connect();
  return { act, watch: () => watch(), leave: () => { ended = true; } };
};
