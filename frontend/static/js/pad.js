// A field and a shared text (Yjs) as one: what is typed goes into the text, what others type into the field, and the cursor
// stays among its letters. Others' cursors are drawn in a mirror that lies over the field. pointed(from, to): the own cursor
// has moved. A plain field: its spelling, its keyboard, its reading aloud are the browser's own.
window.deliberatePad = (given) => {
  "use strict";
  const { field, mirror, doc, undo, pointed } = given;
  const { HERE, COLOURS, STILL } = window.deliberatePad, text = doc.getText("text"), others = new Map();
  let shown = null, composing = false, late = [], on = true;

  // ---- from the field ----------------------------------------------------------------------------------------------
  const high = (letter) => letter >= 0xd800 && letter < 0xdc00, low = (letter) => letter >= 0xdc00 && letter < 0xe000;
  // What changed lies between what both begin with and what both end with. Of equal letters those at the cursor are meant.
  function change(before, after, cursor) {
    let tail = 0, head = 0;
    while (tail < Math.min(before.length, after.length - cursor) && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
    while (head < Math.min(before.length, after.length) - tail && before[head] === after[head]) head += 1;
    // Half of a letter that takes two is never left behind.
    if (head && high(after.charCodeAt(head - 1))) head -= 1;
    if (tail && low(after.charCodeAt(after.length - tail))) tail -= 1;
    return [head, before.length - tail - head, after.slice(head, after.length - tail)];
  }
  function put(after, cursor = after.length) {
    const [at, out, into] = change(text.toString(), after, cursor);
    if (!out && !into) return;
    doc.transact(() => {
      if (out) text.delete(at, out);
      if (into) text.insert(at, into);
    }, HERE);
  }
  function typed() {
    shown = field.value;
    put(shown, field.selectionEnd);
    draw();
  }

  // ---- into the field ----------------------------------------------------------------------------------------------
  function moved(at, delta) {
    let here = 0, found = at;
    for (const { retain, insert, delete: out } of delta) {
      if (retain) here += retain;
      else if (insert) { if (here < found || (here === found && here < at)) found += insert.length; here += insert.length; }
      else if (out && here < found) found = Math.max(here, found - out);
    }
    return found;
  }
  function show(delta, jump) {
    const after = text.toString();
    if (after === shown) return draw();
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = field, held = document.activeElement === field;
    let [from, to] = delta ? [moved(selectionStart, delta), moved(selectionEnd, delta)] : [selectionStart, selectionEnd];
    if (jump && delta) from = to = ends(delta);
    shown = field.value = after;
    field.scrollTop = scrollTop;
    draw();
    if (!held) return;
    field.setSelectionRange(from, to, selectionDirection);
    point();
  }
  function ends(delta) {
    let here = 0, found = 0;
    for (const { retain, insert, delete: out } of delta) {
      if (retain) here += retain;
      if (insert) here += insert.length;
      if (insert || out) found = here;
    }
    return found;
  }
  const changed = (event, transaction) => {
    if (transaction.origin !== HERE || text.toString() !== shown) show(event.delta, transaction.origin === undo);
  };
  // While a word is being composed the field belongs to the keyboard: what others type waits that long.
  function hear(apply) {
    if (composing) late.push(apply); else apply();
  }
  function composed() {
    composing = false;
    typed();
    for (const apply of late.splice(0)) apply();
  }

  // ---- cursors -----------------------------------------------------------------------------------------------------
  function point() {
    const name = (at) => Y.toBase64(Y.encodeRelativePosition(Y.createRelativePositionFromTypeIndex(text, at)));
    if (on && document.activeElement === field) pointed(name(field.selectionStart), name(field.selectionEnd));
  }
  function place(key, at) {
    if (!at) others.delete(key);
    else {
      const taken = new Set([...others.values()].map((one) => one.colour));
      const colour = others.get(key)?.colour ?? [...Array(COLOURS).keys()].find((each) => !taken.has(each)) ?? 0;
      const before = others.get(key), still = before && before.at.join() === at.at.join();
      others.set(key, { ...at, colour, heard: Date.now(), moved: still ? before.moved : Date.now() });
      // A name covers letters: once its cursor stands still it goes.
      if (!still) setTimeout(() => on && draw(), STILL + 50);
    }
    draw();
  }
  function where(name) {
    try {
      return Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(Y.fromBase64(name)), doc)?.index ?? null;
    } catch { return null; }
  }
  function draw() {
    const after = field.value, carets = [], cuts = new Set([0, after.length]);
    for (const [key, { name, at, colour, heard, moved: last }] of others) {
      const [from, to] = at.map(where);
      if (from === null || to === null || Date.now() - heard > 60000) { others.delete(key); continue; }
      carets.push({ name, colour: Date.now() - last > STILL ? `${colour} still` : colour, from: Math.min(from, to), to: Math.max(from, to), here: to });
      for (const each of [from, to]) cuts.add(Math.min(each, after.length));
    }
    const places = [...cuts].sort((one, other) => one - other), pieces = [];
    places.forEach((start, number) => {
      for (const { name, colour } of carets.filter((one) => Math.min(one.here, after.length) === start)) {
        const caret = Object.assign(document.createElement("span"), { className: `caret c${colour}` });
        caret.append(Object.assign(document.createElement("span"), { className: "name", textContent: name }));
        pieces.push(caret);
      }
      const piece = after.slice(start, places[number + 1] ?? start);
      const by = carets.find((one) => one.from <= start && one.to > start);
      pieces.push(by ? Object.assign(document.createElement("mark"), { className: `c${by.colour}`, textContent: piece }) : piece);
    });
    mirror.replaceChildren(...pieces, "\u200b");
  }
  const names = () => [...others.values()].map((one) => one.name);

  // ---- keys --------------------------------------------------------------------------------------------------------
  function back(event) {
    const key = event.key?.toLowerCase();
    const asked = event.type === "beforeinput" ? { historyUndo: "undo", historyRedo: "redo" }[event.inputType]
      : (event.ctrlKey || event.metaKey) && !event.altKey && (key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : "");
    if (!asked) return;
    event.preventDefault();
    undo[asked]();
  }
  const begin = () => { composing = true; };
  const all = [[field, "input", () => composing || typed()], [field, "beforeinput", back], [field, "keydown", back], [field, "compositionstart", begin], [field, "compositionend", composed], [document, "selectionchange", point]];
  for (const [on, name, work] of all) on.addEventListener(name, work);
  text.observe(changed);
  return {
    put, show, hear, place, names, point,
    // Leave the field as it is.
    end() {
      composing = false;
      for (const apply of late.splice(0)) apply();
      on = false;
      for (const [on, name, work] of all) on.removeEventListener(name, work);
      text.unobserve(changed);
      mirror.replaceChildren();
    },
  };
};
// What is typed here, for the undoing of one's own alone; how many colours cursors have; for how long a name stands at one.
Object.assign(window.deliberatePad, { HERE: "here", COLOURS: 6, STILL: 3000 });
