"""``ipcalc explain``: what an error code means, what a scheme's rule says, what a policy's versions say."""

from __future__ import annotations

import click

from ipcalc import library
from ipcalc.cli.options import Out, ids_of, known, shared
from ipcalc.cli.schemes import KINDS, load


def _names(ctx: click.Context, param: click.Parameter, start: str) -> list[str]:
    """Codes, ids of schemes and policies, and rules of schemes for the shell's completion."""
    import tomli

    scheme, colon, rule = start.partition(":")
    schemes = library.find("funding")
    if colon and scheme in schemes:
        data = tomli.loads(schemes[scheme].read_text(encoding="utf-8"))
        names = (one.get("id", "") for one in data.get("rules", ()))
        return [f"{scheme}:{name}" for name in names if name.startswith(rule)]
    return [*ids_of(*KINDS)(ctx, param, start), *(name for name in _codes() if name.startswith(start))]


def _codes() -> list[str]:
    from ipcalc import texts

    return [name for name in texts.catalogue("codes") if name[:1].isupper()]


@click.command()
@click.argument("name", shell_complete=_names)
@shared
def explain(name: str, out: Out) -> None:
    """Explain an error code, a scheme, one of its rules, or a policy.

    NAME is a code such as F102; the id of a scheme or policy, or a .toml file of either; or a scheme and
    the id of a rule: hk/raise-plus:stage-1-match.
    """
    from ipcalc.funding.model import Scheme
    from ipcalc.inputs.diagnostics import refuse
    from ipcalc.quantity import nearest
    from ipcalc.views import explain as view

    if name.upper() in _codes():
        code = name.upper()
        out.emit(lambda lang: view.code_page(code, lang), lambda lang: view.code_document(code, lang))
        return
    ident, _, wanted = name.partition(":")
    found = load(ident)
    if not found:
        raise refuse("C308", name, nearest(name, [*_codes(), *known(*KINDS)]), value=name)
    if wanted:
        schemes = [one for one in found if isinstance(one, Scheme)]
        rules = [rule.id for one in schemes for rule in one.rules]
        if wanted not in rules:
            raise refuse("C308", name, nearest(wanted, rules), value=wanted)
        found = tuple(schemes)
    out.emit(
        lambda lang: view.page(found, wanted, lang),
        lambda lang: view.document(found, wanted, lang),
        sources=[ident],
    )
