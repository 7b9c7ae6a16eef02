"""Completion in bash, which takes a colon for the end of a word: ``explain hk/raise-plus:st`` is three."""

from __future__ import annotations

import os
from typing import Any

from click.shell_completion import BashComplete, CompletionItem, add_completion_class
from click.shell_completion import split_arg_string as split


class Bash(BashComplete):
    """Joins the parts again, and answers with what bash is to put in place of the last one."""

    joined = ""  # what stands before the last part

    def get_completion_args(self) -> tuple[list[str], str]:
        """The whole words before the one that is being typed, and that one."""
        at = int(os.environ["COMP_CWORD"])
        parts = split(os.environ["COMP_WORDS"])[: at + 1]
        parts += [""] * (at + 1 - len(parts))
        words: list[str] = []
        for part in parts:
            if words and (part == ":" or words[-1].endswith(":")):
                words[-1] += part
            else:
                words.append(part)
        typed = words.pop()
        self.joined = typed if parts[-1] == ":" else typed.removesuffix(parts[-1])
        return words[1:], typed

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """An answer, without what bash has already."""
        return f"{item.type},{item.value.removeprefix(self.joined)}"


add_completion_class(Bash)
