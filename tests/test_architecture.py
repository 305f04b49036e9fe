"""The shape of the code base: apps look down only, modules stay small, one clock, one language of the
page, no zones in SQL.

`import-linter` sees the imports; here is what passes it: relations and URLs named in strings,
migrations, templates.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LINE: list[str] = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]  # top to bottom
TEMPLATES = ROOT / "templates"

MODULE_LINES = 400
TEST_MODULE_LINES = 700
FUNCTION_LINES = 40
NOBODYS_NOUN = {"utils", "helpers", "services", "selectors", "common", "core", "misc"}


def above(app: str) -> list[str]:
    """The apps that `app` must not know."""
    return LINE[: LINE.index(app)]


def modules(*, tests: bool = False) -> Iterator[Path]:
    folders = ["tests", "bench"] if tests else LINE
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def trees() -> Iterator[tuple[str, Path, ast.Module]]:
    for path in modules():
        yield path.relative_to(ROOT).parts[0], path, ast.parse(path.read_text())


def docstrings(tree: ast.AST) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


def test_every_app_stands_in_the_line() -> None:
    ours = {app.label for app in apps.get_app_configs() if (ROOT / app.name).is_dir()}
    assert ours == set(LINE)


def test_relations_look_down() -> None:
    found = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for app in LINE
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if field.related_model._meta.app_label in above(app)
    ]
    assert found == []


def strings_that_look_up(app: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """String constants naming a model, task, module ("app.…") or address ("app:…") of an app above."""
    upward = re.compile(rf"({'|'.join(above(app)) or '(?!)'})[.:]\w")
    told = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            if upward.match(node.value):
                yield node.lineno, node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("get_model", "get_app_config")):
            first = [argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)]
            yield from ((node.lineno, str(label)) for label in first if label in above(app))


def test_names_in_strings_look_down() -> None:
    found = [
        f"{name(path)}:{line}: {text}"
        for app, path, tree in trees()
        if app != LINE[0] and path.name != "settings.py"
        for line, text in strings_that_look_up(app, tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        'ForeignKey("professionals.Registration")',
        'apps.get_model("professionals", "Registration")',
        'reverse("professionals:register")',
        'send_task("professionals.tasks.promote")',
    ],
)
def test_a_string_that_looks_up_is_seen(code: str) -> None:
    assert len(list(strings_that_look_up("meetings", ast.parse(code)))) == 1


def test_migrations_look_down() -> None:
    loader = MigrationLoader(None)
    found = [
        f"{migration} -> {dependency}"
        for migration in loader.disk_migrations.values()
        if migration.app_label in LINE
        for dependency in [*migration.dependencies, *migration.run_before]
        if dependency[0] in above(migration.app_label)
    ]
    assert found == []


def tag_libraries() -> dict[str, str]:
    """Template tag library -> the app that owns it."""
    return {path.stem: app for app in LINE for path in (ROOT / app / "templatetags").glob("*.py")}


def looks_up(app: str, template: str) -> Iterator[str]:
    """What a template of `app` takes from an app above: includes, addresses, tag libraries.

    Base pages and components belong to everybody; allauth's and the admin's addresses to nobody here.
    """
    upper, owner = above(app), tag_libraries()
    for file in re.findall(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)", template):
        if file.split("/")[0] in upper:
            yield file
    for address in re.findall(r"{%\s*url\s+[\"']([^\"']+)", template):
        space, colon, _ = address.partition(":")
        ours = not colon and not address.startswith(("account_", "mfa_"))
        if space in upper or (ours and upper):
            yield address
    for libraries in re.findall(r"{%\s*load\s+([^%]+?)\s*%}", template):
        for library in libraries.split(" from ")[-1].split():
            if owner.get(library) in upper and library not in FOR_EVERYBODY:
                yield library


# The portal's frame (navigation, icons) is drawn by the root and used by every page.
FOR_EVERYBODY = {"portal"}


def test_templates_look_down() -> None:
    found = [
        f"{name(path)}: {reference}"
        for app in LINE
        for folder in (TEMPLATES / app, ROOT / app / "templates")
        for path in sorted(folder.rglob("*.*"))
        for reference in looks_up(app, path.read_text())
    ]
    assert found == []


@pytest.mark.parametrize(
    "template",
    [
        '{% include "professionals/_seat.html" %}',
        '{% extends "professionals/page.html" %}',
        '{% url "professionals:register" slug=stop.slug %}',
        '{% url "home" %}',
    ],
)
def test_a_template_that_looks_up_is_seen(template: str) -> None:
    assert len(list(looks_up("meetings", template))) == 1
    assert list(looks_up("onmt_tour", template)) == []


def test_modules_stay_short() -> None:
    long = [
        f"{name(path)}: {lines} lines"
        for tests, limit in ((False, MODULE_LINES), (True, TEST_MODULE_LINES))
        for path in modules(tests=tests)
        if (lines := path.read_text().count("\n")) > limit
    ]
    assert long == []


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of what a function does: neither its signature nor its docstring."""
    body = function.body
    told = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    does = body[1:] if told else body
    return (function.end_lineno or 0) - does[0].lineno + 1 if does else 0


def test_functions_stay_short() -> None:
    long = [
        f"{name(path)}:{node.lineno}: {node.name} has {length(node)} lines"
        for _, path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > FUNCTION_LINES
    ]
    assert long == []


def test_a_module_is_named_for_a_noun() -> None:
    nameless = [name(path) for path in modules() if {path.stem, path.parent.name} & NOBODYS_NOUN]
    assert nameless == []


def clocks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Ways of asking the time other than `clock.now()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            call = ast.unparse(node.func)
            if re.search(
                r"(^|\.)(timezone\.(local)?now|datetime\.(utc)?now|datetime\.today|date\.today)$", call
            ):
                yield node.lineno, call
            if call in {"Now", "functions.Now", "timezone.localdate", "timezone.localtime"}:
                yield node.lineno, call
        elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
            yield node.value.lineno, node.arg


def test_there_is_one_clock() -> None:
    found = [
        f"{name(path)}:{line}: {call}"
        for _, path, tree in trees()
        if name(path) != "outbox/clock.py"
        for line, call in clocks(tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    ["timezone.now()", "datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()", "Now()"],
)
def test_another_clock_is_seen(code: str) -> None:
    assert len(list(clocks(ast.parse(code)))) == 1


def languages_read(tree: ast.Module) -> Iterator[int]:
    """Where what `get_language` says is completed on the spot: it is None while none is chosen."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp) and re.search(r"\bget_language\(\)$", ast.unparse(node.values[0])):
            yield node.lineno


def test_the_language_of_the_page_is_read_in_one_place() -> None:
    found = {name(path) for _, path, tree in trees() if list(languages_read(tree))}
    assert found == {"regions/languages.py"}


def test_nothing_is_asynchronous() -> None:
    """onmt_tour/thread_values.py keeps by thread what tasks of a loop would share."""
    waiting = ast.AsyncFunctionDef | ast.Await | ast.AsyncWith | ast.AsyncFor
    assert [
        name(path) for _, path, tree in trees() if any(isinstance(n, waiting) for n in ast.walk(tree))
    ] == []
    assert not hasattr(settings, "ASGI_APPLICATION")
