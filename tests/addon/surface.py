"""What the addon offers to whoever comes: found in the registry, the controllers and the data."""

import inspect
from collections.abc import Iterator

from lxml import etree

from odoo import api
from odoo.fields import Field

from .contract import MODULE, controllers, is_ours

#: What the ORM keeps by itself: it takes no values for these.
_KEPT_BY_ORM = ('id', 'create_uid', 'create_date', 'write_uid', 'write_date')
NAME = MODULE.rpartition('.')[2]


def methods(registry) -> Iterator[tuple[str, str]]:
    """Yield each method that we define or override in a model, with the model's name."""
    found = {
        (model._name, name)
        for model in registry.models.values()
        for cls in model.mro()
        if is_ours(cls)
        for name, value in vars(cls).items()
        if inspect.isroutine(value) and not name.startswith('__')
    }
    yield from sorted(found)


def is_public(method: str) -> bool:
    """Tell whether Odoo lets a method be called from outside."""
    return not method.startswith('_')


def writable_fields(registry) -> Iterator[tuple[str, str]]:
    """Yield each field of ours, or defined anew by us, that keeps what is written into it."""
    for model in registry.models.values():
        for name, field in model._fields.items():
            if NAME in (field._modules or ()) and _keeps(field):
                yield model._name, name


def _keeps(field: Field) -> bool:
    # What is inherited from a parent record is kept there, and looked at there.
    is_kept = field.store or (field.inverse and not field.inherited)
    return bool(is_kept) and field.name not in _KEPT_BY_ORM


def routes() -> Iterator[tuple[str, str]]:
    """Yield each route of ours, or of Odoo's whose method we override, with its HTTP method."""
    for controller in controllers():
        for name, value in vars(controller).items():
            if hasattr(value, 'original_routing'):
                yield from _routes_of(controller, name)


def _routes_of(controller: type, name: str) -> Iterator[tuple[str, str]]:
    routing = {}
    for cls in reversed(controller.mro()):
        if name in vars(cls):
            routing.update(vars(cls)[name].original_routing)
    is_json = routing['type'] in ('json', 'jsonrpc')
    for route in routing['routes']:
        for method in ['JSON'] if is_json else routing.get('methods') or ['GET']:
            yield method, route


def buttons(env: api.Environment) -> Iterator[tuple[str, str, str]]:
    """Yield the kind of each button in a view of ours, the view's model, and what is called."""
    for view in _data(env, 'ir.ui.view'):
        for node in etree.fromstring(view.arch).iter('button', 'a'):
            if node.get('type') in ('object', 'action'):
                yield node.get('type'), view.model, node.get('name')


def actions(env: api.Environment) -> Iterator[tuple[str, str]]:
    """Yield the name of each window that we open, and the model that it shows."""
    for action in _data(env, 'ir.actions.act_window'):
        yield action.get_external_id()[action.id].partition('.')[2], action.res_model


def menus(env: api.Environment) -> Iterator[tuple[str, int]]:
    """Yield the name of each menu of ours, and its id."""
    for menu in _data(env, 'ir.ui.menu'):
        yield menu.get_external_id()[menu.id].partition('.')[2], menu.id


def jobs(env: api.Environment) -> Iterator[tuple[str, str]]:
    """Yield the name of each scheduled job, and its code."""
    for job in _data(env, 'ir.cron'):
        yield job.get_external_id()[job.id].partition('.')[2], job.code.strip()


def own_models(registry) -> Iterator[str]:
    """Yield the name of each model that is ours alone."""
    for model in registry.models.values():
        if model._original_module == NAME:
            yield model._name


def _data(env: api.Environment, model: str):
    """Return the records of a model that our data files hold."""
    ids = (
        env['ir.model.data'].search([('module', '=', NAME), ('model', '=', model)]).mapped('res_id')
    )
    return env[model].browse(ids)
