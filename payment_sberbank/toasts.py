"""What a person is told at the screen after pressing a button."""


def toast(message, **params):
    """Return the client action that shows a message.

    :param str message: What is told.
    :param params: What the web client's action `display_notification` takes beside it.
    :rtype: dict
    """
    return {
        'type': 'ir.actions.client',
        'tag': 'display_notification',
        'params': {'message': message, **params},
    }


def toast_and_reload(message, **params):
    """Return the client action that shows a message, and what has changed in the view behind it.

    :param str message: What is told.
    :param params: As for `toast`.
    :rtype: dict
    """
    reload = {'type': 'ir.actions.client', 'tag': 'soft_reload'}
    return toast(message, next=reload, **params)
