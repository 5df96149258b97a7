// The wall rolls its captions up line by line, and keeps the screen awake. Without this file it shows the same, in steps.
(() => {
  "use strict";
  const still = matchMedia("(prefers-reduced-motion: reduce)"), heights = new WeakMap();
  function roll() {
    for (const box of document.querySelectorAll(".captions")) {
      const height = [...box.children].reduce((sum, one) => sum + one.offsetHeight, 0), grown = height - (heights.get(box) ?? height);
      heights.set(box, height);
      if (grown <= 0 || still.matches) continue;
      for (const one of box.children) one.animate([{ transform: `translateY(${grown}px)` }, { transform: "none" }], { duration: 300, easing: "ease-out" });
    }
  }
  const awake = () => { if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => { /* the system decides */ }); };
  window.deliberate?.onChange(roll);
  document.addEventListener("visibilitychange", awake);
  awake();
  roll();
})();
