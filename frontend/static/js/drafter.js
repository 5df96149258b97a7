// Two drafters at one clause: while somebody rewords it, pictures leave the form alone, with the wording it began from.
// So the server can tell that another wording came in between, and nobody's words are lost unseen.
(() => {
  "use strict";
  const UNTOUCHED = "hx-morph-skip";
  const form = (event) => event.target.closest?.("form[data-wording]");
  document.addEventListener("input", (event) => form(event)?.setAttribute(UNTOUCHED, ""));
  document.addEventListener("deliberate:answer", (event) => {
    const mine = form(event), answer = event.detail;
    if (!mine) return;
    const { revision } = mine.elements;
    if (answer.ok) {
      revision.value = answer.data.revision;
      for (const field of mine.elements) if (field.type === "text" || field.type === "textarea") field.defaultValue = field.value;
      mine.removeAttribute(UNTOUCHED);
      mine.closest("details").open = false;
    } else {
      // The newest wording stands above the form now: who saves once more does so knowingly.
      revision.value = mine.closest("[data-revision]").dataset.revision;
    }
  });

  // What can be quoted stands still while somebody cuts a quote out of it; a line says when there is more.
  function more() {
    const shelf = document.getElementById("library");
    for (const line of document.querySelectorAll("#part-statements-newest [data-kind]"))
      line.hidden = line.dataset.kind !== shelf.dataset.kind || line.dataset.newest === shelf.dataset.newest;
  }
  window.deliberate.onChange(more);
  more();
})();
