// Comforts of the ideas page: how many characters are left, what says the same, where reading goes on after turning a page.
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
    // What may say the same is about what stands in the field: with an empty one it is gone, an answer under way too.
    const alike = document.getElementById("alike"), clear = () => { if (!field.value.trim()) alike.replaceChildren(); };
    for (const [what, when] of [[field.form, "reset"], [field, "input"], [document, "htmx:after:swap"]]) what.addEventListener(when, () => setTimeout(clear));
  }

  // Another page of the board: reading goes on at its head.
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.target?.id === "board" && document.activeElement === document.body) document.getElementById("ideas-h")?.focus({ preventScroll: true });
  });
})();
