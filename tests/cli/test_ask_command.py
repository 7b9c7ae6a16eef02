"""``ipcalc ask``: questions as JSON, answers by flag, an interview at a terminal, the file that it writes."""

import codecs
import fcntl
import json
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time

import pytest
import tomli

from ipcalc import library

RAISE = "hk/raise-plus"
ANSWERS = {  # all that RAISe+ asks of a project of stage 2 alone
    "project.dates.submitted": "2025-10-20", "applicant.body": "HKUST", "ip.inventor_share": "70%",
    'answers."hk/raise-plus".university_applications': "15",
    'answers."hk/raise-plus".commitment_letters': "yes", "phases": "1", "phases.0.stage": "2",
    "phases.stage-2.start": "2026-04-01", "phases.stage-2.end": "2029-03-31", "phases.stage-2.funding": "2",
    "phases.stage-2.funding.0.payer": "scheme", "phases.stage-2.funding.0.amount": "12 million",
    "phases.stage-2.funding.1.payer": "industry", "phases.stage-2.funding.1.amount": "12 million",
    "phases.stage-2.funding.1.form": "cash", "phases.stage-2.funding.1.instrument": "sponsorship",
    'answers."hk/raise-plus".maturity': "finished", "team": "1", "team.0.kind": "professor",
    "team.0.body": "香港科技大學",
}  # fmt: skip


def flags(answers):
    return [word for path, text in answers.items() for word in ("--answer", f"{path}={text}")]


def document(result):
    assert result.error == ""
    return json.loads(result.raw)


# -- without a terminal -------------------------------------------------------------------------------


def test_without_a_terminal_the_questions_are_printed(ipcalc):
    result = ipcalc("ask", RAISE)
    found = document(result)
    assert (result.code, found["kind"], found["version"]) == (3, "ipcalc/ask", 1)
    (standing,) = found["schemes"]
    assert (standing["scheme"], standing["verdict"], standing["met"], standing["fails"]) == (
        RAISE, "undetermined", 0, [],
    )  # fmt: skip
    assert standing["questions"] == len(found["questions"]) - 2  # but for the title and the date
    paths = [question["path"] for question in found["questions"]]
    assert paths[:3] == ["project.title", "project.dates.submitted", "applicant.body"]
    body = found["questions"][2]
    assert {"id": "hku", "label": "The University of Hong Kong"} in body["choices"]
    assert [reason["rule"] for reason in body["reasons"]][:1] == ["applicant"]


def test_in_the_readers_language(ipcalc):
    for lang, label in (("zh-Hant", "申請日期"), ("zh-Hans", "申请日期")):
        question = document(ipcalc("ask", RAISE, "--lang", lang))["questions"][1]
        assert question["label"] == label


def test_every_answer_works_by_flag(ipcalc):
    """What is printed as a question's path is what ``--answer`` takes; with all answers, nothing is asked."""
    given = {}
    while questions := document(ipcalc("ask", RAISE, *flags(given)))["questions"]:
        path = questions[0]["path"]
        given[path] = "Implants" if path == "project.title" else ANSWERS[path]
    assert next(iter(given)) == "project.title"
    assert {path for path in given if path != "project.title"} == set(ANSWERS)
    result = ipcalc("ask", RAISE, *flags(ANSWERS))
    assert document(result)["questions"] == []
    assert (result.code, document(result)["schemes"][0]["verdict"]) == (3, "review")
    wrong = flags({**ANSWERS, "ip.inventor_share": "69%"})
    result = ipcalc("ask", RAISE, *wrong)
    assert (result.code, document(result)["schemes"][0]["verdict"]) == (1, "ineligible")
    (failure,) = document(result)["schemes"][0]["fails"]
    assert (failure["rule"], failure["because"]) == ("ip-share", "69% < 70%")
    assert ipcalc("ask", RAISE, *wrong, "--exit-zero").code == 0


def test_each_part_of_a_question_is_said(ipcalc):
    some = {
        "phases": 2,
        "phases.0.stage": "stage 1",
        "phases.stage-1.funding": 3,
        "phases.stage-1.funding.0.payer": 3,
    }
    questions = {q["path"]: q for q in document(ipcalc("ask", RAISE, *flags(some)))["questions"]}
    amount = questions["phases.stage-1.funding.0.amount"]
    assert amount["within"] == [
        {"label": "Phase", "number": 1, "of": 2, "name": "stage 1"},
        {"label": "Funding line", "number": 1, "of": 3, "name": "industry"},
    ]
    assert (amount["kind"], amount["choices"], amount["many"]) == ("money", [], False)
    assert amount["hint"].startswith("an amount of money")
    assert {reason["scope"] for reason in amount["reasons"]} == {"stage-1", None}
    assert questions["phases.1.stage"]["within"] == [{"label": "Phase", "number": 2, "of": 2, "name": None}]


def test_as_markdown(ipcalc):
    result = ipcalc("ask", RAISE, "--format", "md")
    assert (result.code, result.error) == (3, "")
    assert '## 3\\. Which organisation applies? \\(a name or id of the list, or "other"\\)\n' in result.out
    assert " · The University of Hong Kong · " in result.out
    assert "- applicant.body\n" in result.out
    done = ipcalc("ask", RAISE, "--format", "md", *flags(ANSWERS))
    assert done.out.count("#") == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "name a scheme"),
        (["hk/nothing"], 2, "S201"),
        ([RAISE, "--answer", "applicant.body"], 2, "--answer applicant.body: C301"),
        ([RAISE, "--answer", "applicant.bdy=HKU"], 2, "--answer: F115"),
        ([RAISE, "--answer", "applicant.body=Hogwarts"], 2, "applicant.body: F115"),
        ([RAISE, "--answer", "phases=two"], 2, "phases: F104"),
        ([RAISE, "-o", "/nowhere/project.toml"], 2, "/nowhere/project.toml: C306"),
        (["--project", "no.toml"], 2, "no.toml: T101"),
    ],
)
def test_what_can_not_be_answered(words, code, said, ipcalc):
    result = ipcalc("ask", *words)
    assert (result.code, result.out) == (code, "")
    assert said in result.error


# -- the file -----------------------------------------------------------------------------------------


def test_the_file_is_written_beside_the_questions(ipcalc, tmp_path):
    target = tmp_path / "project.toml"
    assert document(ipcalc("ask", RAISE, "-o", target, *flags(ANSWERS)))["questions"] == []
    text = target.read_text()
    assert 'body = "hkust"  # Applicant: The Hong Kong University of Science and Technology\n' in text
    assert text.startswith('[project]\ntitle = "Untitled project"  # Title of the project\ncurrency = "HKD"')
    checked = ipcalc("check", target)
    assert (checked.code, "REVIEW: a human must judge" in checked.out) == (3, True)
    assert document(ipcalc("ask", "--project", target))["questions"] == []
    again = ipcalc("ask", RAISE, "-o", target)
    assert (again.code, "C304" in again.error, target.read_text()) == (2, True, text)


def test_in_chinese(ipcalc, tmp_path):
    target = tmp_path / "project.toml"
    ipcalc("ask", RAISE, "-o", target, "--lang", "zh-Hant", *flags(ANSWERS))
    text = target.read_text()
    assert 'body = "hkust"  # 申請機構：香港科技大學\n' in text
    assert 'title = "未命名項目"  # 項目名稱\n' in text
    assert tomli.loads(text)["phases"][0]["funding"][0] == {"payer": "scheme", "amount": "12 million"}


OWN = """\
# Ours.

[project]
title = "Implants"    # for now
currency = "HKD"
schemes = ["hk/raise-plus"]

# -- who applies
[applicant]
body = "CUHK"

# -- rights
[ip]
"""


def test_going_on_with_a_file_keeps_what_it_says(ipcalc, tmp_path):
    target = tmp_path / "project.toml"
    target.write_text(OWN)
    some = {"ip.inventor_share": "70%", "project.dates.submitted": "2025-10-20"}
    result = ipcalc("ask", "--project", target, "-o", target, *flags(some))
    assert (result.code, target.read_text()) == (2, OWN)
    result = ipcalc("ask", "--project", target, "-o", target, "--force", *flags(some))
    assert result.code == 3
    kept = OWN.replace(
        'plus"]\n', 'plus"]\ndates = { submitted = 2025-10-20 }  # Date of application\n'
    ).replace(
        "[ip]\n",
        '[ip]\ninventor_share = "70%"  # Team\'s share of the benefits of IP generated in the project\n',
    )
    assert target.read_text() == kept


def test_the_schemes_own_file_is_never_replaced(ipcalc, tmp_path):
    own = tmp_path / "scheme.toml"
    own.write_text(library.find("funding")[RAISE].read_text())
    result = ipcalc("ask", own, "-o", own, "--force")
    assert (result.code, "C305" in result.error) == (2, True)
    assert ipcalc("ask", own).code == 3


def test_a_scheme_of_ones_own_is_not_named_in_the_file(ipcalc, tmp_path):
    own, target = tmp_path / "scheme.toml", tmp_path / "project.toml"
    text = library.find("funding")[RAISE].read_text()
    own.write_text(
        text.replace('id = "hk/raise-plus"', 'id = "hk/mine"').replace('"hk/raise-plus"', '"hk/mine"')
    )
    assert ipcalc("ask", own, "-o", target, "--answer", "applicant.body=HKU").code == 3
    assert "schemes" not in target.read_text()
    assert ipcalc("check", target, "-s", own).code == 3


# -- at a terminal, in this process -------------------------------------------------------------------


def typed(ipcalc, lines, *words, **options):
    """An interview in which these lines are typed."""
    text = "".join(f"{line}\n" for line in lines)
    return ipcalc("ask", *words, stdin=text, terminal=True, environment={"TERM": "dumb"}, **options)


def test_commands(ipcalc, tmp_path):
    target = tmp_path / "project.toml"
    lines = ["back", "", "?", '"skip"', "back", "Sensors", "SKIP", "hogwarts", "HKU", "略過", "停止"]
    result = typed(ipcalc, lines, RAISE, "-o", target)
    assert (result.code, result.error) == (3, "")
    out = result.out
    assert out.count("1. What is the project called?") == 3  # at first, after ? and after back
    assert "This is the first question." in out
    assert "Type an answer, or skip, back, stop or ?" in out
    assert "Title of the project: skip\n" in out
    assert "Date of application: not known" in out
    assert "applicant.body: F115: there is no organisation 'hogwarts' here" in out
    assert "Applicant: The University of Hong Kong" in out
    assert "hk/raise-plus · UNDETERMINED" in out
    assert f"Theanswersarein{target}." in "".join(out.split())  # the line may be wrapped anywhere
    assert tomli.loads(target.read_text())["project"]["title"] == "Sensors"
    assert target.read_text().endswith(
        "# Not known when it was asked:\n"
        "#   ip.inventor_share: Team's share of the benefits of IP generated in the project\n"
        "#   project.dates.submitted: Date of application\n"
    )


def test_what_stands_in_the_way_is_said_once(ipcalc):
    result = typed(ipcalc, ["T", "2025-10-20", "other", "69%", "stop", ""], RAISE)
    assert result.code == 1
    assert result.out.count("other is none of UGC-funded universities") == 2  # there, and in the answer
    assert result.out.count("No answer can change that any more.") == 1
    assert result.out.count("69% < 70%") == 2
    assert "The answers were not kept; -o FILE keeps them." in result.out


def test_a_file_is_named_at_the_end(ipcalc, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.toml").write_text("old")
    result = typed(ipcalc, ["stop", "old.toml", "new file.toml"], RAISE)
    assert result.code == 3
    assert "old.toml: C304" in result.out
    assert "To go on: ipcalc ask --project 'new file.toml' -o 'new file.toml' --force" in result.out
    assert tomli.loads((tmp_path / "new file.toml").read_text())["project"]["title"] == "Untitled project"
    assert (tmp_path / "old.toml").read_text() == "old"


def test_the_end_of_input(ipcalc, tmp_path):
    target = tmp_path / "project.toml"
    result = typed(ipcalc, ["T", "2025-10-20"], RAISE, "-o", target)
    assert (result.code, result.error) == (130, "")
    assert tomli.loads(target.read_text())["project"]["dates"]["submitted"].isoformat() == "2025-10-20"
    assert typed(ipcalc, ["T"], RAISE).out.endswith("The answers were not kept; -o FILE keeps them.\n")
    assert typed(ipcalc, ["stop"], RAISE).out.endswith("The answers were not kept; -o FILE keeps them.\n")


def test_what_is_typed_is_inert(ipcalc, tmp_path):
    target = tmp_path / "project.toml"
    lines = ["\x1b[31mred\u202e", "\x1b]0;title\x07", "stop"]
    result = typed(ipcalc, lines, RAISE, "-o", target)
    assert "\x1b" not in result.out and "\u202e" not in result.out
    assert "\\x1b[31mred\\u202e" in result.out
    assert tomli.loads(target.read_text())["project"]["title"] == "\x1b[31mred\u202e"
    raw = b"caf\xe9\nstop\n"
    assert ipcalc("ask", RAISE, stdin=raw, terminal=True).code in (3, 130)


def test_no_answer_is_lost_where_the_file_can_not_be_written(ipcalc, tmp_path, monkeypatch):
    from ipcalc.inputs import writing
    from ipcalc.inputs.diagnostics import refuse

    def full(target, *args, **options):
        raise refuse("C306", str(target), reason="disk full")

    monkeypatch.setattr(writing, "write", full)
    result = typed(ipcalc, ["My project", "stop"], RAISE, "-o", tmp_path / "project.toml")
    assert (result.code, "C306" in result.error) == (2, True)
    assert 'title = "My project"  # Title of the project\n' in result.out


def test_two_schemes(ipcalc, tmp_path):
    own = tmp_path / "scheme.toml"
    text = library.find("funding")[RAISE].read_text()
    own.write_text(text.replace('"hk/raise-plus"', '"hk/mine"').replace('value = "70%"', 'value = "80%"'))
    lines = ["T", "2025-10-20", "hku", "75%", "15", "stop"]
    result = typed(ipcalc, lines, RAISE, own, "-o", tmp_path / "project.toml")
    assert result.code == 1
    assert "Why: hk/raise-plus: The team has at least 70%" in result.out
    assert "hk/raise-plus · no obstacle so far · 2 met" in result.out
    assert "hk/mine · INELIGIBLE · 1 met" in result.out
    words = " ".join(result.out.split())
    assert f"To go on: ipcalc ask {RAISE} {own} --project {tmp_path}/project.toml" in words
    assert "UNDETERMINED: something is not known yet hk/mine · INELIGIBLE The answers are in" in words


# -- at a terminal of its own -------------------------------------------------------------------------


class Terminal:
    """The program in a pseudo-terminal of a size; what it says, until it waits for an answer."""

    def __init__(self, *words, columns=80, rows=24):
        self.master, slave = pty.openpty()
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "IPCALC_LANG")}
        kept |= {"COLUMNS": str(columns), "LINES": str(rows), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ipcalc", "ask", *map(str, words)],
            stdin=slave, stdout=slave, stderr=slave, env=kept, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(slave)
        self.decode = codecs.getincrementaldecoder("utf-8")().decode
        self.said = ""

    def until(self, words):
        """What is said up to some words."""
        while words not in self.said:
            assert self.read(), self.said
        found, _, self.said = self.said.partition(words)
        return found

    def read(self):
        """Whether more is said; not, where it has ended."""
        assert select.select([self.master], [], [], 30)[0], self.said
        try:
            raw = os.read(self.master, 65536)
        except OSError:
            raw = b""
        self.said = _plain(self.said + self.decode(raw))
        return bool(raw)

    def type(self, text):
        os.write(self.master, f"{text}\n".encode())

    def end(self):
        """What is said up to the end, and the exit code."""
        while self.read():
            pass
        os.close(self.master)
        return self.said, self.process.wait(30)


def _plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\r", "")


@pytest.mark.parametrize(
    ("lang", "columns", "words"),
    [
        ("en", 80, ("called?", "submitted?", "applies?", "UNDETERMINED", "The answers are in")),
        ("en", 40, ("called?", "submitted?", "applies?", "UNDETERMINED", "The answers are in")),
        ("zh-Hant", 40, ("叫什麼名稱？", "於何日提交？", "由哪個機構申請？", "未能確定", "答案已寫入")),
        ("zh-Hans", 80, ("叫什么名称？", "于何日提交？", "由哪个机构申请？", "未能确定", "答案已写入")),
    ],
)
def test_an_interview(lang, columns, words, tmp_path):
    """Each line fits the terminal, Chinese characters counting two, and the file says what was answered."""
    from rich.cells import cell_len

    target = tmp_path / "p.toml"
    terminal = Terminal(RAISE, "-o", target, "--lang", lang, columns=columns)
    screen = ""
    answers = ("固態電池", "2025-10-20", "香港大學")
    for asked, text in zip(words[:3], answers, strict=True):
        screen += terminal.until(asked) + asked + terminal.until("> ")
        terminal.type(text)
    screen += terminal.until("> ")
    terminal.type({"en": "stop", "zh-Hant": "停止", "zh-Hans": "停止"}[lang])
    rest, code = terminal.end()
    assert code == 3
    assert words[3] in rest and words[4] in rest
    typed_ = [line for line in (screen + rest).split("\n") if str(tmp_path) not in line]
    assert max(map(cell_len, typed_)) <= columns
    data = tomli.loads(target.read_text())
    assert data["project"]["title"] == "固態電池"
    assert data["applicant"]["body"] == "hku"


def test_interrupted(tmp_path):
    target = tmp_path / "p.toml"
    terminal = Terminal(RAISE, "-o", target)
    for text in ("Sensors", "2025-10-20"):
        terminal.until("> ")
        terminal.type(text)
    terminal.until("> ")
    # once the prompt is there, the line editor begins to wait; before that it misses the key
    time.sleep(1)
    os.write(terminal.master, b"\x03")
    rest, code = terminal.end()
    assert code == 130
    assert "The answers are in" in rest and "Traceback" not in rest
    assert tomli.loads(target.read_text())["project"]["title"] == "Sensors"


def test_end_of_transmission():
    terminal = Terminal(RAISE)
    terminal.until("> ")
    os.write(terminal.master, b"\x04")
    rest, code = terminal.end()
    assert (code, "The answers were not kept" in rest) == (130, True)


def test_all_answers_given_asks_nothing():
    terminal = Terminal(RAISE, *flags(ANSWERS))
    assert "questions" not in terminal.until("There is nothing more to ask.")
    terminal.until("Keep the answers in which file?")
    os.write(terminal.master, b"\n")
    assert terminal.end()[1] == 3


def test_from_nothing_to_a_verdict(tmp_path):
    """RAISe+ at 40 columns in Chinese: 21 questions, each line within the terminal, and the checked file."""
    from rich.cells import cell_len

    terminal = Terminal(RAISE, "-o", tmp_path / "p.toml", "--lang", "zh-Hant", columns=40, rows=20)
    screen = ""
    for text in (
        "植入物", "2025-10-20", "香港科技大學", "70%", "１５", "是", "1", "第二階段", "2026-04-01",
        "2029-03-31", "2", "計劃", "12 million", "3", "HKD 12 million", "現金", "贊助", "已完成", "1",
        "教授", "HKUST",
    ):  # fmt: skip
        screen += terminal.until("> ")
        terminal.type(text)
    rest, code = terminal.end()
    assert code == 3
    assert "21. " in screen and "22. " not in screen
    assert "hk/raise-plus · 待審：須由人判斷" in rest
    told = [line for line in (screen + rest).split("\n") if str(tmp_path) not in line]
    assert max(map(cell_len, told)) <= 40
    assert tomli.loads((tmp_path / "p.toml").read_text())["applicant"]["body"] == "hkust"
