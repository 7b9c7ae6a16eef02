"""What a package is refused for: each code at its file, line and column, with its hint.

In a case, ``→`` stands in the text of a file before the place that the message names.
"""

import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from ocf_packages import (
    DAY,
    files,
    holder,
    mechanism,
    money,
    options,
    plan,
    ratio,
    raw,
    share_class,
    stock,
    tx,
    warrant,
)

ISSUED = stock("s1", "ada", 100)
MOVED = tx("STOCK_TRANSFER", "t", "2024-02-01", of="s1", quantity="100", to=["s2"])
TRANSACTIONS, CLASSES, MANIFEST = "Transactions.ocf.json", "Classes.ocf.json", "Manifest.ocf.json"


def cancelled(quantity="100", of="s1", **keys):
    return tx("STOCK_CANCELLATION", "c", "2024-02-01", of=of, quantity=quantity, reason_text="", **keys)


def preferred(**keys):
    return share_class("a", "PREFERRED", **(ratio(3, 2, (3, 2)) | keys))


def changed(content, name, old, new):
    """Files as bytes, where a text stands for another in one of them."""
    found = raw(content)
    assert found[name].count(old) == 1
    return found | {name: found[name].replace(old, new)}


CASES = {
    "E603-stakeholder": (
        files(stock("s1", "adda", 100)),
        f'{TRANSACTIONS}: "stakeholder_id": →"adda"',
        "did you mean 'ada'?",
    ),
    "E603-class": (
        files(stock("s1", "ada", 100, of="nope")),
        f'{TRANSACTIONS}: "stock_class_id": →"nope"',
        "is a file missing from the manifest",
    ),
    "E603-security": (
        files(ISSUED, cancelled(of="s9")),
        f'{TRANSACTIONS}: "security_id": →"s9"',
        "is a file missing from the manifest",
    ),
    "E603-result": (
        files(ISSUED, MOVED),
        f'{TRANSACTIONS}: "resulting_security_ids": [\n    →"s2"',
        "is a file missing from the manifest",
    ),
    "E603-balance": (
        files(ISSUED, cancelled("40", rest="s2")),
        f'{TRANSACTIONS}: "balance_security_id": →"s2"',
        "is a file missing from the manifest",
    ),
    "E603-return": (
        files(
            ISSUED,
            tx("STOCK_PLAN_RETURN_TO_POOL", "b", of="o9", stock_plan_id="esop", quantity="1"),
            plans=[plan()],
        ),
        f'{TRANSACTIONS}: "security_id": →"o9"',
        "is a file missing",
    ),
    "E603-vesting": (
        files(ISSUED, tx("VESTING_START", "v", of="o9", vesting_condition_id="start")),
        f'{TRANSACTIONS}: "security_id": →"o9"',
        "is a file missing",
    ),
    "E603-plan": (
        files(
            ISSUED,
            tx("STOCK_PLAN_POOL_ADJUSTMENT", "p", stock_plan_id="eso", shares_reserved="1"),
            plans=[plan()],
        ),
        f'{TRANSACTIONS}: "stock_plan_id": →"eso"',
        "did you mean 'esop'?",
    ),
    "E604": (
        files(ISSUED, tx("STOCK_TRANSFERS", "c", of="s1")),
        f'{TRANSACTIONS}: "object_type": →"TX_STOCK_TRANSFERS"',
        "did you mean 'TX_STOCK_TRANSFER'?",
    ),
    "E605-plan-classes": (
        files(options("o1", "ada", 10), plans=[plan(stock_class_ids=["common", "a"])], classes=[preferred()]),
        'Plans.ocf.json: →{\n   "object_type": "STOCK_PLAN"',
        "",
    ),
    "E605-class": (
        files(options("o1", "ada", 10, stock_plan_id=None)),
        f'{TRANSACTIONS}: →{{\n   "object_type": "TX_EQUITY_COMPENSATION_ISSUANCE"',
        "",
    ),
    "E605-appreciation": (
        files(options("o1", "ada", 10, compensation_type="CSAR"), plans=[plan()]),
        f'{TRANSACTIONS}: "compensation_type": →"CSAR"',
        "",
    ),
    "E605-warrant": (
        files(warrant("w1", "ada", 10, exercise_triggers=[])),
        f'{TRANSACTIONS}: "exercise_triggers": →[]',
        "",
    ),
    "E605-seniority": (
        files(ISSUED, classes=[preferred(seniority="1.5")]),
        f'{CLASSES}: "seniority": →"1.5"',
        "",
    ),
    "E605-balance": (
        files(ISSUED, cancelled("40", rest="s2"), stock("s2", "bo", 60)),
        f'{TRANSACTIONS}: "balance_security_id": →"s2"',
        "",
    ),
    "E605-reissue": (
        files(ISSUED, tx("STOCK_REISSUANCE", "r", of="s1", to=["s2"]), stock("s2", "bo", 100)),
        f'{TRANSACTIONS}: "resulting_security_ids": [\n    →"s2"',
        "",
    ),
    "E605-transfer": (
        files(ISSUED, MOVED, warrant("s2", "bo", 100)),
        f'{TRANSACTIONS}: "resulting_security_ids": [\n    →"s2"',
        "",
    ),
    "E606": (
        files(ISSUED, classes=[preferred(comments=["fine", 'ipcalc: colour = "red"'])]),
        f'{CLASSES}: →"ipcalc: colour = \\"red\\""',
        "write it as the cap table does",
    ),
    "E606-rounding": (
        files(ISSUED, manifest={"comments": ["ipcalc: rounding = 3"]}),
        f'{MANIFEST}: →"ipcalc: rounding = 3"',
        "write it as the cap table does",
    ),
    "E606-price": (
        files(ISSUED, classes=[preferred(comments=['ipcalc: price = "1/0"'])]),
        f'{CLASSES}: →"ipcalc: price = \\"1/0\\""',
        "write it as the cap table does",
    ),
    "E607": (
        files(ISSUED, classes=[preferred(**ratio(3, 2, (5, 3)))]),
        f'{CLASSES}: "ratio": →{{',
        "ratio = issue price / conversion price",
    ),
    "E607-later": (
        files(
            ISSUED,
            tx(
                "STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT",
                "r",
                stock_class_id="a",
                new_ratio_conversion_mechanism=mechanism("1.5", (3, 1)),
            ),
            classes=[preferred()],
        ),
        f'{TRANSACTIONS}: "ratio": →{{',
        "ratio = issue price / conversion price",
    ),
    "E608-later": (
        files(stock("s1", "ada", 100, "2024-03-01"), cancelled()),
        f'{TRANSACTIONS}: "id": "c",\n   "date": "2024-02-01",\n   "security_id": →"s1"',
        "it is issued later, or something else has ended it before",
    ),
    "E608-ended": (
        files(ISSUED, MOVED, stock("s2", "bo", 100), cancelled()),
        f'{TRANSACTIONS}: "id": "c",\n   "date": "2024-02-01",\n   "security_id": →"s1"',
        "it is issued later, or something else has ended it before",
    ),
    "E609-issued": (
        files(ISSUED, {**ISSUED, "id": "again"}),
        f'{TRANSACTIONS}: "id": "again",\n   "date": "{DAY}",\n   "security_id": →"s1"',
        "needs a security id of its own",
    ),
    "E609-results": (
        files(
            ISSUED,
            stock("s2", "bo", 100),
            stock("s3", "ada", 100),
            MOVED,
            {**MOVED, "id": "u", "security_id": "s3"},
        ),
        f'{TRANSACTIONS}: "s3",\n   "quantity": "100",\n   "resulting_security_ids": [\n    →"s2"',
        "needs a security id of its own",
    ),
    "E610": (
        files(ISSUED, cancelled("100.5")),
        f'{TRANSACTIONS}: "quantity": →"100.5"',
        "state no more than that",
    ),
    "E610-plan": (
        files(stock("s1", "ada", 100, stock_plan_id="esop"), plans=[plan(shares=99)]),
        f'{TRANSACTIONS}: →{{\n   "object_type": "TX_STOCK_ISSUANCE"',
        "state no more than that",
    ),
    "E611-results": (
        files(ISSUED, MOVED, stock("s2", "bo", 99)),
        f'{TRANSACTIONS}: "resulting_security_ids": →[',
        "correct the quantities of the issuances",
    ),
    "E611-balance": (
        files(ISSUED, cancelled("40", rest="s2"), stock("s2", "ada", 61)),
        f'{TRANSACTIONS}: "balance_security_id": →"s2"',
        "correct the quantities of the issuances",
    ),
    "E611-exercise": (
        files(
            warrant("w1", "ada", 100),
            tx("WARRANT_EXERCISE", "e", "2024-02-01", of="w1", to=["s2"], trigger_id="t"),
            stock("s2", "ada", 101),
        ),
        f'{TRANSACTIONS}: "resulting_security_ids": →[',
        "correct the quantities of the issuances",
    ),
    "E612": (
        files(
            stock("s1", "ada", 101, of="a"),
            tx("STOCK_CONVERSION", "c", "2024-02-01", of="s1", quantity_converted="101", to=["s2"]),
            stock("s2", "ada", 152, "2024-02-01"),
            classes=[preferred()],
        ),
        f'{TRANSACTIONS}: →{{\n   "object_type": "TX_STOCK_ISSUANCE",\n   "id": "x-s2"',
        "how are parts of a share rounded?",
    ),
    "E613": (
        files(),
        f'{MANIFEST}: →{{\n "ocf_version"',
        "a package with an issuance has a price",
    ),
    "E506": (
        files(ISSUED, stock("s2", "bo", 1) | {"share_price": money(1, "HKD")}),
        f'{TRANSACTIONS}: "currency": →"HKD"',
        "",
    ),
    "F112": (
        files(ISSUED, holders=[holder("ada")]),
        'Stakeholders.ocf.json: "legal_name": "Fund"\n   },\n   "stakeholder_type": "INDIVIDUAL"\n  },\n'
        '  {\n   "object_type": "STAKEHOLDER",\n   "id": →"ada"',
        "",
    ),
    "F107-file": (
        files(ISSUED) | {"Plans.ocf.json": {"file_type": "OCF_VALUATIONS_FILE", "items": []}},
        'Plans.ocf.json: "file_type": →"OCF_VALUATIONS_FILE"',
        "",
    ),
    "T122": (
        files(ISSUED, manifest={"stock_plans_files": [{"filepath": "../Plans.ocf.json"}]}),
        f'{MANIFEST}: "filepath": →"../Plans.ocf.json"',
        "",
    ),
    "T129": (
        files(ISSUED, manifest={"stock_plans_files": [{"filepath": "./Plan.ocf.json"}]}),
        f'{MANIFEST}: "filepath": →"./Plan.ocf.json"',
        "did you mean 'Plans.ocf.json'?",
    ),
    "T111": (
        changed(files(ISSUED), TRANSACTIONS, b'"quantity": "100"', b'"quantity": NaN'),
        f'{TRANSACTIONS}: "quantity": →NaN',
        "",
    ),
    "T112": (
        changed(files(ISSUED), TRANSACTIONS, b'"quantity": "100"', b'"quantity": "100", "quantity": "7"'),
        f'{TRANSACTIONS}: "quantity": "100", →"quantity": "7"',
        "",
    ),
}


def content(case):
    return {name: one if isinstance(one, bytes) else raw({name: one})[name] for name, one in case.items()}


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, one in members.items():
            archive.writestr(name, one)
    return path


def refused(result):
    """What a command says when it refuses: nothing else is shown, and nothing else happens."""
    assert (result.code, result.raw) == (2, b"")
    assert "Traceback" not in result.error
    return re.sub(r"\s+", " ", result.error)


@pytest.mark.parametrize("folder", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_a_package_is_refused_where_it_is_wrong(name, folder, ipcalc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    case, place, hint = CASES[name]
    members = content(case)
    zipped("p.zip", members)
    (tmp_path / "p").mkdir()
    for member, one in members.items():
        (tmp_path / "p" / member).write_bytes(one)
    file, _, text = place.partition(": ")
    before, _, at = text.partition("→")
    shown = members[file].decode()
    assert shown.count(before + at) == 1, shown
    start = shown.index(before + at) + len(before)
    line = shown.count("\n", 0, start) + 1
    column = start - shown.rfind("\n", 0, start)
    said = refused(ipcalc("equity", "p" if folder else "p.zip"))
    assert said.startswith(f"p{'/' if folder else '.zip:'}{file}:{line}:{column}: {name[:4]}: ")
    assert said.count(f": {name[:4]}: ") == 1
    assert hint in said


def test_e601_no_manifest(ipcalc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    members = raw(files(ISSUED))
    del members[MANIFEST]
    said = refused(ipcalc("equity", zipped("p.zip", members)))
    assert said.startswith("p.zip: E601: there is no Manifest.ocf.json")
    assert "give the folder, or the zip" in said


def test_e602_two_manifests(ipcalc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    members = {f"{folder}/{name}": one for folder in "ab" for name, one in raw(files(ISSUED)).items()}
    said = refused(ipcalc("equity", zipped("p.zip", members)))
    assert said.startswith("p.zip: E602: this package has two manifests, 'a/Manifest.ocf.json' and 'b/")
    assert "keep one package in a folder" in said
    higher = {f"x/{name}": one for name, one in members.items()} | raw(files(ISSUED))
    assert ipcalc("equity", zipped("q.zip", higher)).code == 0


def test_a_package_below_a_folder(ipcalc, tmp_path):
    members = {f"export 2024/{name}": one for name, one in raw(files(ISSUED)).items()}
    assert ipcalc("equity", zipped(tmp_path / "p.zip", members)).code == 0


def test_e614_parts_of_a_share_that_no_decimal_holds(ipcalc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [
        'company = { name = "Acme", currency = "USD", formed = 2020-01-01, country = "US" }',
        'rounding = { shares = "exact", price = "exact" }',
        'stakeholders = [{ id = "ada", kind = "person" }]',
        'classes = [{ id = "common", kind = "common" }]',
        "[[events]]",
        'id = "i"',
        'event = "issue"',
        "date = 2024-01-01",
        'holder = "ada"',
        'class = "common"',
        'shares = "100/3"',
    ]
    (tmp_path / "t.toml").write_text("\n".join(lines))
    said = refused(ipcalc("equity", "t.toml", "--format", "ocf"))
    assert said.startswith("t.toml:5:3: E614: 100/3 shares can't be written with ten decimal places")
    assert 'round shares by rounding.shares = "floor" or "half-up"' in said


def test_all_that_is_wrong_with_objects_is_told_at_once(ipcalc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = [stock("s1", "ada", -1), stock("s2", "bo", "1e3"), {**ISSUED, "date": "2024-02-30"}]
    members = raw(files(*wrong, holders=[{"object_type": "STAKEHOLDER", "id": "x"}]))
    said = refused(ipcalc("equity", zipped("p.zip", members)))
    found = re.findall(r"p\.zip:(\w+)\.ocf\.json:\d+:\d+: ([A-Z]\d+)", said)
    assert found == [
        ("Stakeholders", "F101"),
        ("Stakeholders", "F101"),
        ("Transactions", "F106"),
        ("Transactions", "F104"),
        ("Transactions", "F104"),
    ]


# -- packages that mean harm --------------------------------------------------------------------------


# runs the program, and says how many KiB it held at most: a child's resource usage counts its parent's memory
MEASURED = """
import re, sys
from ipcalc.__main__ import main
sys.argv[0] = "ipcalc"
try:
    main()
finally:
    with open("/proc/self/status") as status:
        print(re.search(r"VmHWM:\\s+([0-9]+) kB", status.read())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory is read from there")
def test_o_zip_bomb(tmp_path):
    """Ten gigabytes of zeros: refused in under 5 seconds and 300 MB, whatever the zip says of its size."""
    import zlib

    name, size = b"Manifest.ocf.json", 10 * (1 << 30)
    block = bytes(1 << 24)
    packer, parts, check = zlib.compressobj(9, zlib.DEFLATED, -15), [], 0
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    parts = [first, *[again] * (size // len(block) - 1), packer.flush()]
    packed = b"".join(parts)
    for told in (size & 0xFFFFFFFF, len(packed), 1):
        head = (20).to_bytes(2, "little") + bytes(2) + (8).to_bytes(2, "little") + bytes(4)
        head += check.to_bytes(4, "little") + len(packed).to_bytes(4, "little") + told.to_bytes(4, "little")
        head += len(name).to_bytes(2, "little") + bytes(2)
        entry = b"PK\1\2" + (20).to_bytes(2, "little") + head + bytes(14) + name
        local = b"PK\3\4" + head + name + packed
        end = b"PK\5\6" + bytes(4) + (1).to_bytes(2, "little") * 2
        end += len(entry).to_bytes(4, "little") + len(local).to_bytes(4, "little") + bytes(2)
        (tmp_path / "bomb.zip").write_bytes(local + entry + end)
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, "equity", "bomb.zip"],
            cwd=tmp_path,
            env={**os.environ, "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert time.monotonic() - begun < 5
        assert done.returncode == 2
        assert re.match(r"bomb\.zip(:Manifest\.ocf\.json)?: T1(21|27|28|04): ", done.stderr)
        assert "Traceback" not in done.stderr
        assert int(done.stdout) * 1024 < 300_000_000


def test_o_json_nan(ipcalc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    members = raw(files(ISSUED))
    members["Stakeholders.ocf.json"] = (
        b'{"file_type": "OCF_STAKEHOLDERS_FILE", "items": [{"id": "1", "quantity": NaN}]}'
    )
    said = refused(ipcalc("equity", zipped("p.zip", members)))
    assert said.startswith("p.zip:Stakeholders.ocf.json:1:74: T111: ")
