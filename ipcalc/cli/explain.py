"""``ipcalc explain``: what an error code means, what a scheme's rule says."""

from __future__ import annotations

import click

from ipcalc import library
from ipcalc.cli.options import Out, shared


def _names(_ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
    """Codes, ids of schemes and of their rules for the shell's completion."""
    import tomli

    scheme, colon, rule = start.partition(":")
    known = library.find("funding")
    if colon and scheme in known:
        data = tomli.loads(known[scheme].read_text(encoding="utf-8"))
        names = (one.get("id", "") for one in data.get("rules", ()))
        return [f"{scheme}:{name}" for name in names if name.startswith(rule)]
    return [name for name in (*known, *_codes()) if name.startswith(start)]


def _codes() -> list[str]:
    from ipcalc import texts

    return [name for name in texts.catalogue("codes") if name[:1].isupper()]


@click.command()
@click.argument("name", shell_complete=_names)
@shared
def explain(name: str, out: Out) -> None:
    """Explain an error code (F102), a scheme (hk/raise-plus) or a rule (hk/raise-plus:stage-1-match)."""
    from ipcalc.inputs.diagnostics import refuse
    from ipcalc.quantity import nearest
    from ipcalc.views import explain as view

    if name.upper() in _codes():
        code = name.upper()
        out.emit(lambda lang: view.code_page(code, lang), lambda lang: view.code_document(code, lang))
        return
    from ipcalc.funding import scheme as schemes

    ident, _, wanted = name.partition(":")
    if ident not in library.find("funding") and not ident.endswith(".toml"):
        raise refuse("C308", name, nearest(name, [*_codes(), *library.find("funding")]), value=name)
    scheme = schemes.load(ident)
    rules = tuple(rule for rule in scheme.rules if wanted in ("", rule.id))
    if not rules:
        raise refuse("C308", name, nearest(wanted, [rule.id for rule in scheme.rules]), value=wanted)
    out.emit(
        lambda lang: view.scheme_page(scheme, rules, lang),
        lambda lang: view.scheme_document(scheme, rules, lang),
        sources=[ident],
    )
