// Blind ballots, the voter's half: a token signed without being seen (RSABSSA-SHA384-PSS-Randomized, RFC 9474), the ballot
// that carries it, and the receipt for that. Formats and reasons: docs/decisions/0010-blind-ballots.md.
// All that is random comes from one seed of 32 octets a poll, by HKDF-SHA-256 (RFC 5869): IKM the seed, salt the poll hash,
// info the label with the group's id behind it. So a page that was reloaded asks for the same token again, and no other.
//   label                      octets  what it becomes
//   deliberate voter key v1        32  the private seed of Ed25519 (RFC 8032)
//   deliberate prefix v1           32  the message's randomizer (RFC 9474, 4.1)
//   deliberate salt v1             48  the salt of PSS
//   deliberate blinding v1        432  the blinding factor r: 384 + 48 octets, taken modulo n, so even but for 2^-384
// Octets are Uint8Arrays. What is wrong is thrown as an Error with a `code`: key, token, receipt, choice, changed, busy, done.
(() => {
  "use strict";
  const STAND_IN = document.currentScript?.dataset.ed25519; // the address of vendor/noble-ed25519-…
  const LONGEST_WAIT = 4000, TRIES = 8;
  const subtle = globalThis.crypto?.subtle; // absent where the page came by plain http
  const available = () => Boolean(subtle);

  const wrong = (code) => Object.assign(new Error(code), { code });
  const utf8 = (text) => new TextEncoder().encode(text);
  const join = (...parts) => Uint8Array.from(parts.flatMap((one) => [...(typeof one === "string" ? utf8(one) : one)]));
  const toText = (octets) => btoa(String.fromCharCode(...octets)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const fromText = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const toHex = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
  const toNumber = (octets) => BigInt("0x" + toHex(octets));
  const toOctets = (number, length) => Uint8Array.from(number.toString(16).padStart(2 * length, "0").match(/../g), (two) => parseInt(two, 16));
  const hash = async (name, ...parts) => new Uint8Array(await subtle.digest(name, join(...parts)));
  const sha256 = (...parts) => hash("SHA-256", ...parts);

  // ---- the blind signature: `modulus` is n, big-endian, its first bit set; e is 65537 ------------------------------------
  const prepare = (message, prefix) => join(prefix, message);
  // EMSA-PSS-ENCODE with MGF1 (RFC 8017, 9.1.1 and B.2.1), to `length` octets less one bit.
  async function encode(prepared, salt, length) {
    const sha384 = (...parts) => hash("SHA-384", ...parts);
    const seed = await sha384(new Uint8Array(8), await sha384(prepared), salt);
    const block = join(new Uint8Array(length - 98), [1], salt);
    for (let at = 0; at < block.length; at += 48) {
      const mask = await sha384(seed, [0, 0, 0, at / 48]);
      for (let i = at; i < at + 48 && i < block.length; i += 1) block[i] ^= mask[i - at];
    }
    block[0] &= 127;
    return join(block, seed, [0xbc]);
  }
  function inverse(number, n) {
    let [a, b, x, y] = [n, number, 0n, 1n];
    while (b) { const times = a / b; [a, b, x, y] = [b, a - times * b, y, x - times * y]; }
    if (a !== 1n) throw wrong("key"); // a factor of n: by chance it is not found before the sun goes out
    return (x + n) % n;
  }
  // What the issuer is shown, and the `inverse` that takes the blinding off again. r: a number below n.
  async function blind(modulus, prepared, salt, r) {
    const n = toNumber(modulus), m = toNumber(await encode(prepared, salt, modulus.length));
    const both = inverse((m * r) % n, n); // both m and r must be without a factor of n: one look tells
    let power = r;
    for (let i = 0; i < 16; i += 1) power = (power * power) % n;
    return { blinded: toOctets((((power * r) % n) * m) % n, modulus.length), inverse: (both * m) % n };
  }
  async function finalize(modulus, prepared, signature, inverse) {
    if (signature.length !== modulus.length) throw wrong("token");
    const token = toOctets((toNumber(signature) * inverse) % toNumber(modulus), modulus.length);
    const jwk = { kty: "RSA", n: toText(modulus), e: "AQAB" };
    const key = await subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, false, ["verify"]);
    if (!(await subtle.verify({ name: "RSA-PSS", saltLength: 48 }, key, token, prepared))) throw wrong("token");
    return token;
  }

  // ---- Ed25519: the browser's own, else the stand-in, which is fetched only then -----------------------------------------
  const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]; // RFC 8410: what stands before a seed
  const opened = (seed) => subtle.importKey("pkcs8", join(PKCS8, seed), "Ed25519", true, ["sign"]);
  const native = {
    publicKey: async (seed) => fromText((await subtle.exportKey("jwk", await opened(seed))).x),
    sign: async (seed, message) => new Uint8Array(await subtle.sign("Ed25519", await opened(seed), message)),
    verify: async (key, signature, message) => subtle.verify("Ed25519", await subtle.importKey("raw", key, "Ed25519", true, ["verify"]), signature, message),
  };
  async function standIn() {
    const noble = await import(STAND_IN);
    return {
      publicKey: noble.getPublicKeyAsync,
      sign: (seed, message) => noble.signAsync(message, seed),
      verify: (key, signature, message) => noble.verifyAsync(signature, message, key, { zip215: false }),
    };
  }
  let chosen = null;
  const ed25519 = () => (chosen ??= opened(new Uint8Array(32)).then(() => native, standIn).catch((failure) => { chosen = null; throw failure; }));

  // ---- formats -----------------------------------------------------------------------------------------------------------
  const named = (group) => join([utf8(group).length], group);
  const pollHash = (text) => sha256(text);
  // The first 64 bits of a poll hash as four proquints (arXiv:0901.4016): four words that can be compared aloud.
  const words = (poll) => [0, 2, 4, 6].map((at) => {
    const number = poll[at] * 256 + poll[at + 1], consonant = (by) => "bdfghjklmnprstvz"[(number >> by) & 15], vowel = (by) => "aiou"[(number >> by) & 3];
    return consonant(12) + vowel(10) + consonant(6) + vowel(4) + consonant(0);
  }).join(" ");
  async function derive(seed, poll, group) {
    const key = await subtle.importKey("raw", seed, "HKDF", false, ["deriveBits"]);
    const drawn = async (what, octets) => {
      const info = join(`deliberate ${what} v1`, group);
      return new Uint8Array(await subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: poll, info }, key, 8 * octets));
    };
    return { key: await drawn("voter key", 32), prefix: await drawn("prefix", 32), salt: await drawn("salt", 48), blinding: await drawn("blinding", 432) };
  }
  const tokenMessage = (poll, group, key) => join("deliberate token v1", poll, named(group), key);
  const padded = (choice, width) => join(choice, " ".repeat(Math.max(0, width - utf8(choice).length)));
  // `secret` is the private seed to the public `key`; `number` is 1 for the first ballot of a key.
  async function ballot({ poll, group, secret, key, prefix, token, number, choice, width }) {
    const said = padded(choice, width);
    if (said.length !== width || !choice || choice.endsWith(" ")) throw wrong("choice");
    const whole = join("deliberate ballot v1", poll, named(group), key, prefix, token, toOctets(number, 4), said);
    return join(whole, await (await ed25519()).sign(secret, whole));
  }
  // By which a ballot is found in the published file: 60 bits in Crockford's base32.
  async function tracker(key) {
    const bits = toNumber((await sha256("deliberate tracker v1", key)).subarray(0, 8)) >> 4n;
    return Array.from({ length: 12 }, (_, i) => "0123456789abcdefghjkmnpqrstvwxyz"[Number((bits >> BigInt(55 - 5 * i)) & 31n)]).join("");
  }
  // What a closed poll's list (a hash a line) says of a ballot: whether it is there, and the four words of the closing hash.
  async function counted(list, octets) {
    const closing = await sha256("deliberate closing v2", octets.slice(20, 52), await sha256(list));
    const found = list.split("\n").includes(toText(await sha256(octets)));
    return { found, words: words(closing), tracker: await tracker(octets.slice(53 + octets[52]).slice(0, 32)) };
  }
  async function receiptHolds(receipts, poll, octets, receipt) {
    const message = join("deliberate receipt v1", poll, await sha256(octets)), { verify } = await ed25519();
    return verify(receipts, receipt, message).catch(() => false); // what has not even the length of a key or a signature
  }

  // ---- one voter in one poll ---------------------------------------------------------------------------------------------
  // text: the definition as it was served. fetchToken(blinded) gives the issuer's answer, cast(ballot) the box's receipt; both
  // throw when nothing came, and are tried again with the same octets; an error that is `refused` is final. storage: get(),
  // set(text), delete(), for this poll alone. random(octets), sleep(ms). The seed is kept until the receipt holds; where the
  // vote may be changed, until forget().
  function voting({ text, group, fetchToken, cast, storage, random, sleep }) {
    const definition = JSON.parse(text), { width } = definition;
    let state = "new", ready = null, sending = null;
    const chance = () => Number(toNumber(random(4))) / 2 ** 32;
    // What this device keeps: {poll, group, seed, number, ballot where one is on its way}.
    async function held() {
      const mine = JSON.parse((await storage.get()) || "null");
      // Not the definition that this voter was shown before: somebody shows different ones, and gets no second token.
      if (mine && (mine.group !== group || mine.poll !== toText(await pollHash(text)))) throw wrong("changed");
      return mine;
    }
    const keep = (news) => storage.set(JSON.stringify(news));

    async function again(attempt) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt();
        } catch (failure) {
          if (failure.refused || tries === TRIES) throw failure;
          await sleep(500 * 2 ** tries * (0.5 + chance() / 2));
        }
      }
    }
    // Ask for the token, long before it is used: at once when the poll is seen.
    async function issue() {
      if (state === "done") throw wrong("done");
      return (ready ??= issued().catch((failure) => { ready = null; state = "new"; throw failure; }));
    }
    async function issued() {
      state = "asking";
      const poll = await pollHash(text), modulus = fromText(definition.groups.find(({ id }) => id === group).n);
      if (definition.v !== 1 || modulus.length !== 384 || modulus[0] < 128 || modulus[383] % 2 === 0) throw wrong("key");
      if (!(await held())) await keep({ poll: toText(poll), group, number: 0, seed: toText(random(32)) });
      const mine = await held(); // read back: another window may have been first
      const { key: secret, prefix, salt, blinding } = await derive(fromText(mine.seed), poll, group);
      const key = await (await again(ed25519)).publicKey(secret), prepared = prepare(tokenMessage(poll, group, key), prefix);
      const { blinded, inverse } = await blind(modulus, prepared, salt, toNumber(blinding) % toNumber(modulus));
      const token = await again(async () => finalize(modulus, prepared, await fetchToken(blinded), inverse));
      state = "ready";
      return { poll, group, secret, key, prefix, token, width };
    }
    // The ballot is kept as it was sent, since browsers may sign the same words differently: what is sent again is the same.
    async function vote(choice) {
      const mine = await held();
      if (mine?.ballot) {
        const octets = fromText(mine.ballot);
        if (String(octets.slice(-64 - width, -64)) === String(padded(choice, width))) return deliver(octets);
        if (!definition.change) throw wrong("busy"); // the other choice may be in the box already
      }
      const known = await issue(), latest = await held();
      if (!latest) throw wrong("done"); // in another window
      const number = latest.number + 1;
      const octets = await ballot({ ...known, number, choice });
      await keep({ ...latest, number, ballot: toText(octets) });
      return deliver(octets);
    }
    async function deliver(octets) {
      state = "casting";
      await sleep(chance() * LONGEST_WAIT); // so that neither opening nor tap tells whose it is
      const poll = await pollHash(text);
      const receipt = await again(async () => {
        const answer = await cast(octets);
        if (!(await receiptHolds(fromText(definition.receipts), poll, octets, answer))) throw wrong("receipt");
        return answer;
      }).catch(async (failure) => {
        // It is not in the box and never will be. Where the poll has closed, an earlier try may have put it in.
        if (failure.refused && failure.code !== "closed") await settle(octets, 1);
        throw failure;
      });
      if (definition.change) await settle(octets, 0);
      else await forget();
      return { ballot: octets, receipt };
    }
    // The ballot is on its way no more; the key may be used again, under a number that goes back by so much.
    async function settle(octets, back) {
      const mine = await held();
      if (mine?.ballot === toText(octets)) await keep({ ...mine, number: mine.number - back, ballot: undefined });
    }
    async function alone(what) {
      if (sending) throw wrong("busy");
      if (state === "done") throw wrong("done");
      sending = what().finally(() => {
        sending = null;
        if (state === "casting") state = ready ? "ready" : "new";
      });
      return sending;
    }
    async function forget() {
      ready = null;
      state = "done";
      await storage.delete();
    }
    return {
      issue,
      forget,
      get state() { return state; },
      cast: (choice) => alone(() => vote(choice)),
      // After a reload: what was on its way is sent again. Gives null where nothing was.
      resume: async () => { const { ballot: octets } = (await held()) ?? {}; return octets ? alone(() => deliver(fromText(octets))) : null; },
    };
  }

  window.deliberateBlind = { available, prepare, blind, finalize, derive, pollHash, words, tokenMessage, ballot, tracker, counted, receiptHolds, voting, toText, fromText, toHex, toNumber, join, ed25519 };
})();
