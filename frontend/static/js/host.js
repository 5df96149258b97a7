// Two comforts of the host's pages: an address is copied, a sheet is printed. Without scripts the browser does both.
(() => {
  "use strict";
  for (const hint of document.querySelectorAll("[data-hint]")) hint.hidden = true;
  for (const button of document.querySelectorAll("[data-prints]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const button of document.querySelectorAll("[data-copies]")) {
    const field = document.getElementById(button.dataset.copies);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      // Browsers offer their clipboard over https alone; what is selected can be copied everywhere.
      try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
      button.textContent = button.dataset.done;
    });
  }
})();
