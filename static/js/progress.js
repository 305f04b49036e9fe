// A page that says how far something is, read again while somebody looks at it. Without script the
// browser itself loads it again. Whoever is at one of its buttons is not disturbed.
"use strict";
(function () {
  const seconds = Number(document.currentScript.dataset.seconds);
  const timer = setInterval(async () => {
    const here = document.querySelector("main");
    if (document.hidden || here.contains(document.activeElement)) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      here.replaceWith(document.adoptNode(page.querySelector("main")));
      if (!page.querySelector("script[data-seconds]")) clearInterval(timer);
    } catch (error) {
      return; // the network is away: the next time will do
    }
  }, seconds * 1000);
})();
