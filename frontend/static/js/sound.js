// Runs beside the page's scripts, where sound comes: makes 16,000 samples a second of 16 bit, mono, out of whatever the
// microphone gives, and hands them over every tenth of a second with the loudest of them.
(() => {
  "use strict";
  const RATE = 16000, PIECE = 1600, TAPS = 32;

  class Sound extends AudioWorkletProcessor {
    constructor() {
      super();
      this.step = sampleRate / RATE;
      this.piece = new Int16Array(PIECE);
      this.at = 0;
      this.loudest = 0;
      // For other rates: a low pass at the lower of both limits (a windowed sinc), read where each new sample falls.
      this.cut = Math.min(1, 1 / this.step);
      this.reach = Math.ceil(TAPS / this.cut);
      this.before = new Float32Array(0);
      this.next = 0;
    }

    process([[...channels]]) {
      if (!channels.length) return true;
      const mono = channels[0].map((_sample, at) => channels.reduce((sum, each) => sum + each[at], 0) / channels.length);
      if (this.step === 1) for (const sample of mono) this.put(sample); else this.resampled(mono);
      return true;
    }

    resampled(mono) {
      const sound = new Float32Array(this.before.length + mono.length);
      sound.set(this.before);
      sound.set(mono, this.before.length);
      for (; this.next + this.reach < sound.length; this.next += this.step) {
        let sum = 0;
        const first = Math.max(0, Math.ceil(this.next - this.reach));
        for (let at = first; at < this.next + this.reach; at += 1) {
          const x = at - this.next, phase = Math.PI * x * this.cut;
          const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / this.reach);
          sum += sound[at] * window * (phase === 0 ? this.cut : (this.cut * Math.sin(phase)) / phase);
        }
        this.put(sum);
      }
      const kept = Math.max(0, Math.floor(this.next - this.reach));
      this.before = sound.slice(kept);
      this.next -= kept;
    }

    put(sample) {
      const bounded = Math.max(-1, Math.min(1, sample));
      this.loudest = Math.max(this.loudest, Math.abs(bounded));
      this.piece[this.at++] = bounded * 32767;
      if (this.at < PIECE) return;
      const { piece, loudest } = this;
      this.port.postMessage({ sound: piece.buffer, loudest }, [piece.buffer]);
      this.piece = new Int16Array(PIECE);
      this.at = this.loudest = 0;
    }
  }
  registerProcessor("sound", Sound);
})();
