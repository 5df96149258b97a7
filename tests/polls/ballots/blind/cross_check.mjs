// blind.js beside @cloudflare/blindrsa-ts: node cross_check.mjs path/to/blind.js path/to/node_modules rounds
// Each takes off what the other has blinded, and both must find the same token, which the other's verify accepts.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";

const [script, modules, rounds] = process.argv.slice(2);
const { RSABSSA } = await import(pathToFileURL(`${modules}/@cloudflare/blindrsa-ts/lib/src/index.js`).href);
Object.assign(globalThis, { window: globalThis, document: {} });
runInThisContext(readFileSync(script, "utf8"));

const ours = globalThis.deliberateBlind, theirs = RSABSSA.SHA384.PSS.Randomized();
const { publicKey, privateKey } = await theirs.generateKey({ publicExponent: Uint8Array.from([1, 0, 1]), modulusLength: 3072 });
const n = ours.fromText((await crypto.subtle.exportKey("jwk", publicKey)).n);
const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const octets = (number) => Uint8Array.from(number.toString(16).padStart(768, "0").match(/../g), (two) => parseInt(two, 16));
const same = (one, other) => ours.toText(one) === ours.toText(other);

let agreed = 0;
for (let round = 0; round < Number(rounds); round += 1) {
  const message = random(round * 7), prepared = ours.prepare(message, random(32));
  const mine = await ours.blind(n, prepared, random(48), ours.toNumber(random(432)) % ours.toNumber(n));
  const signed = await theirs.blindSign(privateKey, mine.blinded);
  const token = await ours.finalize(n, prepared, signed, mine.inverse);
  const crossed = await theirs.finalize(publicKey, prepared, signed, octets(mine.inverse));

  const other = theirs.prepare(message), blinded = await theirs.blind(publicKey, other);
  const answer = await theirs.blindSign(privateKey, blinded.blindedMsg);
  const their = await theirs.finalize(publicKey, other, answer, blinded.inv);
  const back = await ours.finalize(n, other, answer, ours.toNumber(blinded.inv));

  if (same(token, crossed) && same(their, back) && (await theirs.verify(publicKey, token, prepared))) agreed += 1;
}
console.log(`${agreed} agreed`);
