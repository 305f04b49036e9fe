"""What is looked for on a page: violations of WCAG 2.2 AA, and what a narrow window cuts off."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
BEST = (*WCAG, "best-practice")
# `page.evaluate` waits for ever: a page that never answers would hold the whole run.
RUN = """
async ({options, begin, end}) => {
  console.debug(begin);
  const late = new Promise((_, refuse) =>
    setTimeout(() => refuse(new Error("axe has not answered")), 60000));
  const found = await Promise.race([axe.run(document, options), late]);
  console.debug(end);
  return found.violations;
}
"""
# Said on the console around it: the policy is not the page's to keep meanwhile.
MEASURING, MEASURED = "axe measures", "axe has measured"
CUT = """
() => {
  const root = document.documentElement, found = [];
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} wide`);
  const scrolls = box => ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
  const clips = box => ["hidden", "clip"].includes(getComputedStyle(box).overflowX);
  const inks = one => {  // where its own words stand: its box may be narrower, or hold other things
    const range = document.createRange();
    return [...one.childNodes].filter(node => node.nodeType === 3 && node.data.trim()).map(node => {
      range.selectNodeContents(node);
      return range.getBoundingClientRect();
    });
  };
  for (const one of document.querySelectorAll("body *")) {
    if (!one.checkVisibility({visibilityProperty: true})) continue;
    const control = one.matches("a[href], button, input:not([type=hidden]), select, textarea, img, svg");
    for (const ink of control ? [one.getBoundingClientRect()] : inks(one)) {
      let {left, right} = ink;
      for (let box = one; box !== document.body && right - left > 1; box = box.parentElement) {
        const style = getComputedStyle(box), frame = box.getBoundingClientRect();
        // For screen readers alone: nobody misses it.
        if (style.clip !== "auto" || style.clipPath !== "none") left = right;
        else if (box !== one && scrolls(box)) [left, right] = [frame.left, frame.right];
        else if (clips(box) && (box !== one || !control)) {
          const cut = left < frame.left - 1 || right > frame.right + 1;
          if (cut && frame.width > 1) found.push("clipped: " + one.outerHTML.slice(0, 120));
          if (cut) left = right;
        }
      }
      if (right - left > 1 && (left < -1 || right > root.clientWidth + 1))
        found.push("beyond the edge: " + one.outerHTML.slice(0, 120));
    }
  }
  return found;
}
"""


def violations(page: Page, *, rules: tuple[str, ...] = BEST, without: tuple[str, ...] = ()) -> list[str]:
    """What axe finds against `rules`, a line for each element."""
    options: dict[str, Any] = {
        "runOnly": list(rules),
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": False} for rule in without},
    }
    page.evaluate(Axe().axe_script)
    found = page.evaluate(RUN, {"options": options, "begin": MEASURING, "end": MEASURED})
    return [f"{page.url} {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def cut_off(page: Page) -> list[str]:
    """What stands beyond the edge of the window, with no way there but scrolling the page sideways."""
    return [f"{page.url} {found}" for found in page.evaluate(CUT)]
