"""What of web/ is shipped as it is, and the licences."""

from . import settings

AS_THEY_ARE = ("index.html", "custom-elements.json", "sip-client.d.ts", "sip-phone-widget.d.ts")


def pages_and_licences() -> dict[str, bytes]:
    """Return what of web/ is shipped as it is, and our own licence."""
    web = settings.ROOT / "web"
    paths = [*(web / name for name in AS_THEY_ARE), *sorted((web / "licenses").iterdir())]
    files = {path.relative_to(web).as_posix(): path.read_bytes() for path in paths}
    return files | {"licenses/sip-phone-widget.txt": (settings.ROOT / "LICENSE").read_bytes()}
