// The wall rolls its captions up line by line, and keeps the screen awake. Without this file it shows the same, in steps.
(() => {
  "use strict";
  const still = matchMedia("(prefers-reduced-motion: reduce)"), heights = new WeakMap();
  // A line that stood there before is let go from where it stood: how far it has risen is how far all of them roll.
  function roll() {
    for (const box of document.querySelectorAll(".captions")) {
      if (!box.clientHeight) continue;
      let risen = 0;
      for (const line of box.querySelectorAll("[dir]")) {
        const height = box.clientHeight - line.offsetTop;
        risen = Math.max(risen, height - (heights.get(line) ?? height));
        heights.set(line, height);
      }
      if (!risen || still.matches) continue;
      const up = [{ transform: `translateY(${risen}px)` }, { transform: "none" }];
      for (const one of box.children) one.animate(up, { duration: 300, easing: "ease-out", composite: "add" });
    }
  }
  const awake = () => { if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => { /* the system decides */ }); };
  window.deliberate?.onChange(roll);
  document.addEventListener("visibilitychange", awake);
  awake();
  roll();
})();
