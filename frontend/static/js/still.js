// Pages that stand still: what they show beside their live parts is as it was when they were opened. A part of which nothing
// is seen (data-still) changes when words were taken back; then the page comes anew, in place.
// say(text): tell the person. ready(element): what is personal and what counts time, before it is shown.
window.deliberateStill = (given) => {
  "use strict";
  const { say, ready } = given, { dataset } = document.body;
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  let renewed = Promise.resolve();

  // The whole of it, or those regions that say from where they come. What was typed stays, but for what was a rewording of
  // those words.
  async function renew(hash) {
    const named = all(document, "[data-anew]"), regions = named.length ? named : [document.getElementById("main")];
    const fresh = await Promise.all(regions.map(fetched));
    if (fresh.includes(null)) return; // told again with the next news, for the hash is the old one
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
    const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(region.id);
    if (fresh) ready(fresh);
    return fresh || null;
  }

  return {
    shown: () => (dataset.still ? [[dataset.still, dataset.stillHash]] : []),
    // Whether it is this part that came.
    hears(name, hash) {
      if (name !== dataset.still) return false;
      if (hash !== dataset.stillHash) renewed = renewed.then(() => renew(hash));
      return true;
    },
  };
};
