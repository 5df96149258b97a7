// A phone of the tests: blind.js, with an issuer and a box that live in the test (window.signs, window.takes) and a memory
// that outlives a reload. Octets travel as base64url.
(() => {
  "use strict";
  const { toText, fromText, ...blind } = window.deliberateBlind;
  const plain = (made) => Object.fromEntries(Object.entries(made).map(([name, each]) => [name, each instanceof Uint8Array ? toText(each) : String(each)]));
  const asked = async (whom, octets) => {
    const { answer, refused } = await whom(toText(octets));
    if (refused) throw Object.assign(new Error(refused), { refused: true });
    return fromText(answer);
  };
  const told = async (promise) => {
    try {
      return plain((await promise) ?? {});
    } catch (failure) {
      return { failed: failure.code ?? failure.message };
    }
  };
  let voting = null;
  const voter = {
    slept: [],
    arrive(text, group, memory = "seed") {
      voting = blind.voting({
        text,
        group,
        fetchToken: (blinded) => asked(window.signs, blinded),
        cast: (octets) => asked(window.takes, octets),
        storage: {
          get: async () => localStorage.getItem(memory),
          set: async (kept) => localStorage.setItem(memory, kept),
          delete: async () => localStorage.removeItem(memory),
        },
        random: (length) => crypto.getRandomValues(new Uint8Array(length)),
        sleep: async (ms) => { voter.slept.push(ms); },
      });
    },
    issue: () => told(voting.issue()),
    cast: (choice) => told(voting.cast(choice)),
    resume: () => told(voting.resume()),
    forget: () => voting.forget(),
    // Two taps at once.
    both: (one, other) => Promise.all([told(voting.cast(one)), told(voting.cast(other))]),
    state: () => voting.state,
    kept: (memory = "seed") => localStorage.getItem(memory),
    // The pure functions, octets as text; a number too big for JSON as a text of its digits.
    derive: async (seed, poll, group) => plain(await blind.derive(fromText(seed), fromText(poll), group)),
    hash: async (text) => toText(await blind.pollHash(text)),
    words: (poll) => blind.words(fromText(poll)),
    counted: (list, octets) => blind.counted(list, fromText(octets)),
    tracker: (key) => blind.tracker(fromText(key)),
    prepare: (message, prefix) => toText(blind.prepare(fromText(message), fromText(prefix))),
    blind: async (modulus, prepared, salt, r) => told(blind.blind(fromText(modulus), fromText(prepared), fromText(salt), BigInt(r))),
    finalize: async (modulus, prepared, signature, inverse) => {
      const token = blind.finalize(fromText(modulus), fromText(prepared), fromText(signature), BigInt(inverse));
      return told(token.then((found) => ({ token: found })));
    },
    holds: (key, poll, octets, receipt) => blind.receiptHolds(...[key, poll, octets, receipt].map(fromText)),
  };
  window.voter = voter;
})();
