"""What the addon leans on in Odoo: found in the registry and in the source, not by file names."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from odoo import fields, http

import odoo.addons.payment_sberbank as addon

MODULE = addon.__name__
FOLDER = Path(addon.__file__).parent


def is_ours(cls: type) -> bool:
    return cls.__module__.startswith(f'{MODULE}.')


def signature_of(function) -> str:
    """Return a method's parameters as they are called: without `self` and without annotations."""
    if isinstance(function, classmethod):
        function = function.__func__
    parameters = [
        parameter.replace(annotation=parameter.empty)
        for parameter in inspect.signature(function).parameters.values()
    ]
    own = parameters if isinstance(function, staticmethod) else parameters[1:]
    return str(inspect.Signature(own))


def find_overrides(cls: type) -> dict[str, tuple[list[type], type]]:
    """Return the methods that classes of ours take over from Odoo's, by their names.

    :param cls: A model's class in the registry, or a controller.
    :return: The classes of ours and the next one of Odoo's that define it.
    """
    overrides = {}
    classes = cls.mro()
    for position, ours in enumerate(classes):
        if not is_ours(ours):
            continue
        for name, value in vars(ours).items():
            if name.startswith('__') or not inspect.isroutine(value):
                continue
            theirs = _next_of_odoo(classes[position + 1 :], name)
            if theirs:
                overrides.setdefault(name, ([], theirs))[0].append(ours)
    return overrides


def _next_of_odoo(classes: list[type], name: str) -> type | None:
    for cls in classes:
        if cls.__module__.startswith('odoo.') and not is_ours(cls) and name in vars(cls):
            return cls
    return None


def find_redefined_fields(model_class: type) -> dict[str, str]:
    """Return the fields of Odoo's that we define once more, and the type that Odoo gives them."""
    redefined = {}
    classes = model_class.mro()
    for position, ours in enumerate(classes):
        if not is_ours(ours):
            continue
        for name, value in vars(ours).items():
            theirs = isinstance(value, fields.Field) and _next_of_odoo(
                classes[position + 1 :], name
            )
            if theirs:
                redefined[name] = vars(theirs)[name].type
    return redefined


def controllers() -> Iterator[type]:
    """Yield the addon's controllers."""
    pending = [http.Controller]
    while pending:
        cls = pending.pop()
        pending.extend(cls.__subclasses__())
        if is_ours(cls):
            yield cls


def private_calls() -> Iterator[tuple[str, int, tuple[str, ...], str]]:
    """Yield every call of a private method that the addon does not define itself.

    What is called by `super()` is an override's business, and `_` marks what is translated. Each
    call comes with its name, the number of its positional arguments, the names of the others, and
    its place.
    """
    trees = {path: ast.parse(path.read_text()) for path in sorted(FOLDER.rglob('*.py'))}
    defined = {
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for path, tree in trees.items():
        if path.is_relative_to(FOLDER / 'gateway'):
            continue
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            name = node.func.attr
            if name in defined or not re.match('_[a-z]', name):
                continue
            place = f'{path.relative_to(FOLDER)}:{node.lineno}'
            yield name, len(node.args), tuple(key.arg for key in node.keywords), place
