// Pages that stand still: what they show beside their live parts is as it was when they were opened. A part of which nothing
// is seen (data-still) changes when words were taken back; then the page comes anew, in place.
// say(text): tell the person. ready(element): what is personal and what counts time, before it is shown.
window.deliberateStill = (given) => {
  "use strict";
  const { say, ready } = given, { dataset } = document.body;
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
  // In milliseconds: not all who look ask in the same moment, nor again and again while there is much news.
  const CHANCE = 700, LEAST = 10000;
  let renewed = Promise.resolve(), wanted = "", last = -LEAST;

  // The whole of it, or those regions that say from where they come. What was typed stays, but for what was a rewording of
  // those words.
  async function renew() {
    for (let tries = 0; wanted !== dataset.stillHash; tries += 1) {
      await sleep(Math.max(0, last + LEAST - performance.now()) + Math.random() * CHANCE * 2 ** Math.min(tries, 5));
      await anew(wanted);
    }
  }
  async function anew(hash) {
    const named = all(document, "[data-anew]"), regions = named.length ? named : [document.getElementById("main")];
    const fresh = await Promise.all(regions.map(fetched));
    if (fresh.includes(null)) return;
    last = performance.now();
    const read = regions.map((region) => region.textContent);
    const written = new Map(regions.flatMap((region) => all(region, "textarea")).map((one) => [one, one.defaultValue]));
    dataset.stillHash = hash;
    for (const [place, region] of regions.entries()) await htmx.swap({ text: fresh[place].outerHTML, target: region, swap: "outerMorph", anew: true });
    for (const [one, words] of written) if (one.defaultValue !== words) one.value = one.defaultValue;
    if (fresh.some((region, place) => region.textContent !== read[place])) say(dataset.stillSaid);
  }
  async function fetched(region) {
    const address = new URL(region.dataset.anew ?? location.href, location.href), find = region.querySelector("form[role=search]");
    if (find && !region.dataset.anew) for (const [name, value] of new FormData(find)) address.searchParams.set(name, value);
    const answer = await fetch(address).catch(() => null);
    if (answer?.status === 404) location.reload(); // what it was about is gone
    const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(region.id);
    if (fresh) ready(fresh);
    return fresh || null;
  }

  return {
    shown: () => (dataset.still ? [[dataset.still, dataset.stillHash]] : []),
    // Whether it is this part that came.
    hears(name, hash) {
      if (name !== dataset.still) return false;
      wanted = hash;
      renewed = renewed.then(renew);
      return true;
    },
  };
};
