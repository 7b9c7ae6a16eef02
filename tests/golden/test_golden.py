"""What each command says, whole, at 80 columns in each language: one file each, to be read by people.

After a text was changed: ``IPCALC_REWRITE=1 pytest tests/golden``, then read the difference.
"""

import re
from pathlib import Path

import pytest

from ipcalc import __version__, texts

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROJECT = "tests/examples/projects/separators.toml"
CAPTABLE = "tests/examples/equity/separators.toml"
STATEMENT = "tests/examples/statements/separators.toml"
COMMANDS = {
    "check-eligible": f"check {PROJECT}",
    "check-ineligible": f"check {PROJECT} --set ip.inventor_share=60%"
    " --set phases.stage-1.funding.0.amount=26_000_000 --set phases.stage-2.funding.1.instrument=loan",
    "check-undetermined": f"check {PROJECT} --set ip={{}} --set judgements=[]"
    " --set phases.stage-2.end=2033-03-31",
    "ask": "ask hk/raise-plus --format md --answer project.dates.submitted=2025-10-20"
    " --answer applicant.body=hku --answer ip.inventor_share=69% --answer phases=1",
    "split-receipts": "split tests/examples/statements/receipts.toml --chart",
    "policies-diff": "policies diff hk/hku 2022-01-01 2024-01-01",
    "split-hku": "split hk/hku --receipts 1000000 --costs 50000 --inventor Ada=2 --inventor Bo=1",
    "split-hku-before": "split hk/hku --receipts 1000000 --as-of 2022-01-01 --steps",
    "split-hkust": "split hk/hkust --receipts 1000000 --inventor Ada --inventor Bo",
    "split-licence": f"split {STATEMENT} --steps",
    "equity": f"equity {CAPTABLE} --exit 80000000",
    "compare-policies": "compare hk/hku@2022-01-01 hk/hku@2024-01-01 --receipts 1000000 --inventor Ada",
    "compare-stakes": f"compare {CAPTABLE}"
    " --set events.stake.grant.percent=10% --set events.stake.grant.percent=5%",
    "compare-projects": f"compare {PROJECT} --set ip.inventor_share=50%",
    "explain-code": "explain F102",
    "explain-rule": "explain hk/raise-plus:stage-1-match",
    "explain-policy": "explain hk/hku",
    "schemes-list": "schemes list --place hk --applicant university --on 2025-09-30",
    "schemes-test": "schemes test hk/raise-plus hk/hku",
    "schemes-show": "schemes show hk/dtspp --as-of 2024-06-01",
    "schemes-diff": "schemes diff hk/tvp 2019-03-01 2020-04-01",
    "match": f"match {PROJECT} --place hk",
    "check-figures": f"check {PROJECT} -s hk/prp",
    "check-class": f"check {PROJECT} -s cma/innovation-chain --set innovation.impulse=breakthrough"
    " --set innovation.initiator=university --set innovation.market_fixed=false"
    " --set innovation.demand_side_throughout=false --set innovation.purpose=apply-own-technology",
    "schemes-lint": "schemes lint hk/raise-plus",
    "error": f"check {PROJECT} --set ip.inventor_share=170% --set applicant.tpye=university",
}


def normal(text):
    """A text without what changes when no word of it does: hashes, and the program's version."""
    text = re.sub(r"\b[0-9a-f]{64}\b|\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{12}\b", "‹hash›", text)
    return text.replace(f"ipcalc {__version__}", "ipcalc ‹version›")


@pytest.mark.parametrize("lang", texts.LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_golden(name, lang, ipcalc, rewriting, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = COMMANDS[name].split(" ")
    result = ipcalc(*words, "--lang", lang, environment={"COLUMNS": "80"})
    said = normal(result.out + result.error)
    shown = f"$ ipcalc {COMMANDS[name]} --lang {lang}\n{said}exit code {result.code}\n"
    kept = HERE / f"{name}.{lang}.txt"
    if rewriting:
        kept.write_text(shown)
    else:
        assert shown == kept.read_text()


def test_no_golden_text_is_left_over():
    assert {path.name for path in HERE.glob("*.txt")} == {
        f"{name}.{lang}.txt" for name in COMMANDS for lang in texts.LANGUAGES
    }
