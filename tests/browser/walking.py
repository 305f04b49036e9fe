"""Going through a page as people do who use no mouse: what can be focused, in which order, and seen."""

from playwright.sync_api import Page

# Everything that Tab stops at, in the order of the document.
STOPS = """
(() => [...document.querySelectorAll(
  "a[href],button,input:not([type=hidden]),select,textarea,summary,[tabindex]")]
  .filter(one => !one.disabled && one.tabIndex >= 0 && one.checkVisibility({visibilityProperty: true})))()
"""
SEEN = f"""
() => {{
  const found = [], name = one => one.outerHTML.slice(0, 120);
  const look = one => {{
    const style = getComputedStyle(one), shape = one.querySelector("path");
    const drawn = shape ? getComputedStyle(shape) : {{}};
    return [drawn.stroke, drawn.strokeWidth, drawn.fill, style.borderBlockColor, style.boxShadow].join();
  }};
  for (const one of {STOPS}) {{
    if (one.tabIndex > 0) found.push("out of order: " + name(one));
    document.activeElement.blur();
    const before = look(one);
    one.focus();
    if (document.activeElement !== one) {{ found.push("takes no focus: " + name(one)); continue; }}
    const style = getComputedStyle(one);
    const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    if (!ringed && look(one) === before) found.push("focus is not shown: " + name(one));
    const box = one.getBoundingClientRect();
    const seen = [0.1, 0.5, 0.9].some(x => [0.1, 0.5, 0.9].some(y => {{
      const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return hit && (one.contains(hit) || hit.contains(one) && hit.closest("main, header, footer, nav"));
    }}));
    if (!seen) found.push("hidden while focused: " + name(one));
  }}
  return found;
}}
"""
NUMBERED = f"() => {{ {STOPS}.forEach((one, place) => {{ one.dataset.place = place; }}); }}"


def unseen(page: Page) -> list[str]:
    """What cannot be focused, is focused without showing it, or behind something else."""
    page.keyboard.press("Tab")  # from now on the browser shows focus as to those who use the keyboard
    return [f"{page.url} {found}" for found in page.evaluate(SEEN)]


def order(page: Page) -> list[int]:
    """The places in the document of what Tab stops at, from the top of the page to its end."""
    page.evaluate(NUMBERED)
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    found: list[int] = []
    for _press in range(200):
        page.keyboard.press("Tab")
        place = page.evaluate("document.activeElement.dataset.place")
        if place is None or int(place) in found:
            break
        found.append(int(place))
    return found
