"""A stylesheet as Chrome 80 reads it: without the rules it does not know."""

import re

# At-rules dropped whole, and selectors that make a browser drop their rule.
UNKNOWN_AT = ("@layer", "@container", "@property", "@scope", "@starting-style")
UNKNOWN_SELECTOR = re.compile(r":(?:has|is|where|focus-visible|user-invalid)\b")
# Declarations passed over one by one.
UNKNOWN_DECLARATION = re.compile(
    r"(?<![\w-])(?:inset(?:-[\w-]+)?|aspect-ratio|accent-color|container(?:-[\w]+)?|text-wrap|"
    r"(?:margin|padding)-(?:inline|block)|border-(?:start|end)-(?:start|end)-radius|scrollbar-gutter)"
    r"\s*:[^;}]*;?"
)


def as_chrome_80(css: str) -> str:
    """`css` without what that browser drops. Nested rules go with what stands around them."""
    return "".join(_kept(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)))


def _kept(css: str) -> list[str]:
    found = []
    for prelude, body in _rules(css):
        head = prelude.strip()
        if body is None:  # "@import …;", "@layer a, b;"
            found.append("" if head.startswith(UNKNOWN_AT) else f"{prelude};")
        elif head.startswith(("@media", "@supports")):
            found.append(f"{prelude}{{{''.join(_kept(body))}}}")
        elif head.startswith(UNKNOWN_AT) or UNKNOWN_SELECTOR.search(head):
            continue
        else:
            flat = re.sub(r"[^;{}]*{[^{}]*}", "", body) if not head.startswith("@keyframes") else body
            found.append(f"{prelude}{{{UNKNOWN_DECLARATION.sub('', flat)}}}")
    return found


def _rules(css: str) -> list[tuple[str, str | None]]:
    """What stands at the top level: prelude, and body where there is one."""
    found: list[tuple[str, str | None]] = []
    start = depth = opened = 0
    for place, sign in enumerate(css):
        if sign == "{":
            depth += 1
            opened = place if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                found.append((css[start:opened], css[opened + 1 : place]))
                start = place + 1
        elif sign == ";" and depth == 0:
            found.append((css[start:place], None))
            start = place + 1
    return found
