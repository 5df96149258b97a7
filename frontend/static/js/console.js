// The console by keyboard: a key presses the button that bears it (data-key), the bar finds a button by its words.
(() => {
  "use strict";
  const bar = document.getElementById("bar"), field = document.getElementById("command"), names = document.getElementById("commands");
  const keys = document.getElementById("keys"), on = document.getElementById("keys-on");
  const reachable = (one) => !one.closest("[hidden], [inert], dialog:not([open])");
  const said = (one) => [...one.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join(" ");
  const words = (one) => (one.getAttribute("aria-label") ?? said(one)).replace(/\s+/g, " ").trim();
  const typing = (one) => one.matches("input:not([type=checkbox], [type=radio]), textarea, select") || one.isContentEditable;

  function press(one) {
    if (!one.matches("summary")) one.closest("details:not([open])")?.setAttribute("open", "");
    if (one.dataset.opens) return keys.showModal();
    one.focus();
    if (one.matches("button, a, summary")) one.click();
  }
  const hint = () => document.documentElement.classList.toggle("keys", on.checked);
  on.addEventListener("change", hint);
  hint();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    if (event.key === "Escape" && event.target === field) { field.value = ""; return field.blur(); }
    if (typing(event.target) || !on.checked || keys.open) return;
    const one = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find(reachable);
    if (!one) return;
    event.preventDefault();
    press(one);
  });
  document.querySelector("[data-opens]")?.addEventListener("click", (event) => { event.preventDefault(); keys.showModal(); });

  // ---- the bar -----------------------------------------------------------------------------------------------------
  // Acts, the forms that are folded away, and places: nothing that only shows more of the same.
  const NAMED = "main button, main details:not(.more):has(> form) > summary, main a[href], .ways a, main h2[data-key]";
  const buttons = () => [...document.querySelectorAll(NAMED)].filter((one) => one.checkVisibility());
  field.addEventListener("focus", () => {
    names.replaceChildren(...[...new Set(buttons().map(words))].map((text) => Object.assign(document.createElement("option"), { value: text })));
  });
  bar.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = field.value.trim().toLowerCase(), found = buttons();
    const by = (fits) => found.find((one) => fits(words(one).toLowerCase()));
    const one = asked && (by((text) => text === asked) ?? by((text) => text.startsWith(asked)) ?? by((text) => text.includes(asked)));
    if (!one) return window.deliberate.say(bar.dataset.unknown, true);
    field.value = "";
    press(one);
  });
  bar.hidden = false;
})();
