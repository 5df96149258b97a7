// The phone's side of what is done without a name: one pseudonym a room, signed for this seat without being seen, and acts
// signed by it, which go beside the ballot box and never over the line. Kept under "pseudonym:<room>": the seed, the token, the
// number of the last act, the act on its way, and the marks of what this phone did. Exit clears it. Formats:
// docs/decisions/0013-pseudonyms.md. Where WebCrypto or storage are absent nothing here is on, and acts go over the line.
(() => {
  "use strict";
  const { act, learn, say, onChange, without } = window.deliberate ?? {};
  const blind = window.deliberateBlind, { base, box } = document.body.dataset;
  if (!act || !box) return;
  const room = base.split("/")[4], place = `pseudonym:${room}`, address = `${box}in/${room}`, GROUP = "pseudonym";
  // Asked for at a moment of chance after coming in, by everybody: so asking says nothing. In milliseconds.
  const EARLY = 8000, LATER = 5000, AGAIN = 20000, TRIES = 6, WIDTH = 128;
  const ACTS = ["ideas.upvote", "ideas.unvote", "ideas.post", "opinions.say", "pseudonyms.withdraw"];
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const random = (octets) => crypto.getRandomValues(new Uint8Array(octets));
  const hex = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
  const held = () => JSON.parse(localStorage.getItem(place) ?? "null");
  const keep = (news) => localStorage.setItem(place, JSON.stringify({ ...held(), ...news }));
  const able = () => { try { localStorage.setItem("pseudonym?", ""); localStorage.removeItem("pseudonym?"); return blind?.available(); } catch { return false; } };
  const veiled = (name, fields) => ACTS.includes(name) && !fields.show_author;
  // Nothing is done in the moment in which one's pseudonym is noted: the order of what is stored would say whose it is.
  let until = 0;
  const noted = () => { until = performance.now() + Math.random() * LATER; };
  const apart = () => sleep(Math.max(0, until - performance.now()));
  // Over the line, under the pseudonym that the service makes of the cookie.
  let over = null;
  const byCookie = () => (over ??= act("pseudonyms.own", {}).then((answer) => { if (answer.code === "away") over = null; else noted(); }));
  let passed = false;
  const overLine = async (name, fields) => { await byCookie(); await apart(); passed = true; const answer = act(name, fields); passed = false; return answer; };
  // Whoever came without scripts keeps the one made of the cookie. It too is noted long before the first act.
  if (document.body.dataset.plain || !able()) {
    without((name, fields) => (veiled(name, fields) && !passed ? overLine(name, fields) : null));
    sleep(Math.random() * EARLY).then(byCookie).catch(() => {});
    return;
  }

  // ---- the pseudonym ---------------------------------------------------------------------------------------------------
  const refused = (answer) => Object.assign(new Error(answer.code), { answer });
  const asked = (more) => fetch(address, { credentials: "omit", referrerPolicy: "no-referrer", headers: { "Accept-Language": document.documentElement.lang }, ...more });
  // Asked again, later and later, while nothing comes; what is asked is the same.
  async function patiently(attempt) {
    for (let tries = 1; ; tries += 1) {
      const told = await attempt().catch(() => ({ code: "away" }));
      if (told.code !== "away") return told;
      if (tries === TRIES) return { ok: false, code: "away", say: JSON.parse(document.body.dataset.words).failed };
      await sleep(500 * 2 ** tries * (0.5 + Math.random() / 2));
    }
  }
  let mine = null;
  const ready = () => (mine ??= alone(made).catch((failure) => { mine = null; throw failure; }));
  // Nobody asks twice at once, not from two windows either.
  const alone = (work) => (navigator.locks ? navigator.locks.request(place, work) : (alone.last = (alone.last ?? Promise.resolve()).then(work, work)));
  async function made() {
    // Fetched without a cookie, so it is the same for all; what the line says of it must agree.
    const { text, ...why } = await patiently(async () => {
      const answer = await asked();
      return answer.ok ? { text: await answer.text() } : answer.json();
    });
    if (!text) throw refused(why);
    const hash = await blind.pollHash(text), modulus = blind.fromText(JSON.parse(text).n);
    if (modulus.length !== 384 || modulus[0] < 128 || modulus[383] % 2 === 0) throw refused({ code: "key" });
    if (!held()?.seed) keep({ seed: blind.toText(random(32)), number: 0, marks: [] });
    const { key: secret, prefix, salt, blinding } = await blind.derive(blind.fromText(held().seed), hash, GROUP);
    const signing = await blind.ed25519(), key = await signing.publicKey(secret);
    const prepared = blind.prepare(blind.join("deliberate pseudonym v1", hash, key), prefix);
    if (!held().token) {
      const { blinded, inverse } = await blind.blind(modulus, prepared, salt, blind.toNumber(blinding) % blind.toNumber(modulus));
      const issued = await patiently(() => act("pseudonyms.issue", { blinded: blind.toText(blinded) }));
      if (!issued.ok) throw refused(issued);
      if (issued.data.noted !== hex(hash)) throw refused({ code: "key" });
      keep({ token: blind.toText(await blind.finalize(modulus, prepared, blind.fromText(issued.data.token), inverse)) });
      noted();
    }
    return { head: blind.join("deliberate act v1", hash, key, prefix, blind.fromText(held().token)), sign: (whole) => signing.sign(secret, whole), words: blind.words(hash) };
  }

  // ---- acts ------------------------------------------------------------------------------------------------------------
  const delivered = (octets) => patiently(async () => (await asked({ method: "POST", body: octets, cache: "no-store" })).json());
  async function send(name, fields) {
    const me = await ready();
    await apart();
    return alone(async () => {
      const before = await rest();
      if (before?.code === "away") return { ...before, say: JSON.parse(document.body.dataset.words).failed }; // this one is not kept
      const number = held().number + 1, said = JSON.stringify({ do: name, with: fields });
      const octets = new TextEncoder().encode(said).length, padded = said + " ".repeat((WIDTH - (octets % WIDTH)) % WIDTH);
      const whole = blind.join(me.head, [24, 16, 8, 0].map((shift) => (number >>> shift) & 255), padded);
      keep({ number, act: blind.toText(blind.join(whole, await me.sign(whole))) });
      return rest();
    });
  }
  // What is on its way, from before a reload perhaps, is stored or refused before anything newer is sent.
  async function rest() {
    const { act: waiting } = held();
    if (!waiting) return null;
    const answer = await delivered(blind.fromText(waiting));
    if (answer.code === "away") {
      sleep(AGAIN).then(() => alone(rest)).catch(() => {});
      return { ...answer, say: JSON.parse(document.body.dataset.words).waits };
    }
    keep({ act: undefined });
    if (answer.ok) turn(answer);
    return answer;
  }
  function turn({ on, off, data }) {
    const marks = new Set(data?.marks ?? held().marks);
    for (const mark of off) marks.delete(mark);
    for (const mark of on) { marks.delete(mark); marks.add(mark); } // the latest stands last
    keep({ marks: [...marks] });
    show();
  }

  // ---- what is seen ----------------------------------------------------------------------------------------------------
  // Of stances on ideas that count as one the latest stands, as in polls/opinions/core.py.
  function standing(marks) {
    const gone = new Set();
    for (const group of document.querySelectorAll(".idea .say")) {
      const ideas = new Set([...group.querySelectorAll("[data-when]")].flatMap((one) => one.dataset.when.split(" ")).map((mark) => mark.split(":")[1]));
      const said = marks.filter((mark) => mark.startsWith("stance:") && ideas.has(mark.split(":")[1]));
      for (const mark of said.slice(0, -1)) gone.add(mark);
    }
    return marks.filter((mark) => !gone.has(mark));
  }
  let shown = "";
  function show() {
    const marks = standing(held()?.marks ?? []), now = JSON.stringify(marks);
    if (now !== shown) { shown = now; learn({ own: marks }); }
    for (const one of document.querySelectorAll("[data-pseudonym-words]")) mine?.then(({ words }) => { one.textContent = words; one.closest("[hidden]")?.removeAttribute("hidden"); }, () => {});
    why();
  }
  // Why an idea of one's own was hidden stands in no picture: it is asked for, once, by the pseudonym.
  const looked = new Set();
  function why() {
    const untold = [...document.querySelectorAll("[data-told^='why:']")].filter((one) => !one.textContent && !one.closest("[hidden]") && !looked.has(one.dataset.told));
    if (!untold.length || !held()?.marks.length) return;
    for (const one of untold) looked.add(one.dataset.told);
    sleep(Math.random() * LATER).then(() => send("pseudonyms.own", {})).catch(() => {});
  }

  // ---- where it is asked -----------------------------------------------------------------------------------------------
  without((name, fields) => {
    if (!veiled(name, fields) || passed) return null;
    return send(name, fields).catch((failure) => failure.answer?.code === "other" ? overLine(name, fields) : ({ ok: false, ...failure.answer, say: failure.answer?.say ?? JSON.parse(document.body.dataset.words).failed }));
  });
  addEventListener("storage", (event) => { if (event.key === place) show(); });
  onChange(show);
  show();
  sleep(held()?.token ? 0 : Math.random() * EARLY).then(ready).then(() => alone(rest)).then(show).catch(() => {});
})();
