/* Names that Django's own widgets lack for screen readers (WCAG 4.1.2). */
"use strict";
(() => {
  const name = () => {
    // The search field in place of a select: its label, then what is chosen.
    for (const box of document.querySelectorAll(".select2-selection[role=combobox]")) {
      const chosen = box.querySelector(".select2-selection__rendered");
      const select = box.closest(".select2-container").previousElementSibling;
      const label = select && document.querySelector(`label[for="${select.id}"]`);
      if (!label || !chosen) continue;
      label.id = label.id || `${select.id}_label`;
      box.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
      chosen.setAttribute("aria-labelledby", label.id);
    }
    // Its label is a picture called « Search » in every language; the button beside it is translated.
    const search = document.querySelector("#searchbar"), submit = search && search.form.querySelector("[type=submit]");
    if (submit) {
      search.setAttribute("aria-label", submit.value);
      search.form.querySelector("label img").alt = submit.value;
    }
    // A picture drawn by the stylesheet has a name, so it needs a role.
    for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) icon.setAttribute("role", "img");
  };
  name();
  // Those widgets are drawn when the page is ready, and again with each row that is added.
  new MutationObserver(name).observe(document.body, {childList: true, subtree: true});
})();
