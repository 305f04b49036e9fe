/* Names of establishments while one is written. Without this file the field is a plain one. */
(function () {
  "use strict";
  var list = document.getElementById("etablissements");
  var field = list && document.getElementById(list.dataset.field);
  if (!field || !window.fetch) return;
  var waiting, asked = "";
  field.setAttribute("list", list.id);
  field.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      var typed = field.value.trim();
      if (typed.length < 3 || typed === asked) return;
      asked = typed;
      fetch(list.dataset.source + "?debut=" + encodeURIComponent(typed), {credentials: "omit"})
        .then(function (answer) { return answer.ok ? answer.json() : {names: []}; })
        .then(function (found) {
          if (typed !== asked) return;
          list.textContent = "";
          found.names.forEach(function (name) {
            var option = document.createElement("option");
            option.value = name;
            list.appendChild(option);
          });
        })
        .catch(function () { asked = ""; });
    }, 250);
  });
})();
