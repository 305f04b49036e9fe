"""Pages that a device may keep working without network: the only ones that may start a worker."""

from csp.constants import SELF
from csp.decorators import csp_update

# The rest of the portal starts no worker; these start the one of their own folder.
door_page = csp_update({"worker-src": [SELF]})
