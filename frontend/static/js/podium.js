// The podium's microphone: sound goes over a socket of its own, and waits here for up to half a minute while that is away.
(() => {
  "use strict";
  const card = document.getElementById("podium"), start = document.getElementById("podium-start");
  if (!start) return;
  const stop = document.getElementById("podium-stop"), state = document.getElementById("podium-state");
  const level = document.getElementById("podium-level"), meter = level.querySelector("meter"), which = document.getElementById("podium-which");
  const MOST_PIECES = 300, words = card.dataset;
  // Codes after which coming again by itself makes no sense: the seat ended, none can be heard here, another has it.
  const FOR_GOOD = [1000, 4400, 4401, 4404, 4409, 4410];
  let context = null, stream = null, socket = null, line = "", waiting = [], tries = 0, again = 0, on = false, lock = null;

  function say(text) { if (state.textContent !== text) state.textContent = text; }
  function show() {
    start.hidden = on;
    stop.hidden = level.hidden = !on;
    which.disabled = on;
  }

  // ---- the microphone ----------------------------------------------------------------------------------------------
  async function take() {
    if (!navigator.mediaDevices || !window.AudioWorkletNode) return say(words.insecure);
    start.disabled = true;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, noiseSuppression: true, autoGainControl: true, ...(which.value && { deviceId: { exact: which.value } }) },
      });
      await open();
      on = true;
      line = "";
      waiting = [];
      connect();
      lock = await navigator.wakeLock?.request("screen").catch(() => null);
      list();
    } catch (problem) {
      release();
      say(problem.name === "NotAllowedError" ? words.denied : words.none);
    }
    start.disabled = false;
    show();
    if (on) stop.focus();
  }
  async function open() {
    // Some browsers take a microphone only at its own rate: then sound.js makes 16 kHz of it.
    for (const rate of [{ sampleRate: 16000 }, {}]) {
      context = new AudioContext(rate);
      try {
        await context.audioWorklet.addModule(words.worklet);
        const heard = new AudioWorkletNode(context, "sound", { numberOfOutputs: 0 });
        heard.port.onmessage = ({ data }) => took(data);
        context.createMediaStreamSource(stream).connect(heard);
        break;
      } catch (problem) {
        await context.close();
        if (problem.name !== "NotSupportedError" || !rate.sampleRate) throw problem;
      }
    }
    await context.resume();
    const [track] = stream.getAudioTracks();
    track.onended = () => finish(words.lost);
  }
  async function list() {
    const held = which.value, found = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === "audioinput" && each.label);
    for (const old of [...which.options].slice(1)) old.remove();
    for (const each of found) which.add(new Option(each.label, each.deviceId, false, each.deviceId === held));
  }
  function release() {
    for (const track of stream?.getTracks() ?? []) track.onended = null, track.stop();
    context?.close().catch(() => {});
    lock?.release();
    stream = context = lock = null;
  }
  function took({ sound, loudest }) {
    meter.value = loudest;
    waiting.push([sound, performance.now()]);
    if (waiting.length > MOST_PIECES) waiting.shift();
    bring();
  }

  // ---- the line ----------------------------------------------------------------------------------------------------
  function connect() {
    clearTimeout(again);
    const mine = (socket = new WebSocket(new URL(document.body.dataset.base + "sound", location.href).href.replace(/^http/, "ws")));
    mine.onopen = () => mine.send(JSON.stringify({ again: line }));
    mine.onmessage = ({ data }) => {
      const told = JSON.parse(data);
      if (told.line) { line = mine.line = told.line; tries = 0; bring(); }
      if (told.say) say(told.say);
    };
    mine.onclose = ({ code }) => {
      if (mine !== socket) return;
      socket = null;
      if (!on) return;
      if (FOR_GOOD.includes(code)) return finish(code === 1000 ? words.off : "");
      say(words.away);
      again = setTimeout(connect, Math.min(10000, 250 * 2 ** tries++) * (0.5 + Math.random()));
    };
  }
  function bring() {
    while (waiting.length && socket?.line && socket.readyState === WebSocket.OPEN && socket.bufferedAmount < 500000) {
      const [sound, at] = waiting.shift();
      const frame = new Uint8Array(4 + sound.byteLength);
      new DataView(frame.buffer).setUint32(0, Math.min(600000, performance.now() - at));
      frame.set(new Uint8Array(sound), 4);
      socket.send(frame);
    }
  }
  // The service may have said already why it is over.
  function finish(why) {
    on = false;
    clearTimeout(again);
    release();
    const open = socket;
    if (open?.readyState === WebSocket.OPEN) open.send(JSON.stringify({ stop: true }));
    else if (open) { socket = null; open.close(); }
    if (why) say(why);
    show();
    if (document.activeElement === document.body) start.focus();
  }

  start.addEventListener("click", take);
  stop.addEventListener("click", () => finish(words.off));
  addEventListener("beforeunload", (event) => { if (on) event.preventDefault(); });
})();
