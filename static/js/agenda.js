/* The agenda's filters answer without a new page. Without this file, or without htmx, the form works by itself. */
(function () {
  "use strict";
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
      document.getElementById("filtres").submit();
    });
  });
})();
