// A text that was typed while the words under it changed, on the words that stand now: what this drafter wrote and took out since
// both sides last agreed, and nothing else of the old text. So words that were taken back meanwhile don't come back with it.
(() => {
  "use strict";
  // Words, and each other letter by itself; scripts that put no space between words go letter by letter.
  const PIECE = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]|[\p{L}\p{M}\p{N}]+|[^]/gu;
  const pieces = (text) => text.match(PIECE) ?? [];

  // What makes `after` of `before`: [at, letters taken out, letters put in], in order; places are those of `before`.
  function edits(before, after) {
    const one = pieces(before), other = pieces(after), found = [];
    let head = 0;
    while (head < one.length && one[head] === other[head]) head += 1;
    const high = one.length - head, wide = other.length - head;
    // How many pieces both still have in common from here on.
    const common = new Uint16Array((high + 1) * (wide + 1)), place = (i, j) => i * (wide + 1) + j;
    for (let i = high - 1; i >= 0; i -= 1)
      for (let j = wide - 1; j >= 0; j -= 1)
        common[place(i, j)] = one[head + i] === other[head + j] ? common[place(i + 1, j + 1)] + 1 : Math.max(common[place(i + 1, j)], common[place(i, j + 1)]);
    let at = one.slice(0, head).join("").length, out = "", into = "";
    function cut() {
      if (out || into) found.push(least(at, out, into));
      at += out.length;
      out = into = "";
    }
    for (let i = 0, j = 0; i < high || j < wide; ) {
      if (i < high && j < wide && one[head + i] === other[head + j]) { cut(); at += one[head + i].length; i += 1; j += 1; }
      else if (j === wide || (i < high && common[place(i + 1, j)] >= common[place(i, j + 1)])) { out += one[head + i]; i += 1; }
      else { into += other[head + j]; j += 1; }
    }
    cut();
    return found;
  }
  // Of a word that was changed, the letters that were: not those which both begin and end with.
  function least(at, out, into) {
    const one = [...out], other = [...into];
    let head = 0, tail = 0;
    while (head < Math.min(one.length, other.length) && one[head] === other[head]) head += 1;
    while (tail < Math.min(one.length, other.length) - head && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
    return [at + one.slice(0, head).join("").length, one.slice(head, one.length - tail).join("").length, other.slice(head, other.length - tail).join("")];
  }

  // `bases`: what both sides may have agreed on last, for of what was sent last it is not known whether it was stored: the one
  // that is nearest to what stands now is meant. The changes to `after`, one after the other, the last place first.
  function rebased(bases, typed, after) {
    const far = (base) => edits(base, after).reduce((sum, [, out, into]) => sum + out + into.length, 0);
    const base = bases.reduce((best, each) => (far(each) < far(best) ? each : best)), theirs = edits(base, after);
    // Where a place of the base is now, and whether the letter there still stands.
    function now(at) {
      let shift = 0;
      for (const [from, out, into] of theirs) {
        if (from + out > at) return from <= at ? [from + shift + into.length, false] : [at + shift, true];
        shift += into.length - out;
      }
      return [at + shift, true];
    }
    const found = [];
    for (const [at, out, into] of edits(base, typed).reverse()) {
      for (let letter = at + out - 1; letter >= at; letter -= 1) {
        const [place, stands] = now(letter), last = found.at(-1);
        if (!stands) continue;
        if (letter < at + out - 1 && last && !last[2] && last[0] === place + 1) { last[0] -= 1; last[1] += 1; }
        else found.push([place, 1, ""]);
      }
      if (into) found.push([now(at)[0], 0, into]);
    }
    return found;
  }
  window.deliberateRebase = { edits, rebased };
})();
