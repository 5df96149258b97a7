// The phone's side of a blind poll: asks for a token as soon as the poll is seen, sends the ballot to the box, and after the
// closing looks whether it is in the count. What is kept lies under "ballot:<poll>" (until the receipt: the seed) and
// "in:<poll>" (ballot, receipt); Exit clears both. blind.js does the arithmetic, deliberate (live.js) the line.
(() => {
  "use strict";
  const { act, say, onChange } = window.deliberate ?? {};
  const blind = window.deliberateBlind;
  if (!act || !blind) return;
  const GROUP = "all", SPREAD = 8000, AGAIN = 6000;
  const memory = new Map();
  // In memory alone, where the browser keeps nothing.
  const kept = {
    get(key) { let text; try { text = localStorage.getItem(key); } catch {} return text ?? memory.get(key) ?? null; },
    set(key, text) { memory.set(key, text); try { localStorage.setItem(key, text); } catch {} },
    delete(key) { memory.delete(key); try { localStorage.removeItem(key); } catch {} },
  };
  const random = (octets) => crypto.getRandomValues(new Uint8Array(octets));
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const refused = (text, code) => Object.assign(new Error(text), { refused: true, say: text, code });
  const polls = new Map(); // handle -> {asked, said, voting, state, words, why}

  // ---- the box: no cookie goes there, no referrer, nothing that says who ------------------------------------------------
  const bare = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" };
  async function put(address, body) {
    const answer = await fetch(address, { ...bare, method: "POST", body });
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    const { say, code } = await answer.json().catch(() => ({}));
    if (/429|503/.test(answer.status) || !code) throw new Error("away");
    throw refused(say, code);
  }
  async function token(poll, blinded) {
    const answer = await act("ballots.token", { poll, blinded: blind.toText(blinded) });
    if (answer.ok) return blind.fromText(answer.data.token);
    if (["away", "limit", "lost"].includes(answer.code)) throw new Error("away");
    throw refused(answer.say);
  }

  // ---- the open poll ---------------------------------------------------------------------------------------------------
  function begin(frozen) {
    const { frozen: poll, definition, noted, box, said } = frozen.dataset, state = kept.get(`in:${poll}`) ? "in" : "ready";
    const mine = { said: JSON.parse(said), asked: JSON.parse(definition), state };
    polls.set(poll, mine);
    if (!blind.available()) return void (mine.state = "unable");
    const storage = { get: () => kept.get(`ballot:${poll}`), set: (text) => kept.set(`ballot:${poll}`, text), delete: () => kept.delete(`ballot:${poll}`) };
    mine.voting = blind.voting({ text: definition, group: GROUP, fetchToken: (blinded) => token(poll, blinded), cast: (ballot) => put(box + poll, ballot), storage, random, sleep });
    const ask = () => prepare(mine, poll, definition, noted).catch((failure) => {
      fail(mine, failure);
      if (mine.state === "away") setTimeout(ask, AGAIN * (1 + Math.random())); // not a whole room at once
    }).finally(show);
    ask();
  }
  async function prepare(mine, poll, definition, noted) {
    const hash = await blind.pollHash(definition);
    mine.words = blind.words(hash);
    show();
    if (noted !== blind.toHex(hash)) throw refused(mine.said.other);
    if (mine.state === "in" && !mine.asked.change) return;
    if (kept.get(`ballot:${poll}`)?.includes('"ballot"')) await finish(poll, mine.voting.resume());
    else await mine.voting.issue();
    if (mine.state === "away") mine.state = "ready";
  }
  function fail(mine, failure) {
    if (mine.state === "in" && !mine.asked.change) return;
    mine.why = failure.say ?? mine.said[failure.code] ?? "";
    mine.state = mine.why ? "refused" : "away";
    if (failure.code === "busy") mine.state = "ready";
  }
  async function finish(poll, sending) {
    const mine = polls.get(poll);
    mine.state = "casting";
    show();
    const done = await sending;
    if (done) {
      kept.set(`in:${poll}`, JSON.stringify({ ballot: blind.toText(done.ballot), receipt: blind.toText(done.receipt) }));
      mine.state = "in";
    } else mine.state = kept.get(`in:${poll}`) ? "in" : "ready";
    show();
  }

  // ---- the choice, as the paper says it (polls/ballots/core.py) -----------------------------------------------------------
  function chosen(form, { asked: { kind, least, most }, said }) {
    const given = new FormData(form).getAll("choice").filter((one) => one);
    const picked = given.filter((one) => one !== "abstain");
    if (picked.length < given.length) {
      if (picked.length) throw refused(said.both);
      return "-";
    }
    if (!picked.length) throw refused(said.nothing);
    if (kind === "ranking") {
      const ranked = picked.map((one) => one.split(":")).sort((a, b) => a[1] - b[1]);
      if (new Set(ranked.map(([, rank]) => rank)).size < ranked.length) throw refused(said.twice);
      return ranked.map(([option]) => option).join(">");
    }
    if (kind === "several" && picked.length < least) throw refused(said.few.replace("%d", least));
    if (kind === "several" && picked.length > most) throw refused(said.many.replace("%d", most));
    return picked.join(","); // in the order of the paper
  }
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.dataset.blind) return;
    event.preventDefault();
    const poll = form.dataset.blind, mine = polls.get(poll);
    if (!mine?.voting || mine.state === "casting") return;
    try {
      await finish(poll, mine.voting.cast(chosen(form, mine)));
      form.reset();
    } catch (failure) {
      mine.state = kept.get(`in:${poll}`) ? "in" : "ready";
      say(failure.say ?? mine.said[failure.code] ?? mine.said.away, true);
      show();
    }
  });

  // ---- after the closing -----------------------------------------------------------------------------------------------
  const looked = new Map(); // poll -> {state: "counted" | "missing" | "late" | "looking", words, tracker}
  // What was on its way as the poll closed, which may be in all the same, and what this phone had confirmed before.
  const cast = (poll) => ["ballot", "in"].map((name) => JSON.parse(kept.get(`${name}:${poll}`))).filter((one) => one?.ballot);
  async function look(poll, address, held) {
    looked.set(poll, { state: "looking" });
    for (let tries = 1; tries < 6; tries += 1) {
      await sleep(Math.random() * SPREAD * tries); // not a whole room at once
      try {
        const answer = await fetch(address, bare);
        if (!answer.ok) continue;
        const list = await answer.text();
        for (const { ballot, receipt } of held) {
          const said = await blind.counted(list, blind.fromText(ballot));
          looked.set(poll, { ...said, state: said.found ? "counted" : receipt ? "missing" : "late" });
          if (!said.found) continue;
          kept.set(`in:${poll}`, JSON.stringify({ ballot, receipt }));
          break;
        }
        kept.delete(`ballot:${poll}`); // the seed
        return show();
      } catch {} // the line is away: later
    }
    looked.delete(poll);
  }
  document.addEventListener("click", ({ target }) => {
    const { again, forget, proof } = target.closest("[data-again], [data-forget], [data-proof]")?.dataset ?? {};
    if (polls.has(again)) polls.get(again).state = "ready";
    if (proof) {
      const href = URL.createObjectURL(new Blob([kept.get(`in:${proof}`)], { type: "application/json" }));
      Object.assign(document.createElement("a"), { href, download: "ballot.json" }).click();
      URL.revokeObjectURL(href);
    }
    if (forget) {
      kept.delete(`in:${forget}`);
      kept.delete(`ballot:${forget}`);
      looked.delete(forget);
    }
    if (again || forget) show();
  });

  // What is shown is what was frozen and announced, whatever else the picture says.
  function bind(form, { question, options, labels, least, most }) {
    const texts = new Map(options);
    put_(form.querySelector("h2"), question);
    for (const one of all(form, "[name=choice]")) {
      const value = (one.lastElementChild ?? one).value.split(":")[0];
      put_(one.labels[0].querySelector("span"), texts.get(value) ?? value);
    }
    all(form, ".ends span").forEach((end, i) => put_(end, labels[i] && `${i ? most : least}: ${labels[i]}`));
  }

  // ---- what is seen ----------------------------------------------------------------------------------------------------
  function put_(element, text = "") { if (element && element.textContent !== text) element.textContent = text; }
  // [data-at] names the states in which something is seen, [data-fill] what it says. Whether there is anything.
  function fill(root, mine) {
    for (const each of all(root, "[data-fill]")) put_(each, mine[each.dataset.fill]);
    return all(root, "[data-at]").filter((each) => !(each.hidden = !each.dataset.at.split(" ").includes(mine.state))).length;
  }
  function show() {
    for (const one of all(document, "[data-frozen]")) if (!polls.has(one.dataset.frozen)) begin(one);
    for (const form of all(document, "[data-blind]")) {
      const mine = polls.get(form.dataset.blind), root = form.parentElement;
      if (!mine) continue; // what is frozen comes with the next picture
      form.hidden = !["ready", "casting"].includes(mine.state);
      fill(root, mine);
      bind(form, mine.asked);
      for (const go of all(form, "button.go")) go.ariaBusy = mine.state === "casting" ? "true" : null;
    }
    for (const place of all(document, "[data-counted]")) {
      const poll = place.dataset.counted, held = cast(poll);
      if (!held.length && !looked.has(poll)) kept.delete(`ballot:${poll}`); // a token that was not used
      else if (!looked.has(poll)) look(poll, place.dataset.list, held);
      place.hidden = !fill(place, looked.get(poll) ?? {});
    }
  }
  onChange(show);
  show();
})();
