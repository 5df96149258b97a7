// Two comforts of the ideas page: how many characters are left, and a focus that stays where the finger was.
(() => {
  "use strict";
  const field = document.getElementById("idea"), hint = document.getElementById("idea-hint");
  if (field && hint) {
    const first = hint.textContent, longest = Number(field.dataset.longest);
    const count = () => {
      const left = longest - [...field.value.normalize("NFC").trim().replace(/\s+/g, " ")].length;
      const text = left < 0 ? hint.dataset.over : hint.dataset.under;
      hint.textContent = field.value ? text.replace("%d", Math.abs(left)) : first;
      hint.classList.toggle("error", left < 0);
    };
    field.addEventListener("input", count);
    field.form.addEventListener("reset", () => setTimeout(count));
  }

  // The board's forms serve all cards: one act on its way must not hold up the next.
  document.addEventListener("submit", (event) => {
    if (event.target.closest("#board")) event.target.removeAttribute("aria-busy");
  });
  // A button that gives way to its opposite (support it, take it back) hands its focus on. They stand in pairs.
  let pressed = null;
  document.addEventListener("submit", (event) => { pressed = event.submitter; }, true);
  document.addEventListener("deliberate:answer", () => {
    const focused = document.activeElement;
    if (!pressed?.hidden || (focused !== document.body && focused !== pressed)) return;
    const opposite = pressed.ariaPressed === "true" ? pressed.previousElementSibling : pressed.nextElementSibling;
    opposite?.focus({ preventScroll: true });
  });
  // Another page of the board: reading goes on at its head.
  document.addEventListener("htmx:after:swap", () => {
    if (document.activeElement === document.body) document.getElementById("ideas-h")?.focus({ preventScroll: true });
  });
})();
