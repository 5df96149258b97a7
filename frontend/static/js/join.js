// Tells the server that scripts run here, so that pages need not come anew by themselves.
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-join]")) {
    const field = document.createElement("input");
    field.type = "hidden"; field.name = "scripts"; field.value = "1";
    form.append(field);
    // The computer behind the projector has nobody to press the button; what makes previews of links runs no scripts.
    if ("atOnce" in form.dataset) form.requestSubmit();
  }
})();
