// What is wrong with a field is said at the field, in our words: by the browser's check, and by what the server refuses.
(() => {
  "use strict";
  const { empty } = document.currentScript.dataset;
  function wrong(field, text) {
    right(field);
    const said = Object.assign(document.createElement("span"), { className: "error", id: `${field.id || field.name}-wrong`, textContent: text });
    field.before(said);
    field.setAttribute("aria-invalid", "true");
    field.dataset.described = field.getAttribute("aria-describedby") ?? "";
    field.setAttribute("aria-describedby", `${said.id} ${field.dataset.described}`.trim());
  }
  function right(field) {
    if (field.getAttribute?.("aria-invalid") !== "true" || field.dataset.described === undefined) return;
    if (field.previousElementSibling?.matches(".error")) field.previousElementSibling.remove();
    field.removeAttribute("aria-invalid");
    if (field.dataset.described) field.setAttribute("aria-describedby", field.dataset.described); else field.removeAttribute("aria-describedby");
    delete field.dataset.described;
  }
  const fields = (form) => [...form.elements].filter((one) => one.willValidate);

  document.addEventListener("invalid", (event) => {
    const field = event.target;
    event.preventDefault();
    wrong(field, field.validity.valueMissing ? empty : field.validationMessage);
    if (fields(field.form).find((one) => !one.validity.valid) === field) field.focus();
  }, true);
  document.addEventListener("input", (event) => right(event.target));
  // A refusal that is about what was typed: the field that bears data-refused, of those to be seen.
  document.addEventListener("deliberate:answer", (event) => {
    const { ok, code, say } = event.detail, seen = fields(event.target).filter((one) => one.checkVisibility());
    for (const one of seen) right(one);
    const field = !ok && code === "fields" && seen.find((one) => "refused" in one.dataset);
    if (!field) return;
    wrong(field, say);
    field.focus();
    document.getElementById("said").hidden = true;
  });
})();
