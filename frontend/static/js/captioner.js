// The captioner's box: what is typed shows at once, Enter settles it, and typing goes on without a pause.
(() => {
  "use strict";
  const form = document.getElementById("typing"), box = document.getElementById("typing-text");
  if (!form || !window.deliberate) return;
  const { act, say } = window.deliberate;
  const EVERY_MS = 350, LONGEST_FRAME_BYTES = 12000;
  const bytes = (text) => new TextEncoder().encode(text).length;

  // One interim at a time on the line: while it is away, only the newest text waits. So nothing piles up offline.
  let shown = "", sending = false, timer = 0;
  async function show() {
    timer = 0;
    const text = box.value.slice(0, Number(form.dataset.longest));
    if (sending || text === shown || bytes(text) > LONGEST_FRAME_BYTES) return;
    sending = true;
    await act("transcript.interim", { text });
    shown = text;
    sending = false;
    soon();
  }
  function soon() { if (!timer && box.value !== shown) timer = setTimeout(show, EVERY_MS); }
  box.addEventListener("input", soon);

  document.documentElement.classList.add("keys");
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    const text = box.value;
    if (bytes(text) > LONGEST_FRAME_BYTES) {
      event.preventDefault();
      form.submit(); // too long for the line: as a plain form
      return;
    }
    event.preventDefault();
    box.value = "";
    box.focus();
    const answer = await act("transcript.settle", { text });
    if (!answer.ok) {
      say(answer.say, true);
      box.value = box.value ? `${text} ${box.value}` : text;
    }
    soon(); // what is in the box now takes the place of what was settled
  });

  // The panel of a correction or a proposal closes when it is stored or left; the words being typed stay untouched.
  const close = () => { document.getElementById("correction").replaceChildren(); box.focus(); };
  document.addEventListener("deliberate:answer", (event) => {
    if (event.target.closest("#correction") && event.detail.ok) close();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-leave]")) return;
    event.preventDefault();
    close();
  });

  // The address for a program stays until the page is left: whoever puts it into the program needs a while.
  document.addEventListener("deliberate:answer", (event) => {
    const of = event.target.dataset?.command, place = document.getElementById("feed");
    if (!event.detail.ok || !["captions.open_feed", "captions.close_feed"].includes(of)) return;
    place.hidden = of === "captions.close_feed";
    const field = place.querySelector("input");
    field.value = place.hidden ? "" : new URL(event.detail.data.path, location.href).href;
    if (!place.hidden) field.select();
  });

  const load = document.getElementById("load"), file = load?.querySelector("input[type=file]");
  if (file) {
    file.closest("[hidden]").hidden = false;
    file.addEventListener("change", async () => {
      if (file.files[0]) load.querySelector("textarea").value = await file.files[0].text();
    });
  }
})();
