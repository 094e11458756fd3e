"""The rules, templates and configuration that mailbot brings along."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """The shipped `rules` or `templates`: inside the installed package, or beside it in a checkout."""
    here = Path(__file__).parent
    packed = here / name
    return packed if packed.is_dir() else here.parents[1] / name


def copy_to(target: Path) -> list[str]:
    """Put mailbot.yaml, rules/ and templates/ into `target`; what is there already stays. Says what was done."""
    target.mkdir(parents=True, exist_ok=True)
    sources = {Path("mailbot.yaml"): Path(__file__).parent / "mailbot.yaml"}
    for name in ("rules", "templates"):
        origin = folder(name)
        sources |= {Path(name) / file.relative_to(origin): file for file in sorted(origin.rglob("*")) if file.is_file()}
    done = []
    for relative, source in sources.items():
        path = target / relative
        if path.exists():
            done.append(f"kept     {path}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.read_bytes())
        done.append(f"written  {path}")
    return done
