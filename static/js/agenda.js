/* The agenda's filters answer without a new page. Without this file, or without htmx, the form works by itself.
   htmx comes when somebody reaches for the filters: who only reads does not pay for it. */
(function () {
  "use strict";
  var form = document.getElementById("filtres");
  if (!form) return;
  var source = document.currentScript.dataset.htmx;
  var asked = false;
  var changed = false;

  function fetchIt() {
    var script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", function () {
      // What was chosen while it was on its way.
      if (changed) window.htmx.trigger(form, "change");
    });
    script.addEventListener("error", function () {
      asked = false;
      if (changed) form.submit();
    });
    document.head.appendChild(script);
  }

  function ask() {
    if (asked) return;
    asked = true;
    // htmx begins by itself only in a page that is complete.
    if (document.readyState === "complete") fetchIt();
    else window.addEventListener("load", fetchIt);
  }

  ["pointerover", "pointerdown", "focusin"].forEach(function (reached) {
    form.addEventListener(reached, ask, { passive: true });
  });
  form.addEventListener("change", function () {
    changed = !window.htmx;
    ask();
  });
  window.addEventListener("popstate", function () {
    // The browser came back to a choice that htmx had put in the history of a page since left.
    if (!window.htmx) window.location.reload();
  });
  document.addEventListener("htmx:configRequest", function (event) {
    // One address for each answer: what is not chosen does not stand in it.
    var given = event.detail.formData;
    Array.from(given.keys()).forEach(function (name) {
      if (given.get(name) === "") given.delete(name);
    });
  });
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach(function (failure) {
    document.addEventListener(failure, function () {
      // The browser tells better than a page that does not move.
      form.submit();
    });
  });
})();
