// The phone's side of a blind poll: asks for a token as soon as the poll is seen, sends the ballot to the box, and after the
// closing looks whether it is in the count. What is kept lies under "ballot:<poll>" (until the receipt: the seed) and
// "in:<poll>" (tracker, ballot, receipt); Exit clears both. blind.js does the arithmetic, deliberate (live.js) the line.
(() => {
  "use strict";
  const { act, say, onChange } = window.deliberate ?? {};
  const blind = window.deliberateBlind;
  if (!act || !blind) return;
  const GROUP = "all", SPREAD = 8000, AGAIN = 6000;
  const memory = new Map(); // where the browser keeps nothing
  const kept = {
    get(key) { try { return localStorage.getItem(key) ?? memory.get(key) ?? null; } catch { return memory.get(key) ?? null; } },
    set(key, text) { memory.set(key, text); try { localStorage.setItem(key, text); } catch { /* then in memory alone */ } },
    delete(key) { memory.delete(key); try { localStorage.removeItem(key); } catch { /* it was in memory alone */ } },
  };
  const random = (octets) => crypto.getRandomValues(new Uint8Array(octets));
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const refused = (text) => Object.assign(new Error(text), { refused: true, say: text });
  const polls = new Map(); // handle -> {voting, state, why}

  // ---- the box: no cookie goes there, no referrer, nothing that says who ------------------------------------------------
  async function put(address, ballot) {
    const answer = await fetch(address, { method: "POST", body: ballot, credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" });
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    const { say: text, code } = await answer.json().catch(() => ({}));
    if (answer.status === 503 || !code) throw new Error("away");
    throw refused(text);
  }
  async function token(poll, blinded) {
    const answer = await act("ballots.token", { poll, blinded: blind.toText(blinded) });
    if (answer.ok) return blind.fromText(answer.data.token);
    if (answer.code === "away") throw new Error("away");
    throw refused(answer.say);
  }

  // ---- the open poll ---------------------------------------------------------------------------------------------------
  function begin(frozen) {
    const { frozen: poll, definition, noted, box } = frozen.dataset, said = JSON.parse(frozen.dataset.said);
    const mine = { voting: null, said, state: kept.get(`in:${poll}`) ? "in" : "ready", why: "", words: "" };
    polls.set(poll, mine);
    if (!blind.available()) return void (mine.state = "unable");
    const storage = { get: () => kept.get(`ballot:${poll}`), set: (text) => kept.set(`ballot:${poll}`, text), delete: () => kept.delete(`ballot:${poll}`) };
    mine.voting = blind.voting({ text: definition, group: GROUP, fetchToken: (blinded) => token(poll, blinded), cast: (ballot) => put(box + poll, ballot), storage, random, sleep });
    mine.change = JSON.parse(definition).change;
    const ask = () => prepare(mine, poll, definition, noted, said).catch((failure) => {
      fail(poll, failure, said);
      if (mine.state === "away") setTimeout(ask, AGAIN * (1 + Math.random())); // not a whole room at once
    }).finally(show);
    ask();
  }
  async function prepare(mine, poll, definition, noted, said) {
    const hash = await blind.pollHash(definition);
    mine.words = blind.words(hash);
    show();
    if (noted !== Array.from(hash, (octet) => octet.toString(16).padStart(2, "0")).join("")) throw refused(said.other);
    if (mine.state === "in" && !mine.change) return;
    if (kept.get(`ballot:${poll}`)?.includes('"ballot"')) await finish(poll, mine.voting.resume(), said);
    else await mine.voting.issue();
    if (mine.state === "away") mine.state = "ready";
  }
  function fail(poll, failure, said) {
    const mine = polls.get(poll);
    if (mine.state === "in" && !mine.change) return;
    mine.why = failure.say ?? (failure.code === "changed" ? said.changed : failure.code === "busy" ? said.busy : "");
    mine.state = mine.why ? "refused" : "away";
    if (failure.code === "busy") mine.state = "ready";
  }
  async function finish(poll, sending, said) {
    const mine = polls.get(poll);
    mine.state = "casting";
    show();
    const done = await sending;
    if (done) {
      kept.set(`in:${poll}`, JSON.stringify({ tracker: done.tracker, ballot: blind.toText(done.ballot), receipt: blind.toText(done.receipt) }));
      mine.state = "in";
    } else mine.state = kept.get(`in:${poll}`) ? "in" : "ready";
    show();
  }

  // ---- the choice, as the paper says it (polls/ballots/core.py) -----------------------------------------------------------
  function chosen(form, said) {
    const { kind, abstention } = form.dataset, least = Number(form.dataset.least), most = Number(form.dataset.most);
    const given = new FormData(form).getAll("choice").filter((one) => one && !one.endsWith(":"));
    const picked = given.filter((one) => one !== abstention);
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
    const poll = form.dataset.blind, mine = polls.get(poll), said = mine?.said;
    if (!mine?.voting || mine.state === "casting") return;
    try {
      await finish(poll, mine.voting.cast(chosen(form, said)), said);
      form.reset();
    } catch (failure) {
      mine.state = kept.get(`in:${poll}`) ? "in" : "ready";
      if (failure.say) say(failure.say, true);
      else if (["changed", "busy", "done"].includes(failure.code)) say(said[failure.code] ?? said.busy, true);
      else say(said.away, true);
      show();
    }
  });
  document.addEventListener("click", (event) => {
    const again = event.target.closest("[data-again]");
    if (!again) return;
    const mine = polls.get(again.dataset.again);
    if (mine) { mine.state = "ready"; show(); }
  });

  // ---- after the closing -----------------------------------------------------------------------------------------------
  const looked = new Map(); // poll -> "counted" | "missing" | "looking"
  async function look(poll, address) {
    looked.set(poll, "looking");
    const { tracker } = JSON.parse(kept.get(`in:${poll}`));
    for (let tries = 1; tries < 6; tries += 1) {
      await sleep(Math.random() * SPREAD * tries); // not a whole room at once
      try {
        const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
        if (!answer.ok) continue;
        looked.set(poll, (await answer.text()).split("\n").includes(tracker) ? "counted" : "missing");
        kept.delete(`ballot:${poll}`); // the seed of a ballot that might have been changed
        return show();
      } catch { /* the line is away: later */ }
    }
    looked.delete(poll);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-forget], [data-proof]");
    if (!button) return;
    const poll = button.dataset.forget ?? button.dataset.proof, text = kept.get(`in:${poll}`);
    if (button.dataset.proof) {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: "ballot.json" });
      link.click();
      URL.revokeObjectURL(link.href);
    } else {
      for (const key of [`in:${poll}`, `ballot:${poll}`]) kept.delete(key);
      looked.delete(poll);
      show();
    }
  });

  // ---- what is seen ----------------------------------------------------------------------------------------------------
  function put_(element, text) { if (element && element.textContent !== text) element.textContent = text; }
  function show() {
    for (const one of all(document, "[data-frozen]")) if (!polls.has(one.dataset.frozen)) begin(one);
    for (const form of all(document, "form[data-blind]")) {
      const mine = polls.get(form.dataset.blind), root = form.parentElement;
      if (!mine) continue; // what is frozen comes with the next picture
      form.hidden = !["ready", "casting"].includes(mine.state);
      for (const each of all(root, "[data-at]")) each.hidden = !each.dataset.at.split(" ").includes(mine.state);
      for (const each of all(root, "[data-again]")) each.hidden = !mine.change;
      for (const each of all(root, "[data-poll-words]")) put_(each, mine.words);
      for (const each of all(root, "[data-why]")) put_(each, mine.why);
      const button = form.querySelector("button.go");
      if (mine.state === "casting") button.setAttribute("aria-busy", "true");
      else button.removeAttribute("aria-busy");
    }
    for (const place of all(document, "[data-counted]")) {
      const poll = place.dataset.counted, held = kept.get(`in:${poll}`), state = held ? looked.get(poll) : null;
      place.hidden = !["counted", "missing"].includes(state);
      for (const each of all(place, "[data-at]")) each.hidden = each.dataset.at !== state;
      if (held) for (const each of all(place, "[data-tracker]")) put_(each, JSON.parse(held).tracker);
      if (held && !state) look(poll, place.dataset.list);
    }
  }
  onChange(show);
  show();
})();
