// Several drafters write one clause at the same time: its form, once opened, becomes a pad. Everything typed is sent over a
// socket of this page's own, and said to be kept only when it is stored. Without that socket the form stays what it is.
(() => {
  "use strict";
  const tools = document.getElementById("pad-tools");
  if (!tools || !window.Y || !window.WebSocket) return;
  const words = JSON.parse(tools.dataset.words), base = document.body.dataset.base;
  const BREATH = 150, PATIENCE = 10000, LASTING = 10000, LONGEST = 2000, POINT = 15000;
  const pads = new Map();
  let socket = null, again = 0, tries = 0, beat = 0, due = 0, heard = 0, ended = false;
  const between = (least, most) => least + Math.random() * (most - least);
  const live = () => socket !== null && socket.readyState === WebSocket.OPEN;
  const say = (frame) => live() && socket.send(JSON.stringify(frame));

  // ---- one pad -----------------------------------------------------------------------------------------------------
  class Pad {
    constructor(clause) {
      Object.assign(this, { clause, handle: "", number: 0, kept: 0, live: false, writes: true, waiting: [], due: 0, at: null, told: "", leaving: false });
      this.anew();
    }
    anew() {
      this.doc?.destroy();
      this.doc = new Y.Doc();
      this.text = this.doc.getText("text");
      this.undo = new Y.UndoManager(this.text, { trackedOrigins: new Set([window.deliberatePad.HERE]), captureTimeout: 500 });
      this.waiting = [];
      // The same document without what is not known to be stored; and that, with the number under which it was sent.
      this.stored?.destroy();
      this.stored = new Y.Doc();
      this.sent = [];
      this.doc.on("update", (update, origin) => {
        if (origin === "line") Y.applyUpdate(this.stored, update);
        else { this.waiting.push(update); this.soon(); }
      });
    }
    get idle() { return !this.waiting.length && this.kept >= this.number; }

    open() {
      this.live = false;
      const encoder = Y.createEncoder();
      writeStep(encoder, this.doc);
      say({ open: this.clause, y: Y.toBase64(Y.toUint8Array(encoder)) });
      this.state();
    }
    hear(frame) {
      if ("writes" in frame) this.writes = frame.writes;
      if ("y" in frame) this.field ? this.field.hear(() => this.took(frame)) : this.took(frame);
      if ("kept" in frame) this.keep(frame.kept);
      if ("lost" in frame) this.lost(frame.lost);
      if ("cursor" in frame) this.pointed(frame.cursor, frame.at);
      this.state();
      if (this.leaving && this.idle) this.shut();
    }
    keep(number) {
      this.kept = Math.max(this.kept, number);
      while (this.sent.length && this.sent[0][0] <= this.kept) Y.applyUpdate(this.stored, this.sent.shift()[1]);
    }
    // The texts that may be the last that was stored: what this page knows of, then with each thing that it sent since.
    agreed() {
      const text = this.stored.getText("text"), found = [text.toString()];
      for (const [, update] of this.sent) { Y.applyUpdate(this.stored, update); found.push(text.toString()); }
      return found;
    }
    took(frame) {
      const unkept = !this.idle, typed = this.text.toString();
      const renewed = frame.of && this.handle && frame.of !== this.handle;
      if (frame.of && !this.live) this.number += 1;
      const agreed = renewed && unkept ? this.agreed() : [];
      if (renewed) { this.release(); this.anew(); }
      if (frame.of) this.handle = frame.of;
      const decoder = Y.createDecoder(Y.fromBase64(frame.y));
      while (Y.hasContent(decoder)) {
        const encoder = Y.createEncoder();
        Y.readVarUint(decoder);
        encodeSync(encoder);
        Y.readSyncMessage(decoder, encoder, this.doc, "line");
        // An answer: what the other side lacks. All that waited is in it.
        if (Y.length(encoder) > 1) this.send(Y.toUint8Array(encoder), this.number);
      }
      if (frame.of) { this.live = true; for (const update of this.waiting.splice(0)) this.sent.push([this.number, update]); }
      if (frame.as) this.told ||= words.as.replace("%s", frame.as);
      if (frame.of && !this.form) this.bind();
      if (agreed.length) this.rebase(window.deliberateRebase.rebased(agreed, typed, this.text.toString()));
    }
    // What this drafter typed that is not stored yet, on a document that was begun anew.
    rebase(edits) {
      this.doc.transact(() => {
        for (const [at, out, into] of edits) { if (out) this.text.delete(at, out); if (into) this.text.insert(at, into); }
      }, window.deliberatePad.HERE);
    }
    send(bytes, number) { say({ pad: this.clause, of: this.handle, n: number, y: Y.toBase64(bytes) }); }
    // What is typed within a breath travels together.
    soon() {
      this.state();
      if (!this.due) this.due = setTimeout(() => { this.due = 0; this.flush(); }, BREATH);
    }
    flush() {
      if (!this.live || !live()) return;
      if (this.waiting.length) {
        const encoder = Y.createEncoder(), update = Y.mergeUpdates(this.waiting.splice(0));
        encodeSync(encoder);
        Y.writeUpdate(encoder, update);
        this.number += 1;
        this.sent.push([this.number, update]);
        this.send(Y.toUint8Array(encoder), this.number);
      }
      if (this.at) { say({ pad: this.clause, at: this.at }); this.at = null; }
      this.state();
    }
    point(from, to) { this.at = [from, to]; this.soon(); }
    pointed(key, at) {
      const before = this.field?.names().join() ?? "";
      this.field?.place(key, at);
      const names = this.field?.names() ?? [];
      if (names.join() !== before) this.tell(names.length ? words.beside.replace("%s", names.join(", ")) : words.alone);
    }
    lost(why) {
      this.live = false;
      if (why === "gone") { this.writes = false; return; }
      if (why === "unfit") { this.tell(words.unfit); this.handle = ""; this.release(); this.anew(); this.number = this.kept; }
      setTimeout(() => pads.get(this.clause) === this && this.open(), why === "other" ? 0 : between(1000, 3000));
    }

    // ---- its form ----
    bind() {
      const form = document.querySelector(`form[data-pad="${CSS.escape(this.clause)}"]`);
      if (!form || this.leaving) return;
      const area = form.querySelector("textarea"), written = area.value !== area.defaultValue ? area.value : null;
      this.release();
      this.form = form;
      this.area = area;
      form.setAttribute("hx-morph-skip", "");
      form.classList.add("live");
      const mirror = Object.assign(document.createElement("div"), { className: "mirror" });
      mirror.setAttribute("aria-hidden", "true");
      mirror.dir = "auto";
      area.parentElement.append(mirror);
      this.tools = tools.content.firstElementChild.cloneNode(true);
      form.append(this.tools);
      this.tools.addEventListener("click", (event) => this.press(event.target.closest("button")?.value));
      const field = this.field = window.deliberatePad({ field: area, mirror, doc: this.doc, undo: this.undo, pointed: (from, to) => this.point(from, to) });
      this.area.dir = "auto";
      // Words that were begun before the pad was there are words of this drafter.
      if (written !== null && this.writes) field.put(written);
      field.show();
      this.state();
    }
    press(what) {
      if (what === "undo" || what === "redo") { this.undo[what](); this.area.focus({ preventScroll: true }); }
      if (what === "done") {
        const details = this.form.closest("details");
        details.open = false;
        details.querySelector("summary").focus({ preventScroll: true });
      }
    }
    release() {
      if (!this.form) return;
      this.field.end();
      this.field = null;
      this.form.querySelector(".mirror")?.remove();
      this.tools.remove();
      this.form.classList.remove("live");
      this.area.readOnly = false;
      this.form.removeAttribute("hx-morph-skip");
      this.area.value = this.area.defaultValue = this.text.toString();
      const item = this.form.closest("li");
      if (item) this.form.elements.revision.value = item.dataset.revision;
      this.form = null;
    }
    tell(told) { this.told = told; this.state(); }
    state() {
      if (!this.form) return;
      const length = this.text.toString().trim().length, long = length - LONGEST;
      const word = !this.writes ? words.gone : !this.live || !live() ? words.away : !length ? words.empty
        : long > 0 ? words.long.replace("%d", long) : this.idle ? words.kept : words.keeping;
      const [state, told] = this.tools.querySelectorAll("[data-state], [data-told]");
      if (state.textContent !== word) state.textContent = word;
      if (told.textContent !== this.told) told.textContent = this.told;
      state.dataset.state = !this.writes || !this.live || long > 0 ? "wrong" : "";
      this.area.readOnly = !this.writes;
      this.tools.querySelector("[value=undo]").disabled = !this.writes || !this.undo.undoStack.length;
      this.tools.querySelector("[value=redo]").disabled = !this.writes || !this.undo.redoStack.length;
    }
    // Leave it, once all is kept.
    close() {
      this.flush();
      this.leaving = true;
      this.release();
      if (this.idle || !this.handle || !this.writes) this.shut();
    }
    shut() {
      say({ shut: this.clause });
      pads.delete(this.clause);
      clearTimeout(this.due);
      this.doc.destroy();
      this.stored.destroy();
    }
  }
  // A message of the sync protocol begins with a 0.
  function encodeSync(encoder) { Y.writeVarUint(encoder, 0); }
  function writeStep(encoder, doc) { encodeSync(encoder); Y.writeSyncStep1(encoder, doc); }

  // ---- forms open and close, and pictures move them ----------------------------------------------------------------
  document.addEventListener("toggle", (event) => {
    const form = event.target.matches?.("details") && event.target.querySelector(":scope > form[data-pad]");
    if (!form) return;
    const clause = form.dataset.pad, pad = pads.get(clause);
    if (!event.target.open) { if (pad?.form === form) pad.close(); return; }
    if (pad?.form) return;
    if (pad) pad.leaving = false; else pads.set(clause, new Pad(clause));
    if (live()) pads.get(clause).open(); else connect();
  }, true);
  document.addEventListener("submit", (event) => {
    if (event.target.classList.contains("live")) event.preventDefault();
  }, true);
  window.deliberate.onChange(() => {
    for (const pad of [...pads.values()]) {
      if (!pad.form || pad.form.isConnected) continue;
      const form = document.querySelector(`form[data-pad="${CSS.escape(pad.clause)}"]`);
      if (!form) { pad.close(); continue; }
      // The clause moved to another part of the page: its pad goes with it.
      const held = pad.focused, { selectionStart, selectionEnd } = pad.area;
      form.closest("details").open = true;
      pad.bind();
      if (held) { pad.area.focus({ preventScroll: true }); pad.area.setSelectionRange(selectionStart, selectionEnd); }
    }
  });
  document.addEventListener("focusin", (event) => { for (const pad of pads.values()) pad.focused = pad.area === event.target; });

  // ---- the line ----------------------------------------------------------------------------------------------------
  function connect() {
    clearTimeout(again);
    if (ended || socket || !pads.size) return;
    const mine = (socket = new WebSocket(new URL(base + "pads", location.href).href.replace(/^http/, "ws")));
    let spoke = 0;
    const impatient = setTimeout(() => drop(0), PATIENCE);
    mine.onopen = () => { ask(); for (const pad of pads.values()) pad.open(); };
    mine.onmessage = (event) => {
      clearTimeout(impatient);
      spoke ||= Date.now();
      heard = Date.now();
      due = 0;
      took(JSON.parse(event.data));
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
      ended = code === 4401; // the line to the room says so
      tries = spoke && Date.now() - spoke > LASTING ? 1 : tries + 1;
      for (const pad of pads.values()) { pad.live = false; pad.state(); }
      again = setTimeout(connect, between(100, Math.min(15000, 500 * 2 ** tries)));
    }
  }
  function took(frame) {
    if (frame.ping) say({ pong: frame.ping });
    if (frame.a) for (const pad of pads.values()) if (pad.writes) pad.lost("failed"); // too much at once, say: once more
    if (frame.pad) pads.get(frame.pad)?.hear(frame);
  }
  function ask() { due = Date.now() + PATIENCE; say({ beat: ++beat }); }
  setInterval(() => {
    if (live() && due && Date.now() > due) socket.drop(0);
    else if (live() && !due && Date.now() - heard > 20000) ask();
  }, 1000);
  setInterval(() => { for (const pad of pads.values()) pad.field?.point(); }, POINT);
  addEventListener("online", () => { if (!socket) connect(); });
  addEventListener("beforeunload", (event) => { if (!ended && [...pads.values()].some((pad) => !pad.idle)) event.preventDefault(); });
})();
