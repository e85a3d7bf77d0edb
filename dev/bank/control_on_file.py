"""The control API about what is on file: what payers, issuers and the bank's staff do with it."""

from typing import Any

from werkzeug.wrappers import Request

from . import schemas
from .bindings import BANK, Binding
from .control import Control, NotThere, read_body
from .subscriptions import Subscription


class OnFileControl(Control):
    """Handlers; `app` has their routes."""

    def bindings(self, request: Request) -> list[dict[str, Any]]:
        wanted = {'login': request.args.get('login'), 'client_id': request.args.get('clientId')}
        return [
            binding.view(self._bank.clock.now())
            for binding in self._bank.bindings
            if all(value in (None, getattr(binding, name)) for name, value in wanted.items())
        ]

    def set_binding(self, request: Request, binding_id: str) -> dict[str, Any]:
        """What the issuer does with the card: a new date, its answers, whether it asks for a code.

        What is left out is left to the card.
        """
        what = read_body(request, schemas.BINDING)
        binding = self._find(binding_id)
        with self._bank.lock:
            if 'expiry' in what:
                binding.extend(what['expiry'])
            binding.answer = what.get('actionCode')
            binding.answers_left = what.get('times')
            binding.asks_code = what.get('challenge')
            return binding.view(self._bank.clock.now())

    def remove_binding(self, request: Request, binding_id: str) -> dict[str, Any]:
        binding = self._find(binding_id)
        self._bank.remove_binding(binding, read_body(request, schemas.REMOVE).get('by', BANK))
        return binding.view(self._bank.clock.now())

    def subscriptions(self, request: Request) -> list[dict[str, Any]]:
        login = request.args.get('login', '')
        return [
            one.view() for one in [*self._bank.subscriptions.values()] if login in ('', one.login)
        ]

    def set_subscription(self, request: Request, subscription_id: str) -> dict[str, Any]:
        """What the payer's bank answers to charges."""
        what = read_body(request, schemas.SUBSCRIPTION)
        subscription = self._find_subscription(subscription_id)
        with self._bank.lock:
            subscription.answer = what['actionCode']
        return subscription.view()

    def remove_subscription(self, _request: Request, subscription_id: str) -> dict[str, Any]:
        subscription = self._find_subscription(subscription_id)
        with self._bank.lock:
            subscription.is_active = False
        return subscription.view()

    def _find_subscription(self, subscription_id: str) -> Subscription:
        subscription = self._bank.subscriptions.get(subscription_id)
        if not subscription:
            raise NotThere(f"No subscription {subscription_id}.")
        return subscription

    def _find(self, binding_id: str) -> Binding:
        binding = self._bank.bindings.by_id(binding_id)
        if not binding:
            raise NotThere(f"No binding {binding_id}.")
        return binding
