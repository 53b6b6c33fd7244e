"""The command `hauberk`: parses, calls one function, prints."""

import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hauberk import __version__

# By task, in the order in which a newcomer comes to them. Each is the module of its name in this package, imported
# when it is called, so that no command waits for what another one needs.
TASKS = {
    "See what a function does": ("local", "scan", "doctor", "diff", "anomaly"),
    "Learn what it may do": ("learn", "allowlist", "rule", "exclusion", "exclude"),
    "Enforce that": ("replay", "policy", "sources"),
    "Ask the detectors": ("inspect", "flow"),
}
COMMANDS = {name: task for task, names in TASKS.items() for name in names}

_COMPLETION = ("install_completion", "show_completion")  # typer's, of a program of its own


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command, or all of them where none is called so: one may be suggested."""
        for name in [cmd_name] if cmd_name in COMMANDS else COMMANDS:
            command: Any = typer.main.get_command(import_module(f"{__name__}.{name}").app)
            command.name = name  # groups have none, and the help would list them without
            command.rich_help_panel = COMMANDS[name]
            command.params = [one for one in command.params if one.name not in _COMPLETION]
            self.commands[name] = command
        return self.commands.get(cmd_name)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="A first list for a function here: hauberk local learn FOLDER --events FILE. README.md goes on from there.",
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"hauberk {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Protects AWS Lambda functions while they run."""


def _run() -> None:
    try:
        app(prog_name="hauberk")
    finally:
        sys.stdout.flush()


def main() -> None:
    """Run the command that the arguments ask for."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by who starts us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for good
        getattr(sys, name).reconfigure(errors="backslashreplace")
    try:
        _run()
    except OSError as error:
        if error.filename is not None:
            raise
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # the rest would fail once more
        from hauberk.model.escaped import escaped

        why = (error.strerror or str(error)).lower()
        remedy = f"hauberk: standard output: {why}; write it where there is room"
        print(escaped(remedy), file=sys.stderr)
        sys.exit(3)
    except (ImportError, AttributeError) as error:
        from hauberk.cli.incomplete import told
        from hauberk.model.escaped import escaped

        what = told(error)
        if what is None:
            raise
        print(escaped(f"hauberk: {what}"), file=sys.stderr)
        sys.exit(2)
