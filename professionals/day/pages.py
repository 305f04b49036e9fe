"""Pages that a device may keep working without network: the only ones that may start a worker."""

from typing import cast

from csp.constants import SELF
from csp.decorators import csp_update

from professionals.day.access import DoorView


def door_page(view: DoorView) -> DoorView:
    """The rest of the portal starts no worker; these pages start the one of their own folder."""
    return cast("DoorView", csp_update({"worker-src": [SELF]})(view))
