"""What of web/ is shipped as it is, and the licences."""

from pathlib import Path

from . import settings

AS_THEY_ARE = ("index.html", "custom-elements.json", "client/sip-client.d.ts", "widget/sip-phone-widget.d.ts")
LICENCES = "licenses"


def pages_and_licences() -> dict[str, bytes]:
    """Return what of web/ is shipped as it is, and our own licence."""
    web = settings.ROOT / "web"
    pages = {Path(name).name: (web / name).read_bytes() for name in AS_THEY_ARE}
    licences = {f"{LICENCES}/{path.name}": path.read_bytes() for path in sorted((web / LICENCES).iterdir())}
    return pages | licences | {f"{LICENCES}/sip-phone-widget.txt": (settings.ROOT / "LICENSE").read_bytes()}
