// What was found for a clause comes up beside it: reading goes on at its head, and a button puts it away again.
(() => {
  "use strict";
  document.addEventListener("htmx:after:swap", (event) => {
    const head = document.getElementById("bearing-h"), away = document.querySelector("[data-away]");
    if (!head || head.dataset.reached) return;
    head.dataset.reached = "1";
    if (away) away.hidden = false;
    if (event.detail.ctx?.anew) return; // it was there before
    head.focus({ preventScroll: true });
    head.scrollIntoView({ block: "start" });
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-away]")) return;
    const found = document.getElementById("bearing");
    found.replaceChildren();
    found.removeAttribute("data-anew");
    found.hidden = true;
    document.getElementById("sources-heading")?.scrollIntoView({ block: "start" });
  });
})();
